// One convolution, forward and backward. Its three passes share one loop and differ only in what
// stands to the left of the +=, which is the result.

export type Grid = readonly (readonly number[])[];

export function zeros(height: number, width: number): number[][] {
  return Array.from({ length: height }, () => new Array<number>(width).fill(0));
}

type Visit = (i: number, j: number, u: number, v: number) => void;

/** Visits each product of the convolution: y[i][j] sums x[i + u][j + v] * w[u][v]. */
function products(x: Grid, w: Grid, visit: Visit): void {
  for (let i = 0; i <= x.length - w.length; i++)
    for (let j = 0; j <= x[0].length - w.length; j++)
      for (let u = 0; u < w.length; u++) for (let v = 0; v < w.length; v++) visit(i, j, u, v);
}

export function forward(x: Grid, w: Grid): Grid {
  const y = zeros(x.length - w.length + 1, x[0].length - w.length + 1);
  products(x, w, (i, j, u, v) => (y[i][j] += x[i + u][j + v] * w[u][v]));
  return y;
}

export function inputGradient(x: Grid, w: Grid, dy: Grid): Grid {
  const dx = zeros(x.length, x[0].length);
  products(x, w, (i, j, u, v) => (dx[i + u][j + v] += dy[i][j] * w[u][v]));
  return dx;
}

export function filterGradient(x: Grid, w: Grid, dy: Grid): Grid {
  const dw = zeros(w.length, w.length);
  products(x, w, (i, j, u, v) => (dw[u][v] += dy[i][j] * x[i + u][j + v]));
  return dw;
}

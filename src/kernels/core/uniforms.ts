// The contents of a shader's uniform buffer, given by name. The order is read off the struct in the WGSL, so it is written down once.

/** By shader: a whole training step has a few dozen of them, and launches by the thousand. */
const layouts = new Map<string, readonly (string | null)[]>();

/**
 * The fields of the struct that `var<uniform>` has, in order, those of a struct within it in its place; null is a word of padding.
 *
 * @throws Error where a field is neither a `u32` nor a struct of them
 */
export function uniformFields(shader: string): readonly (string | null)[] {
  let fields = layouts.get(shader);
  if (!fields) {
    const [, struct] = /var<uniform>\s*\w+\s*:\s*(\w+)/.exec(shader) ?? [];
    fields = struct === undefined ? [] : fieldsOf(shader, struct);
    layouts.set(shader, fields);
  }
  return fields;
}

/** Padded to a multiple of 16 bytes, as a uniform buffer and a struct in it are. */
function fieldsOf(shader: string, struct: string): (string | null)[] {
  const [, body] = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(shader) ?? [];
  if (body === undefined) throw new Error(`The shader has no struct ${struct}.`);
  const fields: (string | null)[] = [];
  for (const [, name, type] of body.replace(/\/\/.*/g, "").matchAll(/(\w+)\s*:\s*(\w+)/g)) {
    if (type === "u32") fields.push(name);
    else fields.push(...padded(fields).slice(fields.length), ...fieldsOf(shader, type));
  }
  return padded(fields);
}

function padded(fields: readonly (string | null)[]): (string | null)[] {
  return [...fields, ...Array<null>((4 - (fields.length % 4)) % 4).fill(null)];
}

/**
 * @param values a whole number for each field of the shader's uniform struct, and for nothing else; true is 1
 * @throws Error that names what is missing, unknown or no `u32`
 */
export function uniforms(shader: string, values: Readonly<Record<string, number | boolean>>): Uint32Array<ArrayBuffer> {
  const fields = uniformFields(shader);
  const unknown = Object.keys(values).filter((name) => !fields.includes(name));
  if (unknown.length > 0) throw new Error(`The shader's uniforms have no ${unknown.join(", ")}.`);
  return Uint32Array.from(fields, (name) => {
    if (name === null) return 0;
    if (!Object.hasOwn(values, name)) throw new Error(`The shader's uniform ${name} is given no value.`);
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error(`${name} = ${value} is not a u32.`);
    return value;
  });
}

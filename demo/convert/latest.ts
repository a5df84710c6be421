// Work that follows a slider: one piece at a time, and of what was asked for meanwhile only the last.

/**
 * @param work one request; its errors are its own affair
 * @returns asks for a piece of work; one that has not begun when the next is asked for never will
 */
export function latestOnly<Request>(work: (request: Request) => Promise<void>): (request: Request) => void {
  let waiting: { request: Request } | undefined;
  let working = false;
  async function workOff(): Promise<void> {
    working = true;
    try {
      while (waiting) {
        const next: Request = waiting.request;
        waiting = undefined;
        await work(next);
      }
    } finally {
      working = false;
    }
  }
  return (request) => {
    waiting = { request };
    if (!working) void workOff();
  };
}

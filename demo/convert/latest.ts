// Work that follows a slider: one request runs at a time, and only the last of the waiting ones
// runs next.

/**
 * @param work performs one request; it must handle its own errors
 * @returns a function that makes a request, replacing one that is still waiting
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

// @ts-nocheck: beside files that are not checked either.

/** Runs it: its output, the time until it was there, and what all cores spent on it. */
export async function timed(run) {
  const start = performance.now();
  const usage = process.cpuUsage();
  const output = await run();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(usage);
  return { milliseconds, processorMilliseconds: (user + system) / 1e3, output };
}

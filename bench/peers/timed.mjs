// @ts-nocheck: beside files that are not checked either.

/**
 * Runs `run`: returns its output, the time until it was available, and the processor time of all
 * cores.
 */
export async function timed(run) {
  const start = performance.now();
  const usage = process.cpuUsage();
  const output = await run();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(usage);
  return { milliseconds, processorMilliseconds: (user + system) / 1e3, output };
}

// Serves files to a browser on this machine.

import { createServer } from "node:http";
import sirv from "sirv";

/**
 * Serves a folder on the loopback interface.
 *
 * @param {string} folder
 * @param {number} [port] 0 for any free port
 * @returns {Promise<{ address: string, close: () => void }>}
 */
export async function serve(folder, port = 0) {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) =>
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    }),
  );
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const { port: taken } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${taken}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

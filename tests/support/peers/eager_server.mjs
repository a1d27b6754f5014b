/**
 * Serves with Node's net as it is by default: a client's FIN ends the connection. Answers what comes after a pause.
 *
 * usage: node eager_server.mjs PAUSE_MS
 */
import { createServer } from "node:net";

const pause = Number(process.argv[2]);
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => setTimeout(() => socket.write(`answer to ${data}`), pause));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

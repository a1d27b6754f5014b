/** Pipes each client into itself. */
import { createServer } from "node:net";

process.stdin.resume().on("end", () => process.exit());
const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => {});
  socket.pipe(socket);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

/** Listens for data only: the "error" event of a connection that is reset is not handled, and ends the program. */
import { createServer } from "node:net";

process.stdin.resume().on("end", () => process.exit());
const server = createServer((socket) => {
  socket.on("data", (data) => socket.write(data));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

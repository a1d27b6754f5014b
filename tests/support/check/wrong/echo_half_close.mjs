/** Takes the client's FIN for the end of everything, as Node does by default: answers that are not ready yet are lost. */
import { createServer } from "node:net";

process.stdin.resume().on("end", () => process.exit());
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => setTimeout(() => socket.write(data), 100));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

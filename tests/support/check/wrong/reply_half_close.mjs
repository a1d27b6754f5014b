/** Takes the client's FIN for the end of everything, as Node does by default: answers that are not ready yet are lost. */
import { createServer } from "node:net";
import { createInterface } from "node:readline";

process.stdin.resume().on("end", () => process.exit());
const server = createServer((socket) => {
  socket.on("error", () => {});
  const lines = createInterface({ input: socket });
  lines.on("error", () => {});
  lines.on("line", (line) => setTimeout(() => socket.write(`Received: ${line}\n`), 100));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

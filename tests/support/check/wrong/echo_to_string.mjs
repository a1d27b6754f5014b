/** Makes text of each piece by itself: a character that is cut comes back as U+FFFD. */
import { createServer } from "node:net";

process.stdin.resume().on("end", () => process.exit());
const server = createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", (data) => socket.write(data.toString()));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

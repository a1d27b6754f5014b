/** Answers each line, however long the client takes for it, and stays until all answers are out. */
import { createServer } from "node:net";
import { createInterface } from "node:readline/promises";

process.stdin.resume().on("end", () => process.exit());
const server = createServer({ allowHalfOpen: true }, async (socket) => {
  socket.on("error", () => {});
  try {
    for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) socket.write(`Hello, ${line}\n`);
  } catch {
    // The client has gone.
  }
  socket.end();
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

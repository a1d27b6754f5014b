// A chat as tutorials for Node show it: sends each line to all other clients. `node_chat.mjs PORT`
import { createServer } from "node:net";
import process from "node:process";

const sockets = new Set();
const server = createServer({ noDelay: true }, (socket) => {
  let rest = "";
  sockets.add(socket);
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
  socket.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      for (const other of sockets) if (other !== socket) other.write(`${line}\n`);
    }
  });
});
server.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });

// An echo server as in Node's documentation: pipes the socket into itself. `node_echo.mjs PORT`
import { createServer } from "node:net";
import process from "node:process";

const server = createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 4096 });

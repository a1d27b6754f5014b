// An echo server as in the documentation of the library `ws`, which is in FOLDER. `node_ws.mjs PORT FOLDER`
import { createRequire } from "node:module";
import process from "node:process";

const [, , port, folder] = process.argv;
const { WebSocketServer } = createRequire(`${folder}/`)("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});

// Sends each datagram back to its sender. `node_udp.mjs PORT`
import { createSocket } from "node:dgram";
import process from "node:process";

const socket = createSocket("udp4");
socket.on("message", (bytes, from) => socket.send(bytes, from.port, from.address));
socket.bind(Number(process.argv[2]), "127.0.0.1");

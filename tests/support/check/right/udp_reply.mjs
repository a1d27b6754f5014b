/** Answers each datagram with its length. */
import { createSocket } from "node:dgram";

process.stdin.resume().on("end", () => process.exit());
const server = createSocket("udp4");
server.on("message", (data, { port, address }) => server.send(`${data.length} bytes`, port, address));
server.bind(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`port ${server.address().port}\n`));

/** The bare runtime: sends each datagram back to its sender. `deno_udp.ts PORT` */

const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: Number(Deno.args[0]) });
const buffer = new Uint8Array(65_536);
while (true) {
  const [bytes, from] = await socket.receive(buffer);
  await socket.send(bytes, from);
}

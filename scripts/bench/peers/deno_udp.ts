/** The bare runtime: datagrams go back to where they came from. `deno_udp.ts PORT` */

const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: Number(Deno.args[0]) });
const buffer = new Uint8Array(65_536);
while (true) {
  const [bytes, from] = await socket.receive(buffer);
  await socket.send(bytes, from);
}

/** The bare runtime: only a loop of read and write each way of a connection. `deno_relay.ts PORT TARGET_PORT` */

const [port, target] = Deno.args.map(Number) as [number, number];
const listener = Deno.listen({ hostname: "127.0.0.1", port, tcpBacklog: 4096 });
for await (const client of listener) void relay(client);

async function relay(client: Deno.TcpConn): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
  client.setNoDelay(true);
  server.setNoDelay(true);
  // The second copy fails when the first one has, and both ends are closed.
  await Promise.all([copy(client, server), copy(server, client)]).catch(() => {});
  client.close();
  server.close();
}

async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(262_144);
  for (let count; (count = await from.read(buffer)) !== null;) {
    for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
  }
  await to.closeWrite();
}

/** The bare runtime: one socket for each sender. `deno_udp_relay.ts PORT TARGET_PORT` */

const [port, target] = Deno.args.map(Number) as [number, number];
const to: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port: target };
const entrance = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port });
const flows = new Map<number, Deno.DatagramConn>();
const buffer = new Uint8Array(65_536);
while (true) {
  const [bytes, from] = await entrance.receive(buffer);
  await flowOf(from as Deno.NetAddr).send(bytes, to);
}

function flowOf(sender: Deno.NetAddr): Deno.DatagramConn {
  const known = flows.get(sender.port);
  if (known) return known;
  const flow = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  flows.set(sender.port, flow);
  void giveBack(flow, sender);
  return flow;
}

async function giveBack(flow: Deno.DatagramConn, sender: Deno.NetAddr): Promise<void> {
  const buffer = new Uint8Array(65_536);
  while (true) {
    const [bytes] = await flow.receive(buffer);
    await entrance.send(bytes, sender);
  }
}

import { assertEquals, assertGreater, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { type Address, formatAddress, parseAddress } from "../../lib/transport/address.ts";
import { BACKLOG, SOCKETS_MAX } from "../../lib/transport/limits.ts";
import { listen } from "../../lib/transport/mod.ts";
import { turn } from "../support/clock.ts";
import { hasIpv6, linux } from "../support/harness.ts";
import { connect, portOf, readAll } from "../support/net.ts";

Deno.test("listen() on port 0 gives the real port, a different one each time", async () => {
  const [one, two] = [await listen(parseAddress("0")), await listen(parseAddress("0"))];
  assertGreater(portOf(one), 0);
  assertNotEquals(portOf(one), portOf(two));
  assertEquals(formatAddress(one.address), `tcp://127.0.0.1:${portOf(one)}`);
  one.close();
  two.close();
});

const ipv6 = { ignore: !hasIpv6 };

Deno.test("listen() on every interface does not fall back to IPv4 when the port is in use", ipv6, async () => {
  const listener = await listen(parseAddress("[::1]:0"));
  const { message } = await assertRejects(() => listen(parseAddress(`:${portOf(listener)}`)), SockeyeError);
  assertStringIncludes(message, `Cannot listen on tcp://:${portOf(listener)}: the address is in use`);
  listener.close();
});

/** How many sockets listen on a port of 127.0.0.1. */
async function socketsOn(port: number): Promise<number> {
  // Only a process that may do everything reads it itself.
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/net/tcp"] }).output();
  const table = new TextDecoder().decode(stdout);
  const own = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const LISTEN = "0A";
  return table.split("\n").map((line) => line.trim().split(/\s+/)).filter(([, local, , state]) =>
    local === own && state === LISTEN
  ).length;
}

const ignore = !linux;

Deno.test("listen() for a crowd has several queues on one port, and lets nobody in beside it", { ignore }, async () => {
  const counts = [[BACKLOG, 1], [BACKLOG + 1, 2], [3 * BACKLOG, 3], [1_000_000, SOCKETS_MAX]] as const;
  for (const [crowd, sockets] of counts) {
    const listener = await listen(parseAddress("0"), { crowd });
    const { address } = listener;
    assertEquals(await socketsOn(portOf(listener)), sockets);
    await assertRejects(() => listen(address, { crowd }), SockeyeError, "the address is in use");
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect(portOf(listener))));
    for (const _ of clients) (await listener.accept()).close();
    for (const client of clients) client.close();
    listener.close();
    // A socket that is being asked is gone a moment later.
    await turn();
    (await listen(address, { crowd })).close();
  }
  for (const options of [{ backlog: 7 }, { reusePort: true }]) {
    const listener = await listen(parseAddress("0"), { crowd: 9_999, ...options });
    assertEquals(await socketsOn(portOf(listener)), 1);
    listener.close();
  }
});

Deno.test("listen() takes the port again right after a server-side close, which may come twice", async () => {
  let address: Address = parseAddress("0");
  for (let round = 0; round < 3; round++) {
    const listener = await listen(address);
    address = listener.address;
    using client = await connect(portOf(listener));
    const channel = await listener.accept();
    for (const open of [channel, channel, listener, listener]) open.close();
    assertEquals((await readAll(client)).length, 0);
  }
});

Deno.test("listen() over UDP gets all of the longest datagram that IPv6 carries", ipv6, async () => {
  const listener = await listen(parseAddress("udp://[::1]:0"));
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "::1", port: 0 });
  const longest = new Uint8Array(65_527).fill(7);
  await socket.send(longest, { transport: "udp", hostname: "::1", port: portOf(listener) });
  const channel = await listener.accept();
  assertEquals((await channel.receive?.())?.length, longest.length);
  socket.close();
  channel.close();
  listener.close();
});

/** What a client of UDP hears, and from where. */

import { assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { dial } from "../../lib/transport/dial.ts";
import type { UdpOptions } from "../../lib/transport/udp_dial.ts";
import { freeUdpPort, GROUP, hasMulticast, Mailbox } from "../support/datagrams.ts";
import { hasIpv6, needs } from "../support/harness.ts";
import { bytesOf, textOf } from "../support/net.ts";

type Rules = Omit<UdpOptions, "source" | "signal">;

function aim(host: string, port: number, udp: Rules = {}): Promise<Channel> {
  return dial({ transport: "udp", host, port }, { udp });
}

async function nextOf(channel: Channel): Promise<[text: string, from: string | undefined]> {
  const datagram = await channel.receive?.();
  return [datagram ? textOf(datagram) : "", channel.from];
}

/** A client that has said something to a server, which has answered from its port, and then from another one. */
async function answeredTwice(server: Mailbox, udp: Rules = {}): Promise<Channel> {
  const channel = await aim("127.0.0.1", server.port, udp);
  await channel.write(bytesOf("hello"));
  const { from } = await server.receive();
  using other = new Mailbox();
  await other.send("from another port", from);
  await server.send("from the port itself", from);
  return channel;
}

Deno.test("a UDP client hears an answer from another port, as TFTP gives it, and knows from where it came", async () => {
  using server = new Mailbox();
  const channel = await answeredTwice(server);
  const [text, from] = await nextOf(channel);
  assertEquals([text, from === channel.peer], ["from another port", false]);
  assertEquals(await nextOf(channel), ["from the port itself", channel.peer]);
  channel.close();
});

Deno.test("a UDP client that wants its peer only hears nothing else", async () => {
  using server = new Mailbox();
  const channel = await answeredTwice(server, { onlyPeer: true });
  assertEquals(await nextOf(channel), ["from the port itself", channel.peer]);
  channel.close();
});

Deno.test("a UDP client knows its peer in any spelling of its address", needs([], hasIpv6), async () => {
  using server = new Mailbox("::1");
  for (const host of ["::1", "0:0:0:0:0:0:0:1", "0::0:1"]) {
    const channel = await aim(host, server.port, { onlyPeer: true });
    await channel.write(bytesOf("hello"));
    await server.send("yes", (await server.receive()).from);
    assertEquals(await nextOf(channel), ["yes", channel.peer], host);
    channel.close();
  }
});

Deno.test(
  "what a UDP client sends to a group is heard on this machine, by itself as well",
  needs([], hasMulticast),
  async () => {
    const port = freeUdpPort();
    const place = "127.0.0.1";
    const hearer = await aim(GROUP, port, { join: { group: GROUP, interface: place } });
    const sender = await aim(GROUP, port, { interface: place });
    await sender.write(bytesOf("from the sender"));
    const [text, from] = await nextOf(hearer);
    assertEquals([text, from?.startsWith("127.0.0.1:"), from === `127.0.0.1:${port}`], [
      "from the sender",
      true,
      false,
    ]);
    // Without an interface of its own, what it sends leaves by that of the group that it hears.
    await hearer.write(bytesOf("from the hearer"));
    assertEquals(await nextOf(hearer), ["from the hearer", `127.0.0.1:${port}`]);
    sender.close();
    const pending = assertRejects(async () => await hearer.receive?.());
    hearer.close();
    await pending;
  },
);

Deno.test("options of UDP that would do nothing at an address are refused", async () => {
  const cases: [host: string, udp: Rules, says: string][] = [
    ["127.0.0.1", { interface: "127.0.0.1" }, "Option --interface is for multicast addresses, not for 127.0.0.1"],
    [GROUP, { interface: "127.0.0.1", ttl: 0 }, "with --ttl 0 none does"],
    [
      GROUP,
      { onlyPeer: true },
      `Option --only-peer would receive nothing: ${GROUP} is a group, and no datagram is sent from it`,
    ],
    ["127.0.0.1", { onlyPeer: true, join: { group: GROUP } }, "Option --only-peer would receive nothing"],
  ];
  for (const [host, udp, says] of cases) await assertRejects(() => aim(host, 9, udp), SockeyeError, says);
});

Deno.test("an interface that the machine does not have is named", async () => {
  const channel = await aim("fe80::1%no-such0", 9);
  await assertRejects(() => channel.write(bytesOf("x")), SockeyeError, 'this machine has no interface "no-such0"');
  channel.close();
  const tcp = { transport: "tcp", host: "fe80::1%no-such0", port: 9 } as const;
  await assertRejects(() => dial(tcp), SockeyeError, 'this machine has no interface "no-such0"');
});

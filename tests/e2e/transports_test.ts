/** What UDP, TLS, WebSockets and Unix sockets have in common with TCP: signals, JSON, source addresses, names; and groups of UDP. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { eventsOf } from "../fetch/program.ts";
import { asServer } from "../support/both.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { FILES } from "../support/failing.ts";
import { freeUdpPort, GROUP, hasMulticast, Mailbox } from "../support/datagrams.ts";
import { linux, needs, type Program, python, spawnSockeye } from "../support/harness.ts";
import { PROMPT_MS, within } from "../support/sockets.ts";

const HOST = "127.0.0.1";

/** Where a server listens and what its client needs. */
interface Place {
  readonly listen: readonly string[];
  dial(port: number): readonly string[];
}

/** The transports, each with files of its own in a folder that has certificates. */
function places(folder: string): Readonly<Record<string, Place>> {
  const own = ["--cert", `${folder}/1.pem`, "--key", `${folder}/1.key`];
  const listen = [`tls://${HOST}:0`, ...own];
  return {
    tcp: { listen: ["0"], dial: (port) => [String(port)] },
    udp: { listen: [`udp://${HOST}:0`], dial: (port) => [`udp://${HOST}:${port}`, "--wait", "1m"] },
    tls: { listen, dial: (port) => [`tls://${HOST}:${port}`, "--ca", `${folder}/ca.pem`] },
    "tls --insecure": { listen, dial: (port) => [`tls://${HOST}:${port}`, "--insecure"] },
    ws: { listen: [`ws://${HOST}:0`], dial: (port) => [`ws://${HOST}:${port}`] },
    wss: {
      listen: [`wss://${HOST}:0`, ...own],
      dial: (port) => [`wss://${HOST}:${port}`, "--ca", `${folder}/ca.pem`],
    },
    unix: { listen: [`unix:${folder}/socket`], dial: () => [`unix:${folder}/socket`] },
  };
}

/** A server of a transport and a client that has had its first answer. */
async function converse(name: string, play: (server: Program, client: Program) => Promise<void>): Promise<void> {
  await using made = await Certificates.make();
  await made.signed();
  const place = places(made.folder)[name];
  assert(place);
  await using server = spawnSockeye(["server", "echo", ...place.listen], { permissions: FILES });
  const [, port] = await server.stderrLine(/^Listening on \S+?(\d*)(?: |$)/);
  const args = ["client", ...place.dial(Number(port))];
  await using client = spawnSockeye(args, { permissions: FILES, stdin: "piped" });
  await client.write("first words\n");
  await client.stdoutLine(/^first words$/);
  await play(server, client);
}

for (const name of Object.keys(places(""))) {
  const ignore = needs([], hasOpenssl && Deno.build.os !== "windows");

  Deno.test(`client over ${name} ends with 143 on SIGTERM, and the server with 130 on SIGINT`, ignore, async () => {
    await converse(name, async (server, client) => {
      client.signal("SIGTERM");
      const mine = await within(client.status(), PROMPT_MS, "The client's end");
      assertEquals([mine.code, mine.stdout, mine.stderr.includes("sockeye:")], [143, "first words\n", false]);
      server.signal("SIGINT");
      const its = await within(server.status(), PROMPT_MS, "The server's end");
      const [, what] = /^Done: 1 (\w+); 12 B in, 12 B out, /m.exec(its.stderr) ?? [];
      assertEquals([its.code, what], [130, name === "udp" ? "peer" : "connection"]);
      assertEquals(its.stderr.includes("sockeye:"), false, its.stderr);
    });
  });

  Deno.test(`server over ${name} says goodbye to its client on SIGTERM`, needs([], hasOpenssl), async () => {
    await converse(name, async (server, client) => {
      server.signal("SIGTERM");
      // There is no goodbye over UDP. Elsewhere the client has heard it when it is told that its input was in vain.
      if (name === "udp") client.signal("SIGTERM");
      const [its, mine] = await Promise.all([server.status(), within(client.status(), PROMPT_MS, "The client's end")]);
      // Its input was still open: what would have come is not sent.
      assertEquals([its.code, mine.code], [143, name === "udp" ? 143 : 1], mine.stderr);
    });
  });
}

Deno.test("server ws:// tells a client that closes from one that is gone", needs([], hasOpenssl), async () => {
  await converse("ws", async (server, client) => {
    await client.closeStdin();
    await server.stderrLine(/ left: closed by the peer; /);
    await client.stderrLine(/^Connection closed: the wait for answers is over; /);
  });
  await converse("ws", async (server, client) => {
    client.signal("SIGKILL");
    await server.stderrLine(/ left: closed without a close frame \(1006\); /);
  });
});

Deno.test("client ws:// says so when the server chooses none of its subprotocols, and when a message is empty", async () => {
  await using server = spawnSockeye(["server", "echo", `ws://${HOST}:0`]);
  const url = `ws://${HOST}:${await server.port()}`;
  const { stderr } = await spawnSockeye(["client", url, "--subprotocol", "chat", "--send", ""]).ends(0);
  assertStringIncludes(stderr, "The server chose no subprotocol\n");
  assertStringIncludes(stderr, `An empty message came from ${HOST}:`);
});

Deno.test("server --json udp:// tells each datagram in an event, and who sent it", async () => {
  await using server = spawnSockeye(["server", "echo", `udp://${HOST}:0`, "--json"]);
  const port = await server.port();
  using one = new Mailbox();
  using other = new Mailbox();
  for (const [mailbox, text] of [[one, "你好"], [one, ""], [other, "a\nb\n"], [one, "end"]] as const) {
    await mailbox.send(text, port);
    assertEquals((await mailbox.receive()).text, text);
  }
  const { stdout, stderr } = await server.ends(143, "SIGTERM");
  assertEquals(stderr, "");
  const events = eventsOf(stdout);
  const [first, second] = [one, other].map((mailbox) => `${HOST}:${mailbox.port}`);
  const of = (kind: string) => events.filter(({ event }) => event === kind);
  assertEquals(of("listen").map(({ address }) => address), [`udp://${HOST}:${port}`]);
  const opened = of("open").map(({ id, peer, transport }) => [id, peer, transport]);
  assertEquals(opened, [[1, first, "udp"], [2, second, "udp"]]);
  const said = [[1, first, 6, "你好"], [1, first, 0, ""], [2, second, 4, "a\nb\n"], [1, first, 3, "end"]];
  for (const kind of ["recv", "send"]) {
    assertEquals(of(kind).map(({ id, peer, bytes, text }) => [id, peer, bytes, text]), said, kind);
  }
  const closed = of("close").map(({ id, transport, received, sent }) => [id, transport, received, sent]);
  assertEquals(closed, [[1, "udp", 9, 9], [2, "udp", 4, 4]]);
  assertEquals(events.at(-1)?.code, 143);
});

Deno.test("server and client --json tell the transport unless it is TCP", needs([], hasOpenssl), async () => {
  await using made = await Certificates.make();
  await made.signed();
  for (const [name, { listen, dial }] of Object.entries(places(made.folder))) {
    if (name === "udp") continue;
    const expected = name === "tcp" ? undefined : name.replace(/ .*/, "");
    await using server = spawnSockeye(["server", "echo", ...listen, "--json", "--once"], { permissions: FILES });
    const [, port] = await server.stdoutLine(/"listen","address":"\S+?(\d*)"/);
    const args = ["client", ...dial(Number(port)), "--json", "--send", "hi"];
    await using client = spawnSockeye(args, { permissions: FILES });
    for (const { code, stdout } of [await client.status(), await server.status()]) {
      const ends = eventsOf(stdout).filter(({ event }) => event === "open" || event === "close");
      assertEquals(ends.map(({ transport }) => transport), [expected, expected], name);
      assertEquals(code, 0, name);
    }
  }
});

/** The whole network 127.0.0.0/8 is this machine; on other systems only its first address. */
const manyAddresses = needs(["python3"], linux);

for (const source of [HOST, "127.0.0.2"]) {
  Deno.test(`client --source ${source} comes from there over TCP`, manyAddresses, async () => {
    await using server = python("address_server", [HOST, 0, "utf-8"]);
    const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
    await using client = spawnSockeye(["client", HOST, port, "--source", source, "--send", "hello"]);
    assertEquals((await client.ends(0)).stdout, "hello");
    assertEquals((await server.stdoutLine(/^from (.*)$/))[1], source);
  });

  Deno.test(`client --source ${source} comes from there over UDP`, manyAddresses, async () => {
    await using server = python("udp_server", [HOST, 0, "utf-8"]);
    const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
    const args = ["client", `udp://${HOST}:${port}`, "--source", source, "--send", "hello", "--expect", "HELLO"];
    assertEquals((await spawnSockeye(args).ends(0)).stdout, "HELLO");
    assertEquals((await server.stdoutLine(/ from (.*)$/))[1], source);
  });
}

Deno.test("client --source exchanges streams, and both end their halves", needs(["python3"]), async () => {
  const start = (port: number, stdin: { content: Uint8Array }) =>
    python("half_close_server", [HOST, port, "utf-8"], { stdin });
  await asServer(start, (port) => ({ args: [String(port), "--source", HOST] }));
});

Deno.test("client --join hears what Python sends to the group", needs([], hasMulticast), async () => {
  const port = freeUdpPort();
  const args = ["client", `udp://${GROUP}:${port}`, "--join", `${GROUP}%${HOST}`];
  await using client = spawnSockeye(args, { stdin: "piped" });
  await client.stderrLine(/^Speaking to 239\.255\.77\.88:\d+$/);
  // A second one hears it too.
  await using second = spawnSockeye([...args, "--ttl", "0"], { stdin: "piped" });
  await second.stderrLine(/^Speaking to 239\.255\.77\.88:\d+$/);
  await python("multicast", ["send", GROUP, HOST, port], { stdin: { content: "one\n第二\n" } }).ends(0);
  for (const hearer of [client, second]) {
    assertEquals(await hearer.stdoutText(/第二\n$/), "one\n第二\n");
    await hearer.ends(130, "SIGINT");
  }
});

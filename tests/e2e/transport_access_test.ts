/** Who may speak with a server: `--allow` and `--deny` over TCP, TLS and UDP, for IPv4, IPv6 and IPv4-mapped addresses. */

import { connect as connectNode } from "node:net";
import { assertEquals } from "@std/assert";
import { HANDSHAKE_MS } from "../../lib/server/limits.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { Mailbox } from "../support/datagrams.ts";
import { hasIpv6, needs, spawnSockeye } from "../support/harness.ts";
import { connect, PROMPT_MS, readAll, within } from "../support/sockets.ts";

/** Where a server listens, its lists, and the peers that it takes and refuses. */
interface Case {
  readonly listen: string;
  readonly lists: readonly string[];
  readonly takes: readonly string[];
  readonly refuses: readonly string[];
}

/** On every interface IPv4 peers come as ::ffff:127.0.0.1. */
const CASES: readonly Case[] = [
  { listen: ":0", lists: ["--deny", "127.0.0.0/8"], takes: ["::1"], refuses: ["127.0.0.1", "127.0.0.2"] },
  { listen: ":0", lists: ["--allow", "127.0.0.1"], takes: ["127.0.0.1"], refuses: ["127.0.0.2", "::1"] },
  {
    listen: ":0",
    lists: ["--allow", "127.0.0.0/8", "--allow", "::/0", "--deny", "127.0.0.2"],
    takes: ["127.0.0.1", "::1"],
    refuses: ["127.0.0.2"],
  },
  { listen: "0.0.0.0:0", lists: ["--deny", "127.0.0.2/31"], takes: ["127.0.0.1"], refuses: ["127.0.0.2"] },
  { listen: "127.0.0.1:0", lists: ["--allow", "127.0.0.2"], takes: ["127.0.0.2"], refuses: ["127.0.0.1"] },
];

function shown(host: string): string {
  return host.includes(":") ? `\\[${host}\\]` : host.replaceAll(".", "\\.");
}

/** The server of its own family that a host reaches. */
function serverOf(host: string): string {
  return host.includes(":") ? "::1" : "127.0.0.1";
}

/** Speaks with a server from an address, which not every `connect` can choose; what comes back. */
function knock(port: number, from: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = connectNode({ host: serverOf(from), port, localAddress: from }, () => socket.write("hello"));
    socket.on("data", (data) => {
      heard += data;
      if (heard === "hello") socket.end();
    });
    socket.on("error", () => {}); // It is reset when what it says comes late.
    socket.on("close", () => resolve(heard));
  });
}

/** Other systems have only one loopback address. */
const fits = Deno.build.os === "linux" && hasIpv6;

for (const one of CASES) {
  const name = `${one.listen} ${one.lists.join(" ")}`;

  Deno.test(`server tcp://${name} takes and refuses whom it says`, needs([], fits), async () => {
    await using server = spawnSockeye(["server", "echo", `tcp://${one.listen}`, ...one.lists]);
    const port = await server.port();
    for (const host of one.refuses) {
      assertEquals(await within(knock(port, host), PROMPT_MS, `${host}, who is refused`), "", host);
      await server.stderrLine(new RegExp(`^${shown(host)}:\\d+ may not connect$`));
    }
    for (const host of one.takes) {
      assertEquals(await within(knock(port, host), PROMPT_MS, `${host}, who is taken`), "hello", host);
      await server.stderrLine(new RegExp(`^#\\d+ ${shown(host)}:\\d+ connected$`));
    }
  });

  Deno.test(`server udp://${name} takes and refuses whom it says`, needs([], fits), async () => {
    await using server = spawnSockeye(["server", "echo", `udp://${one.listen}`, ...one.lists]);
    const port = await server.port();
    for (const host of one.refuses) {
      using mailbox = new Mailbox(host);
      const to = { transport: "udp", hostname: serverOf(host), port } as const;
      for (const text of ["hello", "again"]) await mailbox.send(text, to);
      // Who sends again and again is told of now and then.
      await server.stderrLine(new RegExp(`^${shown(host)}:${mailbox.port} may not connect$`));
      assertEquals(await mailbox.isEmpty(), true, `${host} has got an answer`);
    }
    for (const host of one.takes) {
      using mailbox = new Mailbox(host);
      await mailbox.send("hello", { transport: "udp", hostname: serverOf(host), port });
      assertEquals((await mailbox.receive()).text, "hello");
      await server.stderrLine(new RegExp(`^#\\d+ ${shown(host)}:${mailbox.port} speaks$`));
    }
  });
}

Deno.test("server tls:// refuses before the handshake", needs([], fits && hasOpenssl), async () => {
  await using made = await Certificates.make();
  await made.signed();
  const args = ["server", "echo", "tls://:0", ...made.own(), "--deny", "127.0.0.0/8"];
  await using server = spawnSockeye(args, { permissions: ["--allow-net", "--allow-read"] });
  const port = await server.port();
  using silent = await connect(port);
  assertEquals(await within(readAll(silent), HANDSHAKE_MS / 2, "The end for who is refused"), new Uint8Array());
  await server.stderrLine(/^127\.0\.0\.1:\d+ may not connect$/);
  const dial = async (host: string) => {
    const tls = ["--ca", `${made.folder}/ca.pem`, "--server-name", "localhost", "--send", "hello"];
    const permissions = ["--allow-net", "--allow-read"];
    await using client = spawnSockeye(["client", `tls://${host}:${port}`, ...tls], { permissions });
    const { code, stdout } = await client.status();
    return [code, stdout];
  };
  assertEquals(await dial("127.0.0.1"), [6, ""]);
  assertEquals(await dial("[::1]"), [0, "hello"]);
});

Deno.test("server tls:// lets go of silent clients that are one too many", needs([], hasOpenssl), async () => {
  await using made = await Certificates.make();
  await made.signed();
  const args = ["server", "echo", "tls://0", ...made.own(), "--max-connections", "1"];
  await using server = spawnSockeye(args, { permissions: ["--allow-net", "--allow-read"] });
  const port = await server.port();
  using first = await connect(port);
  using stack = new DisposableStack();
  const others = await Promise.all(Array.from({ length: 20 }, async () => stack.use(await connect(port))));
  const ends = Promise.all(others.map((conn) => readAll(conn)));
  for (const end of await within(ends, HANDSHAKE_MS / 2, "The end for those who are too many")) {
    assertEquals(end.length, 0);
  }
  server.signal("SIGTERM");
  await within(readAll(first), HANDSHAKE_MS / 2, "The end for the first one");
  await server.ends(143);
});

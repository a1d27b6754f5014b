/** Recordings of server, client and fetch: tshark finds in them what passed, whatever becomes of display, file and process. */

import { Socket } from "node:net";
import { once } from "node:events";
import { assertEquals, assertMatch } from "@std/assert";
import { find } from "../capture/read.ts";
import { fields, follow } from "../capture/tshark.ts";
import { Folder } from "../fetch/helpers.ts";
import { serveRaw } from "../fetch/server.ts";
import { eventually, linux, needs, type Program, spawnSockeye, UNREAD } from "../support/harness.ts";
import { connect, readAll, textOf, writeAll } from "../support/sockets.ts";

const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-write"];

const withTshark = needs(["tshark"]);

/** Bytes that no text has. */
const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 2654435761) >>> 24);

/** The address of a server, as a client writes it. */
async function addressOf(server: Program): Promise<string> {
  return (await server.stderrLine(/^Listening on (\S+)/))[1] ?? "";
}

/** What the packets of a recording are remarked with. */
async function remarks(path: string): Promise<string> {
  return (await fields(path, ["frame.comment"])).flat().filter((text) => text !== "").join("; ");
}

/** Where servers listen, the words of their clients, and what both remark. */
const STREAMS = [
  ["tcp://127.0.0.1:0", [], ""],
  ["tls://127.0.0.1:0", ["--insecure", "--server-name", "example.com"], "TLS for example.com"],
  ["ws://127.0.0.1:0", ["--binary"], "WebSocket"],
  ["unix:socket", [], "Unix socket socket"],
] as const;

for (const [address, words, expected] of STREAMS) {
  Deno.test(`server and client over ${address} record exactly what passed, both the same`, withTshark, async () => {
    await using folder = await Folder.make();
    const options = { permissions: PERMISSIONS, cwd: folder.path };
    await Deno.writeFile(folder.at("big"), BYTES);
    await using server = spawnSockeye(["server", "echo", address, "--once", "--record", "server.pcapng"], options);
    const args = ["client", await addressOf(server), ...words, "--file", "big", "--record", "client.pcapng"];
    const { bytes } = await spawnSockeye(args, options).ends(0);
    await server.ends(0);
    assertEquals(bytes, BYTES);
    for (const name of ["server", "client"]) {
      const [talk, ...others] = await follow(folder.at(`${name}.pcapng`), 1);
      assertEquals([talk?.up === BYTES.toHex(), talk?.down === BYTES.toHex(), others], [true, true, []], name);
    }
    const said = await Promise.all(["server", "client"].map((name) => remarks(folder.at(`${name}.pcapng`))));
    assertEquals(said, [expected, expected]);
  });
}

/** Both directions of conversations as text. */
async function texts(path: string, streams: number, kind = "tcp"): Promise<[string, string][]> {
  const text = (hex: string) => textOf(Uint8Array.fromHex(hex));
  return (await follow(path, streams, kind)).map(({ up, down }) => [text(up), text(down)]);
}

/** Flags of the packets of a port that carry more than an acknowledgement. */
async function flags(path: string, port: number): Promise<string[]> {
  const rows = await fields(path, ["tcp.srcport", "tcp.flags.str"], "tcp.flags != 0x10");
  return rows.map(([from, flags = ""]) => `${from === String(port) ? "<" : ">"} ${flags.replaceAll("·", "")}`);
}

Deno.test("server and client over UDP record each datagram with the real ports", withTshark, async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path };
  await using server = spawnSockeye(["server", "echo", "udp://:0", "--once", "--record", "s.pcapng"], options);
  const port = await server.port();
  const args = ["client", `udp://127.0.0.1:${port}`, "--send", "one", "--send", "two", "--wait", "200ms"];
  await spawnSockeye([...args, "--record", "c.pcapng"], options).ends(0);
  await server.ends(143, "SIGTERM");
  const names = ["ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.length"];
  const [seen, own] = await Promise.all(["s", "c"].map((name) => fields(folder.at(`${name}.pcapng`), names)));
  const client = own?.[0]?.[2] ?? "";
  const [up, down] = [[client, String(port)], [String(port), client]];
  const rows = [up, up, down, down].map((ports) => ["127.0.0.1", "127.0.0.1", ...ports, "11"]);
  assertEquals([seen?.toSorted(), own?.toSorted()], [rows.toSorted(), rows.toSorted()]);
});

Deno.test("a reset stands in the recording as one, and so do both FINs", withTshark, async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path };
  await using server = spawnSockeye(["server", "echo", "0", "--record", "s.pcapng"], options);
  const port = await server.port();
  const socket = new Socket().connect(port, "127.0.0.1");
  socket.write("x");
  await once(socket, "data");
  socket.resetAndDestroy();
  await server.stderrLine(/^#1 .* left/);
  using conn = await connect(port);
  await conn.closeWrite();
  await readAll(conn);
  await server.stderrLine(/^#2 .* left/);
  await server.ends(143, "SIGTERM");
  const all = await flags(folder.at("s.pcapng"), port);
  assertEquals(all, ["> S", "< AS", "> AP", "< AP", "> AR", "> S", "< AS", "> AF", "< AF"]);
});

Deno.test("fetch records a redirect and a retry as conversations, with requests and bodies", withTshark, async () => {
  await using folder = await Folder.make();
  await using site = serveRaw(async (exchange) => {
    if (exchange.line === "POST /old") await exchange.answer("307 Temporary Redirect", ["Location: /new"]);
    else if (exchange.number === 2) await exchange.answer("503 Busy");
    else await exchange.answer("200 OK", [], "the body");
  });
  const args = ["fetch", site.url("/old").href, "-d", "a=1", "--retry", "1", "-o", "page", "--record", "f.pcapng"];
  await spawnSockeye(args, { permissions: PERMISSIONS, cwd: folder.path }).ends(0);
  const talks = await texts(folder.at("f.pcapng"), site.exchanges.length);
  const requests = site.exchanges.map(({ head, body }) => head + body);
  assertEquals(talks.map(([up]) => up), requests);
  const answers = talks.map(([, down]) => down.split("\r\n").filter((_, i, all) => i === 0 || i === all.length - 1));
  assertEquals(answers, [
    ["HTTP/1.1 307 Temporary Redirect", ""],
    ["HTTP/1.1 503 Busy", ""],
    ["HTTP/1.1 307 Temporary Redirect", ""],
    ["HTTP/1.1 200 OK", "the body"],
  ]);
});

Deno.test("fetch over TLS records the plaintext, and the name that it asked for", withTshark, async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path };
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  await using server = spawnSockeye(["server", "reply", "tls://0", "--text", answer], options);
  const url = `https://localhost:${await server.port()}/`;
  await spawnSockeye(["fetch", url, "-k", "-o", "-", "--record", "f.pcapng"], options).ends(0);
  const [[up, down] = [""]] = await texts(folder.at("f.pcapng"), 1);
  assertMatch(up, /^GET \/ HTTP\/1\.1\r\nHost: localhost:/);
  assertEquals([down, await remarks(folder.at("f.pcapng"))], [answer, "TLS for localhost"]);
});

Deno.test("tap records as if the client spoke to the target, with how it ended", withTshark, async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path };
  await using server = spawnSockeye(["server", "reply", "0", "--text", "answer"], options);
  const target = await server.port();
  await using tap = spawnSockeye(["tap", "0", String(target), "--once", "--record", "t.pcapng"], options);
  const socket = new Socket().connect(await tap.port(), "127.0.0.1");
  socket.write("question");
  await once(socket, "data");
  const { localPort } = socket;
  socket.resetAndDestroy();
  await tap.ends(0);
  const path = folder.at("t.pcapng");
  assertEquals(await texts(path, 1), [["question", "answer"]]);
  assertEquals(await flags(path, target), ["> S", "< AS", "> AP", "< AP", "> AR"]);
  const [[source, comment] = []] = await fields(path, ["tcp.srcport", "frame.comment"]);
  assertEquals([source, comment], [String(localPort), `relayed to tcp://127.0.0.1:${target}`]);
});

Deno.test("a second server on the same port leaves the recording of the first one alone", async () => {
  await using folder = await Folder.make();
  await Deno.writeTextFile(folder.at("s.pcapng"), "of the first one");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const args = ["server", "echo", String(listener.addr.port), "--record", "s.pcapng"];
  await spawnSockeye(args, { permissions: PERMISSIONS, cwd: folder.path }).ends(4);
  assertEquals(await folder.get("s.pcapng"), "of the first one");
});

Deno.test("what nobody sees is recorded all the same", needs(["tshark", "mkfifo"], linux), async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path, via: UNREAD };
  await using server = spawnSockeye(["server", "discard", "0", "--record", "s.pcapng"], options);
  const sent = new Uint8Array(3_000_000).fill(0x61);
  using conn = await connect(await server.port());
  await writeAll(conn, sent);
  await conn.closeWrite();
  await readAll(conn);
  await server.ends(143, "SIGTERM");
  const [talk] = await follow(folder.at("s.pcapng"), 1);
  assertEquals([talk?.up === sent.toHex(), talk?.down], [true, ""]);
});

Deno.test("a server that is killed leaves a recording that is whole to its last second", withTshark, async () => {
  await using folder = await Folder.make();
  const options = { permissions: PERMISSIONS, cwd: folder.path };
  await using server = spawnSockeye(["server", "echo", "0", "--record", "s.pcapng"], options);
  using conn = await connect(await server.port());
  await writeAll(conn, "remember");
  const path = folder.at("s.pcapng");
  const holds = async () =>
    find(await Deno.readFile(path)).lines.filter((line) => line.endsWith("remember")).length === 2;
  assertEquals(await eventually(holds), true);
  server.signal("SIGKILL");
  await server.status();
  assertEquals(await texts(path, 1), [["remember", "remember"]]);
});

/** Commands of which each records to a full disk, and goes on. */
const FULL: readonly (readonly [string, string[]])[] = [
  ["server", ["server", "reply", "0", "--text", "answer", "--once"]],
  ["client", ["client", "PORT", "--send", "x", "--wait", "5s", "--expect", "answer"]],
  ["fetch", ["fetch", "http://127.0.0.1:PORT/", "-o", "-"]],
];

for (const [name, args] of FULL) {
  Deno.test(`a full disk ends the recording of ${name} with one line, and nothing else`, needs([], linux), async () => {
    const text = name === "fetch" ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer" : "answer";
    await using other = spawnSockeye(["server", "reply", "0", "--text", text]);
    const port = await other.port();
    const words = [...args.map((word) => word.replace("PORT", String(port))), "--record", "/dev/full"];
    await using program = spawnSockeye(words, { only: ["--allow-all"] });
    if (name === "server") {
      using conn = await connect(await program.port());
      await writeAll(conn, "x");
      assertEquals(textOf(await readAll(conn, 6)), "answer");
    }
    const { stdout, stderr } = await program.ends(0);
    assertEquals(stderr.match(/^sockeye: .*$/gm), [
      'sockeye: The recording "/dev/full" ended: No space left on device',
    ]);
    if (name !== "server") assertMatch(stdout, /answer/);
  });
}

Deno.test("a server records as its owner may: the file alone, and with --record-max the next ones", {
  ...needs(["tshark"]),
}, async () => {
  await using folder = await Folder.make();
  const path = folder.at("s.pcapng");
  const serve = async (words: string[], writable: string, bytes: number) => {
    const permissions = ["--allow-net", `--allow-write=${writable}`];
    await using server = spawnSockeye(["server", "discard", "0", "-q", "--json", "--once", ...words], {
      only: permissions,
    });
    using conn = await connect(await server.port());
    await writeAll(conn, new Uint8Array(bytes));
    await conn.closeWrite();
    await readAll(conn);
    return (await server.status()).stderr;
  };
  assertEquals(await serve(["--record", path], path, 10), "");
  assertEquals((await follow(path, 1))[0]?.up.length, 20);
  assertEquals(await serve(["--record", path, "--record-max", "64k"], folder.path, 150_000), "");
  const names = await folder.names();
  assertEquals(names, ["s.1.pcapng", "s.2.pcapng", "s.pcapng"]);
  const parts = await Promise.all(names.map((name) => follow(folder.at(name), 1)));
  assertEquals(parts.reduce((sum, [part]) => sum + (part?.up.length ?? 0), 0), 300_000);
  assertMatch(await serveRefused(path), /Cannot record to ".*": the permission is missing; add --allow-write to/);
});

/** What is said where the next files of a recording may not be written. */
async function serveRefused(path: string): Promise<string> {
  const args = ["server", "echo", "0", "--record", path, "--record-max", "1m"];
  const permissions = ["--allow-net", `--allow-write=${path}`];
  return (await spawnSockeye(args, { only: permissions }).ends(13)).stderr;
}

const WRONG: readonly (readonly [string[], number, string])[] = [
  [["client", "9", "--record-max", "1m"], 2, "Option --record-max needs --record"],
  [
    ["client", "9", "--record", "x", "--record-max", "1k"],
    2,
    'Bad --record-max "1k": expected a size of 64k or more, such as 10m',
  ],
  [
    ["server", "0", "--workers", "2", "--record", "x"],
    2,
    "Options --workers and --record do not go together: each worker is on its own",
  ],
  [["fetch", "http://127.0.0.1:9/", "-o", "x", "--record", "./x"], 2, 'Options --record and -o both name "./x"'],
  [["client", "9", "--record", "nowhere/x"], 9, 'Cannot record to "nowhere/x": No such file or directory'],
];

for (const [args, code, message] of WRONG) {
  Deno.test(
    `sockeye ${args.join(" ")} is refused and leaves nothing`,
    needs([], linux || !args.includes("--workers")),
    async () => {
      await using folder = await Folder.make();
      const { stderr } = await spawnSockeye(args, { permissions: PERMISSIONS, cwd: folder.path }).ends(code);
      assertEquals([stderr, await folder.names()], [`sockeye: ${message}\n`, []]);
    },
  );
}

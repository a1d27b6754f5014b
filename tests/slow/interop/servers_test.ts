/** What servers make of a client's FIN: goodbye, or the end of a question. */

import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../../scripts/root.ts";
import { needs, type Program, python, spawnSockeye, tool } from "../../support/harness.ts";
import { Host, readAll, writeAll } from "../../support/sockets.ts";

const HOST = "127.0.0.1";

/** Milliseconds that the servers think. */
const PAUSE_MS = 150;

async function portOf(server: Program): Promise<string> {
  const [, port = ""] = await server.stdoutLine(/^port (\d+)$/);
  return port;
}

/** Servers that take a FIN for goodbye. */
const LEAVERS = [
  ["Node's net", "node", () => tool("node", [`${ROOT}/tests/support/peers/eager_server.mjs`, String(PAUSE_MS)])],
  ["Python's asyncio", "python3", () => python("asyncio_server", [HOST, 0, PAUSE_MS / 1000])],
] as const;

for (const [what, program, start] of LEAVERS) {
  Deno.test(`client gets the answer of ${what}, piped, given, expected and waited for`, needs([program]), async () => {
    await using server = start();
    const port = await portOf(server);
    const ways: [string[], string?][] = [
      [["client", port], "hi"],
      [["client", port, "--send", "hi"]],
      [["client", port, "--send", "hi", "--wait", "500ms"]],
      [["client", port, "--send", "hi", "--expect", "answer to hi"]],
    ];
    await Promise.all(ways.map(async ([args, content]) => {
      const { stdout } = await spawnSockeye(args, { stdin: content === undefined ? "null" : { content } }).ends(0);
      assertEquals(stdout, "answer to hi", args.join(" "));
    }));
    const early = await spawnSockeye(["client", port, "--send", "hi", "--half-close"]).ends(0);
    assertEquals(early.stdout, "");
  });
}

Deno.test("client gets the answer of a server that answers only after the end of what it gets", async () => {
  const count = () =>
    new Host(async (conn) => {
      await writeAll(conn, String((await readAll(conn)).length));
    });
  await using server = count();
  await using other = count();
  const [patient, prompt] = await Promise.all([
    spawnSockeye(["client", String(server.port)], { stdin: { content: "12345" } }).ends(0),
    spawnSockeye(["client", String(other.port), "--send", "123", "--half-close", "--expect", "3"]).ends(0),
  ]);
  assertEquals([patient.stdout, prompt.stdout], ["5", "3"]);
});

Deno.test("client speaks SMTP with a Python server", needs(["python3"]), async () => {
  await using server = python("mail_server", [HOST, 0]);
  const port = await portOf(server);
  const hello = ["client", port, "--crlf", "--expect", "^220 ", "--send", "HELO x", "--expect", "^250"];
  const { stdout, stderr } = await spawnSockeye([...hello, "--send", "QUIT"]).ends(0);
  assertEquals(stdout.replaceAll("\r", ""), "220-mail.example\n220 ready\n250 mail.example\n221 bye\n");
  assertMatch(stderr, /^Connection closed by the peer; /m);
  const rest = ["--send", "RCPT TO:<a@b>", "--expect", "^250", "--send", "QUIT"];
  const refused = await spawnSockeye([...hello, ...rest, "--wait", "300ms"]).ends(10);
  const says =
    /^sockeye: The answer did not match --expect 3 of 3, \/\^250\/ in 0\.3 s; ".*550 no such user.*" came after/m;
  assertMatch(refused.stderr, says);
});

Deno.test("client -q talks with a Python server through a pipe", needs(["python3"]), async () => {
  await using server = python("mail_server", [HOST, 0]);
  const content = "HELO x\r\nMAIL FROM:<a@b>\r\nQUIT\r\n";
  const { stdout, stderr } = await spawnSockeye(["client", await portOf(server), "-q"], { stdin: { content } }).ends(0);
  assertEquals(stdout.match(/^\d+ .*(?=\r$)/gm), ["220 ready", "250 mail.example", "250 ok", "221 bye"]);
  assertEquals(stderr, "");
});

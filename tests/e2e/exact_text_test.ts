/** What clients of a chat say, as `--json` gives it to programs, and as other clients and the person at the server see it. */

import { assertEquals } from "@std/assert";
import { spawnSockeye } from "../support/harness.ts";
import { connect } from "../support/net.ts";
import { utf8 } from "../support/sockets.ts";

/** Lines, with what terminals obey and what nobody sees; a backslash that was typed is one. */
const SAID = [
  "\x1b[2Jgone",
  "\\x1b[2J",
  "a\rb",
  "\u202eevil",
  "\ufffe\u034f\u115f\u3164\u2065\ufff9\u{e0041}\ufe0f",
  "信\t\x85.",
];

Deno.test("server chat --json gives exactly what was said", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--json"]);
  const [, port] = await server.stdoutLine(/"address":"tcp:\/\/127\.0\.0\.1:(\d+)"/);
  using client = await connect(Number(port));
  await client.write(utf8(SAID.map((line) => `${line}\n`).join("")));
  await server.stdoutLine(/信/);
  const { stdout } = await server.ends(143, "SIGTERM");
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const said = events.filter(({ event, text }) => event === "say" && text.startsWith("<"));
  assertEquals(said.map(({ text }) => text), SAID.map((line) => `<user1> ${line}`));
});

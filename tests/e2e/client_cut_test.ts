/** `client --cut`: what is written is cut. */

import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { type SockeyeOptions, spawnSockeye } from "../support/harness.ts";
import { Host, readAll, textOf } from "../support/sockets.ts";

/** The pieces as they were written; on a busy machine one read may bring two of them. The server gets all that they say. */
async function pieces(args: readonly string[], options: SockeyeOptions = {}): Promise<string[]> {
  await using host = new Host((conn) => readAll(conn));
  const line = ["client", String(host.port), "--half-close", "--json", ...args];
  const { stdout } = await spawnSockeye(line, options).ends(0);
  const events: { event: string; text: string }[] = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const sent = events.filter(({ event }) => event === "send").map(({ text }) => text);
  assertEquals(textOf(await host.done), sent.join(""));
  return sent;
}

Deno.test("client --cut sends texts in pieces", async () => {
  assertEquals(await pieces(["--send", "hello", "--send", "abc", "--cut", "1,3"]), ["h", "el", "lo", "a", "bc"]);
});

Deno.test("client --cut cuts each line of a pipe, and files", async () => {
  const content = "one\ntwo\n";
  assertEquals(await pieces(["--cut", "2"], { stdin: { content } }), ["on", "e\n", "tw", "o\n"]);
  await using folder = await Folder.make();
  const file = await folder.put("file", content);
  const permissions = ["--allow-net", "--allow-read"];
  assertEquals(await pieces(["--file", file, "--cut", "2"], { permissions }), ["on", "e\ntwo\n"]);
});

Deno.test("client --cut is for streams, and says what it expects", async () => {
  const over = async (...args: string[]) => (await spawnSockeye(["client", ...args]).ends(2)).stderr;
  assertMatch(
    await over("udp://9", "--send", "x", "--cut", "1"),
    /^sockeye: Option --cut is for tcp, tls and unix, not/,
  );
  assertMatch(await over("9", "--send", "x", "--cut", "0"), /^sockeye: Bad --cut "0": expected byte offsets from 1 in/);
});

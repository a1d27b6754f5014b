/** Whole chats in this process: what the flags show of them. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "../support/sockets.ts";
import { type FakeSystem, utf8 } from "./helpers.ts";
import { readAll, readOnce, start, test } from "./running.ts";

/** Two people in a chat: the second hears the first say hello, then the server is stopped. Gives what they heard. */
async function chat(system: FakeSystem, port: number): Promise<string[]> {
  const first = await connect(port);
  const welcome = await readOnce(first);
  const second = await connect(port);
  const heard = await readOnce(second);
  await first.write(utf8("hello\n"));
  const spoken = await readOnce(second);
  system.stop("interrupt");
  const rests = await Promise.all([first, second].map(readAll));
  for (const conn of [first, second]) conn.close();
  return [welcome + rests[0], heard + spoken + rests[1]];
}

/** What both hear. */
const HEARD = [
  "*** You are user1; nobody else is here. /help lists the commands\n*** user2 joined\n" +
  "*** The server stops. Goodbye\n",
  "*** You are user2; 1 other is here. /help lists the commands\n<user1> hello\n*** The server stops. Goodbye\n",
];

/** What the person at the server reads. */
const SAID = ["*** user1 joined", "*** user2 joined", "<user1> hello", "*** The server stops. Goodbye"];

/** A chat with these flags, when both have heard what there is to hear and the server has ended. */
async function play(...flags: string[]): Promise<FakeSystem> {
  const { system, code } = start(["server", "chat", "0", ...flags]);
  const stream = flags.includes("--json") ? system.stdout : system.stderr;
  const where = /127\.0\.0\.1:(\d+)/;
  await stream.until((text) => where.test(text));
  assertEquals(await chat(system, Number(where.exec(stream.text)?.[1])), HEARD);
  assertEquals(await code, 130);
  return system;
}

test("main() serves a chat: what is said on stdout, who comes and goes on stderr", async () => {
  const system = await play();
  assertEquals(system.stdout.lines, SAID);
  assertEquals(system.stderr.text.includes("hello"), false);
});

test("main() with -v shows what a chat's clients send, and what they are sent", async () => {
  const system = await play("-v");
  assertEquals(system.stdout.lines, SAID.toSpliced(2, 0, "#1 < hello"));
  assertStringIncludes(system.stderr.text, "#2 > <user1> hello\n");
});

test("main() with --hex dumps the traffic of a chat", async () => {
  const system = await play("--hex");
  const dump = /^(?:\S+ (#\d [<>]) \d+ bytes?|[0-9a-f]{8} .*\|)$/;
  const rows = system.stdout.lines.map((line) => dump.exec(line));
  const heads = rows.map((row) => row?.[1]);
  assertEquals(heads.filter((head) => head === "#1 <").length, 1);
  assertEquals(heads.filter((head) => head === "#2 >").length > 0, true);
  assertEquals(system.stdout.lines.filter((_line, at) => !rows[at]), SAID);
});

test("main() with --json tells what is said in a chat, and nothing of what its clients send, which may be private", async () => {
  const system = await play("--json");
  const events = system.stdout.events;
  const told = events.filter(({ event }) => ["say", "recv", "send"].includes(String(event)));
  assertEquals(told.map(({ event, id, text }) => [event, id, text]), [
    ["say", 1, "*** user1 joined"],
    ["say", 2, "*** user2 joined"],
    ["say", 1, "<user1> hello"],
    ["say", undefined, "*** The server stops. Goodbye"],
  ]);
  assertEquals(system.stderr.text, "");
});

test("main() with --json and -v tells also what a chat's clients send and are sent, in hex with -x", async () => {
  for (const [flags, recv, send] of [[["-v"], 1, 6], [["-v", "-x"], 1, 6], [["-x"], 0, 0]] as const) {
    const { stdout } = await play("--json", ...flags);
    const kinds = (wanted: string) => stdout.events.filter(({ event }) => event === wanted).length;
    assertEquals([kinds("say"), kinds("recv"), kinds("send")], [4, recv, send], flags.join(" "));
    const heard = stdout.events.find(({ event }) => event === "recv");
    if (flags.length > 1) assertEquals(heard?.hex, "68656c6c6f0a");
  }
});

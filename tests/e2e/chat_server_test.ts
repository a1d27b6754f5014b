/** The server around a room: its output, its log, its limits, its end. */

import { assert, assertEquals, assertGreaterOrEqual, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { Chatter, Chatters } from "../support/chatter.ts";
import { eventually, freePort, needs, type SockeyeOptions, spawnSockeye } from "../support/harness.ts";
import { connect, readAll, utf8 } from "../support/sockets.ts";

/** The last line of a room. */
const GOODBYE = "*** The server stops. Goodbye";

for (const [signal, expected] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`server chat says goodbye to everybody on ${signal}, after their last words`, async () => {
    await using server = spawnSockeye(["server", "chat", "0", "-v"]);
    await using chatters = await Chatters.join(await server.port(), 3);
    const [first] = chatters.list;
    await first?.write("my last words");
    await server.stdoutLine(/^#1 < my last words$/);
    server.signal(signal);
    await chatters.getEnd();
    for (const chatter of chatters.list) {
      const words = chatter === first ? [] : ["<user1> my last words"];
      const said = chatter.heard.filter((line) => !/^\*\*\* (?:You are \w+;|\w+ joined)/.test(line));
      assertEquals(said, [...words, GOODBYE], chatter.name);
    }
    const { code, stdout, stderr } = await server.status();
    assertEquals(code, expected);
    assert(stdout.endsWith(`<user1> my last words\n${GOODBYE}\n`), stdout);
    assertMatch(stderr, /^Done: 3 connections; /m);
  });
}

/** Ways to start a server without a terminal. */
const CIRCUMSTANCES: Readonly<Record<string, SockeyeOptions>> = {
  "stdin at /dev/null": { stdin: "null" },
  "closed stdin": { via: `exec "$@" <&-` },
  "closed stdin and stdout": { via: `exec "$@" <&- >&-` },
  "stdout onto a full disk": { via: `exec "$@" >/dev/full` },
  "lines on stdin": { stdin: { content: "an operator?\n/kick user1\n/say hello\n" } },
};

for (const [what, options] of Object.entries(CIRCUMSTANCES)) {
  Deno.test(`server chat works with ${what}, and has no operator`, needs(["sh"]), async () => {
    await using server = spawnSockeye(["server", "chat", "0"], options);
    await using chatters = await Chatters.join(await server.port(), 2);
    const [first, second] = chatters.list;
    await first?.say("hello");
    await second?.hears(/^<user1> hello$/);
    await second?.say("/list");
    await second?.hears(/^\*\*\* 2 here: user1, user2 \(you\)$/);
    server.signal("SIGTERM");
    await chatters.getEnd();
    assertEquals(first?.heard.slice(1), ["*** user2 joined", GOODBYE]);
    assertEquals((await server.status()).code, 143);
  });
}

Deno.test("server chat lives on when the reader of its stdout has left", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  await using chatters = await Chatters.join(await server.port(), 2);
  await server.leaveStdout();
  const [first, second] = chatters.list;
  for (let i = 0; i < 3; i++) {
    await first?.say(`${i}`);
    await second?.hears(new RegExp(`^<user1> ${i}$`));
  }
  await server.stderrLine(/^Nobody reads what clients say: stdout was closed$/);
  await second?.say("still here");
  await first?.hears(/^<user2> still here$/);
});

Deno.test("server chat --json gives say events", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--json"]);
  const port = await server.port();
  await using first = await Chatter.join(port);
  await using second = await Chatter.join(port);
  await first.say("你好");
  await second.hears(/^<user1> 你好$/);
  await first.leave();
  await second.hears(/^\*\*\* user1 left$/);
  server.signal("SIGTERM");
  await second.getsEnd();
  await second.leave();
  const { stdout, stderr } = await server.status();
  assertEquals(stderr, "");
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const peers = new Map(events.filter(({ event }) => event === "open").map(({ id, peer }) => [id, peer]));
  const said = events.filter(({ event }) => event === "say").map(({ t: _, ...rest }) => rest);
  assertEquals(said, [
    { event: "say", text: "*** user1 joined", id: 1, peer: peers.get(1) },
    { event: "say", text: "*** user2 joined", id: 2, peer: peers.get(2) },
    { event: "say", text: "<user1> 你好", id: 1, peer: peers.get(1) },
    { event: "say", text: "*** user1 left", id: 1, peer: peers.get(1) },
    { event: "say", text: GOODBYE },
  ]);
});

Deno.test("server chat -q prints nothing", async () => {
  const port = freePort();
  await using server = spawnSockeye(["server", "chat", String(port), "-q"]);
  assert(await eventually(() => connect(port).then((conn) => (conn.close(), true), () => false)), "it listens");
  await using chatters = await Chatters.join(port, 2);
  await chatters.list[0]?.say("hello");
  await chatters.list[1]?.hears(/^<user2> hello$/);
  server.signal("SIGTERM");
  await chatters.getEnd();
  const { code, stdout, stderr } = await server.status();
  assertEquals({ code, stdout, stderr }, { code: 143, stdout: "", stderr: "" });
});

Deno.test("server chat --max-per-host turns away who is too many, until somebody leaves", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--max-per-host", "2"]);
  const port = await server.port();
  await using chatters = await Chatters.join(port, 2);
  const [first, second] = chatters.list;
  {
    using third = await connect(port);
    assertEquals(await readAll(third), utf8("sockeye: too many connections from 127.0.0.1 (limit 2)\n"));
  }
  await server.stderrLine(/^127\.0\.0\.1:\d+ turned away: too many connections from 127\.0\.0\.1 \(limit 2\)$/);
  await second?.leave();
  await server.stderrLine(/^#2 .* left/);
  await using next = await Chatter.join(port);
  await next.say("hello");
  await first?.hears(/^<user3> hello$/);
  assertEquals(first?.heard.slice(1), ["*** user2 joined", "*** user2 left", "*** user3 joined", "<user3> hello"]);
});

Deno.test("server chat --rate slows a flooder and nobody else", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--rate", "20:5"]);
  await using chatters = await Chatters.join(await server.port(), 3);
  const [flooder, other, listener] = chatters.list;
  const lines = Array.from({ length: 25 }, (_, i) => `flood ${i}`);
  const start = performance.now();
  await flooder?.write(lines.join("\n") + "\n");
  await flooder?.hears(/^\*\*\* Slow down: 20 messages a second are let through$/);
  await other?.say("not in a hurry");
  await listener?.hears(/^<user2> not in a hurry$/);
  await listener?.hears(/^<user1> flood 24$/);
  assertGreaterOrEqual(performance.now() - start, 950, "20 of the lines take a second");
  const heard = listener?.heard ?? [];
  assertEquals(heard.filter((line) => line.includes("flood")), lines.map((line) => `<user1> ${line}`));
  assertLess(heard.indexOf("<user2> not in a hurry"), heard.indexOf("<user1> flood 24"));
  assertEquals(other?.heard.filter((line) => line.includes("Slow down")), []);
});

/** Command lines that cannot be, and a word that the one line about each must have. */
const WRONG: readonly (readonly [args: string, word: string])[] = [
  ["chat 0 --history -1", "--history"],
  ["chat 0 --history 10001", "--history"],
  ["chat 0 --rate x", "--rate"],
  ["chat 0 --rate 0", "--rate"],
  ["chat 0 --rate 5:", "--rate"],
  ["chat 0 -e utf-16le", "utf-16le"],
  ["chat 0 --log", "--log"],
  ["chat 0 --text x", "--text"],
  ["echo 0 --log room.log", "--log"],
  ["talk 0 --rate 5", "--rate"],
];

for (const [args, word] of WRONG) {
  Deno.test(`server ${args} ends with 2 and one line that says why`, async () => {
    await using program = spawnSockeye(["server", ...args.split(" ")]);
    const { code, stdout, stderr } = await program.status();
    assertMatch(stderr, /^sockeye: [^\n]+\n$/);
    assertStringIncludes(stderr, word);
    assertEquals({ code, stdout }, { code: 2, stdout: "" });
  });
}

/** A room, and clients of all kinds in it: raw sockets, Python, sockeye itself. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Chatter, Chatters } from "../support/chatter.ts";
import { needs, python, spawnSockeye } from "../support/harness.ts";
import { utf8 } from "../support/sockets.ts";

const HOST = "127.0.0.1";

/** A line that somebody says to all. */
const SAID = /^<\S+> /;

Deno.test("server chat gives every line to everybody else, once and in one order", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  await using chatters = await Chatters.join(await server.port(), 5);
  const lines = Array.from({ length: 100 }, (_, i) => `第 ${i} 行`);
  await Promise.all(chatters.list.map(async (chatter) => {
    for (const line of lines) await chatter.say(line);
  }));
  const heard = await Promise.all(chatters.list.map((chatter) => chatter.all(SAID, 400)));
  server.signal("SIGTERM");
  await chatters.getEnd();
  const order = (await server.status()).stdout.split("\n").filter((line) => SAID.test(line));
  assertEquals(order.length, 500);
  chatters.list.forEach(({ name }, i) => {
    const mine = `<${name}> `;
    assertEquals(order.filter((line) => line.startsWith(mine)), lines.map((line) => mine + line));
    assertEquals(heard[i], order.filter((line) => !line.startsWith(mine)), `what ${name} heard`);
  });
});

Deno.test("server chat tells the room on stdout and the connections on stderr", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = await server.port();
  await using first = await Chatter.join(port);
  await using second = await Chatter.join(port);
  await first.say("hello");
  await second.hears(/^<user1> hello$/);
  await first.leave();
  await second.hears(/^\*\*\* user1 left$/);
  await server.stderrLine(/^#1 .* connected$/);
  await server.stderrLine(/^#2 .* connected$/);
  await server.stderrLine(/^#1 .* left: closed by the peer; 6 B in, /);
  server.signal("SIGTERM");
  await second.getsEnd();
  await second.leave();
  const { stdout, stderr } = await server.status();
  assertEquals(
    stdout,
    [
      "*** user1 joined",
      "*** user2 joined",
      "<user1> hello",
      "*** user1 left",
      "*** The server stops. Goodbye",
      "",
    ].join("\n"),
  );
  assert(!/hello|\*\*\*/.test(stderr), stderr);
});

Deno.test("server chat waits for the end of a line, however it was cut", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "-v"]);
  const port = await server.port();
  await using first = await Chatter.join(port);
  await using second = await Chatter.join(port);
  const bytes = utf8("你好");
  await first.write("one, ");
  await server.stdoutLine(/^#1 < one, $/);
  await second.say("between");
  await first.hears(/^<user2> between$/);
  await first.write(bytes.subarray(0, 2));
  await first.write(bytes.subarray(2));
  await first.write("\ntwo\nthr");
  await second.hears(/^<user1> two$/);
  await first.write("ee");
  assertEquals(await first.leave(), "FIN");
  await second.hears(/^\*\*\* user1 left$/);
  assertEquals(second.heard.slice(1), [
    "<user1> one, 你好",
    "<user1> two",
    "<user1> three",
    "*** user1 left",
  ]);
});

Deno.test("server chat ends the lines of each client as that one ends its own", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = await server.port();
  await using unix = await Chatter.join(port);
  await using dos = await Chatter.join(port);
  await dos.write("from dos\r\n");
  await unix.hears(/^<user2> from dos$/);
  await unix.say("from unix");
  await dos.hears(/^<user1> from unix\r$/);
  await dos.write("from unix now\n");
  await unix.hears(/^<user2> from unix now$/);
  await unix.say("again");
  await dos.hears(/^<user1> again$/);
});

Deno.test("server chat obeys the commands of its clients", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = await server.port();
  await using first = await Chatter.join(port);
  await using second = await Chatter.join(port);
  await using third = await Chatter.join(port);
  await first.say("/nick 小明");
  await first.hears(/^\*\*\* You are 小明 now$/);
  await second.hears(/^\*\*\* user1 is 小明 now$/);
  await second.say("/list");
  await second.hears(/^\*\*\* 3 here: 小明, user2 \(you\), user3$/);
  await second.say("/msg 小明 only you");
  await first.hears(/^\[user2\] only you$/);
  await first.say("/me waves");
  await third.hears(/^\* 小明 waves$/);
  await first.say("//list is a command");
  await third.hears(/^<小明> \/list is a command$/);
  await first.say("/quit see you");
  assertEquals(await first.getsEnd(), "FIN");
  await third.hears(/^\*\*\* 小明 left: see you$/);
  assertEquals(third.heard.slice(1), [
    "*** user1 is 小明 now",
    "* 小明 waves",
    "<小明> /list is a command",
    "*** 小明 left: see you",
  ]);
});

/** A server that expects one encoding, and a client that asks for the other. */
const ENCODINGS = [
  { args: [], asks: "gbk", others: "utf-8" },
  { args: ["-e", "gbk"], asks: "utf-8", others: "gbk" },
] as const;

for (const { args, asks, others } of ENCODINGS) {
  const name = ["server chat", ...args, "lets", asks, "and", others, "clients in Python read each other"].join(" ");
  Deno.test(name, needs(["python3"]), async () => {
    await using server = spawnSockeye(["server", "chat", "0", ...args]);
    const port = await server.port();
    await using other = python("chat_client", [HOST, port, others], { stdin: "piped" });
    await other.stdoutLine(/^\*\*\* You are user1; nobody else is here\. /);
    await using asking = python("chat_client", [HOST, port, asks], { stdin: "piped" });
    await other.stdoutLine(/^\*\*\* user2 joined$/);
    await asking.write(`/enc ${asks}\n`);
    await asking.stdoutLine(new RegExp(`^\\*\\*\\* You read and write ${asks} now$`));
    await asking.write("锄禾日当午\n");
    await other.stdoutLine(/^<user2> 锄禾日当午$/);
    await other.write("汗滴禾下土\n");
    await asking.stdoutLine(/^<user1> 汗滴禾下土$/);
    await other.closeStdin();
    await asking.stdoutLine(/^\*\*\* user1 left$/);
    await server.stdoutLine(/^\*\*\* user1 left$/);
    assertMatch((await other.status()).stdout, /\nclosed by the server\n$/);
    assertEquals(
      server.stdout,
      "*** user1 joined\n*** user2 joined\n<user2> 锄禾日当午\n<user1> 汗滴禾下土\n*** user1 left\n",
    );
  });
}

Deno.test("server chat --frame gap:50ms takes what has no line end for a message", needs(["python3"]), async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--frame", "gap:50ms", "-e", "gbk"]);
  const port = await server.port();
  await using first = python("listening_client", [HOST, port, "gbk"], { stdin: "piped" });
  await first.stdoutLine(/^got: \*\*\* You are user1;/);
  await using second = python("listening_client", [HOST, port, "gbk"], { stdin: "piped" });
  await first.stdoutLine(/^got: \*\*\* user2 joined$/);
  await first.write("第一句\n");
  await second.stdoutLine(/^got: <user1> 第一句$/);
  await second.write("第二句\n");
  await first.stdoutLine(/^got: <user2> 第二句$/);
});

Deno.test("client takes part in a chat", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = await server.port();
  await using other = await Chatter.join(port);
  await using client = spawnSockeye(["client", String(port)], { stdin: "piped" });
  await other.hears(/^\*\*\* user2 joined$/);
  await client.write("hello from sockeye 你好\n");
  await other.hears(/^<user2> hello from sockeye 你好$/);
  await other.say("hello yourself");
  await client.stdoutLine(/^<user1> hello yourself$/);
  await client.write("goodbye\n");
  await client.closeStdin();
  await other.hears(/^<user2> goodbye$/);
  await other.hears(/^\*\*\* user2 left$/);
  const { code, stdout } = await client.status();
  assertEquals(code, 0);
  assertMatch(stdout, /^\*\*\* You are user2; 1 other is here\. .*\n<user1> hello yourself\n$/);
});

Deno.test("client --expect finds what the room answers to a command", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  const port = String(await server.port());
  await using client = spawnSockeye([
    "client",
    port,
    "--send",
    "/list\n",
    "--expect",
    String.raw`1 here: user1 \(you\)`,
  ]);
  assertEquals((await client.status()).code, 0);
});

Deno.test("server chat --history gives newcomers the last lines", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--history", "3"]);
  const port = await server.port();
  await using first = await Chatter.join(port);
  await using second = await Chatter.join(port);
  for (let i = 1; i <= 5; i++) await first.say(`line ${i}`);
  await second.hears(/^<user1> line 5$/);
  await using third = await Chatter.join(port);
  await first.hears(/^\*\*\* user3 joined$/);
  await first.say("line 6");
  await third.hears(/^<user1> line 6$/);
  assertEquals(third.heard.slice(1), ["<user1> line 3", "<user1> line 4", "<user1> line 5", "<user1> line 6"]);
});

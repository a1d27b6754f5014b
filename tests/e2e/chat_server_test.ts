/**
 * What only a process shows of a chat: signals, streams that are closed, and clients of other languages. What is said
 * to whom is in `tests/chat` and in `tests/conformance`.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { chatsWith } from "../support/both.ts";
import { Chatters } from "../support/chatter.ts";
import { needs, python, spawnSockeye } from "../support/harness.ts";

const HOST = "127.0.0.1";

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
    const { stdout, stderr } = await server.ends(expected);
    assert(stdout.endsWith(`<user1> my last words\n${GOODBYE}\n`), stdout);
    assertMatch(stderr, /^Done: 3 connections; /m);
  });
}

Deno.test("server chat --web says nothing of a request that comes after the greeting", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--web", "-v"]);
  using late = await Deno.connect({ hostname: HOST, port: await server.port() });
  await late.read(new Uint8Array(100)); // The greeting: it has joined.
  await late.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: secret\r\n\r\n"));
  await server.stdoutLine(/^\*\*\* user1 left$/);
  await server.stderrLine(/^#1 \S+ left: its HTTP request came too late; /);
  server.signal("SIGTERM");
  const { stdout } = await server.ends(143);
  assert(!/GET|secret/.test(stdout), stdout);
});

Deno.test("server chat takes no lines of an operator from a stdin that is no terminal", async () => {
  const stdin = { content: "an operator?\n/kick user1\n/say hello\n" };
  await using server = spawnSockeye(["server", "chat", "0"], { stdin });
  await using chatters = await Chatters.join(await server.port(), 2);
  const [first, second] = chatters.list;
  await first?.say("/list");
  await first?.hears(/^\*\*\* 2 here: user1 \(you\), user2$/);
  server.signal("SIGTERM");
  await chatters.getEnd();
  assertEquals(second?.heard.slice(1), [GOODBYE]);
  await server.ends(143);
});

Deno.test("server chat lives on when the reader of its stdout has left", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  await using chatters = await Chatters.join(await server.port(), 2);
  await server.leaveStdout();
  const [first, second] = chatters.list;
  for (let i = 0; i < 3; i++) {
    await first?.say(`${i}`);
    await second?.hears(new RegExp(`^<user1> ${i}$`));
  }
  await server.stderrLine(/^What clients say is not shown any more: stdout was closed$/);
  await second?.say("still here");
  await first?.hears(/^<user2> still here$/);
});

/** Options of a server, the encoding that a client asks for, and that of the others. */
const ENCODINGS = [[[], "gbk", "utf-8"], [["-e", "gbk"], "utf-8", "gbk"]] as const;

for (const [args, asks, others] of ENCODINGS) {
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
    const said = "<user2> 锄禾日当午\n<user1> 汗滴禾下土\n";
    assertEquals(server.stdout, `*** user1 joined\n*** user2 joined\n${said}*** user1 left\n`);
  });
}

Deno.test("client takes part in a chat", async () => {
  await chatsWith((port) => spawnSockeye(["client", String(port)], { stdin: "piped" }));
});

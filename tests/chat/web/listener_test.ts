/** One port for browsers and text clients, over real sockets: nothing is lost, delayed or let in by the wrong door. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { makeAccessCheck, parseCidr } from "../../../lib/server/access.ts";
import { PAGE_PROTOCOL } from "../../../lib/chat/web/protocol.ts";
import { wait } from "../../../lib/wait.ts";
import { bytesOf, connect, read, textOf, writeAll } from "../../support/net.ts";
import { request } from "../../conformance/web_sockets.ts";
import { Chatter } from "../../support/chatter.ts";
import { eventually } from "../../support/harness.ts";
import { acks, greets, is, TestPage, TestRoom } from "./room.ts";

/** All that a server answers to some bytes, until it has no more to say. */
async function exchange(port: number, text: string): Promise<string> {
  using conn = await connect(port);
  await writeAll(conn, bytesOf(text));
  return textOf(await read(conn).catch(() => new Uint8Array()));
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

Deno.test("a client that speaks is greeted at once, one that is silent after a moment", async () => {
  await using room = await TestRoom.open();
  const times: number[] = [];
  for (const says of ["/nick Ann\n", ""]) {
    const start = performance.now();
    using conn = await connect(room.port);
    await writeAll(conn, bytesOf(says));
    assertStringIncludes(textOf(await read(conn, 20)), "*** You are user");
    times.push(performance.now() - start);
  }
  assertLess(times[0] ?? Infinity, 200);
  assert((times[1] ?? 0) >= 290, `${times[1]} ms`);
});

Deno.test("a text client that begins like a browser loses nothing", async () => {
  await using room = await TestRoom.open();
  await using witness = await Chatter.join(room.port);
  using conn = await connect(room.port);
  await writeAll(conn, bytesOf("GET"));
  await witness.hears(/joined$/);
  await writeAll(conn, bytesOf(" me a coffee\n"));
  await witness.hears(/> GET me a coffee$/);
  using other = await connect(room.port);
  await writeAll(other, bytesOf("GET lost\nPOST it\n"));
  await witness.hears(/> GET lost$/);
  await witness.hears(/> POST it$/);
});

Deno.test("a request that comes after the greeting is sent away by the chat", async () => {
  await using room = await TestRoom.open();
  using conn = await connect(room.port);
  await read(conn, 30);
  await writeAll(conn, bytesOf(GET));
  assertStringIncludes(textOf(await read(conn)), "*** This is a chat, not a web server\r\n");
});

Deno.test("a visit is no member of the room, however it goes", async () => {
  await using room = await TestRoom.open();
  assertMatch(await exchange(room.port, GET), /^HTTP\/1\.1 200 OK\r\n[^]*<!doctype html>/);
  assertMatch(await exchange(room.port, GET.replace("localhost", "evil.example")), /^HTTP\/1\.1 421 /);
  const refused = await exchange(room.port, request({ Origin: "http://evil.example", Connection: "upgrade, close" }));
  assertMatch(refused, /^HTTP\/1\.1 403 /);
  assertMatch(
    await exchange(room.port, "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n"),
    /^HTTP\/1\.1 4/,
  );
  assertMatch(
    await exchange(
      room.port,
      "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\nevil\n",
    ),
    /^HTTP\/1\.1 405 /,
  );
  assertMatch(await exchange(room.port, "GET / HTTP/1.1\r\nbroken\r\n\r\n"), /^HTTP\/1\.1 400 /);
  // Each refusal is a detail for the person at the server, the page itself is nothing to report.
  const refusals = [
    "Not a name of this server: see --web-host",
    "pages of other sites may not connect",
    "Connection does not say Upgrade",
    "This can only be read",
    'Bad request: a header line without a colon: "broken"',
  ];
  for (const why of refusals) {
    const about = new RegExp(`^127\\.0\\.0\\.1:\\d+ turned away: ${RegExp.escape(why)}$`);
    await room.recorder.until("notice", ({ message, detail }) => detail === true && about.test(message));
  }
  assertEquals(room.recorder.names(), refusals.map(() => "notice"));
});

Deno.test("each request has a connection of its own, which ends with the answer", async () => {
  await using room = await TestRoom.open({ limits: { maxPerHost: 1 } });
  const keep = GET.replace("Connection: close", "Connection: keep-alive");
  const start = performance.now();
  const answers = await exchange(room.port, keep + keep.replace("/ ", "/page.js "));
  assertEquals(answers.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200"]);
  assertMatch(answers, /^Connection: close\r$/im);
  // Its place is free as soon as the server has seen its end.
  assert(await eventually(async () => /^HTTP\/1\.1 200 /.test(await exchange(room.port, GET))));
  assertLess(performance.now() - start, 8_000);
});

Deno.test("what begins like a request and is none gets 400, and is never said", async () => {
  await using room = await TestRoom.open();
  await using witness = await Chatter.join(room.port);
  const cases: [string, RegExp][] = [
    ["GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\nevil\n", /^HTTP\/1\.1 400 /],
    ["GET  / HTTP/1.1\r\nHost: localhost\r\n\r\nevil\n", /^HTTP\/1\.1 400 /],
    [`GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\nevil\n`, /^HTTP\/1\.1 414 /],
  ];
  for (const [bytes, answer] of cases) assertMatch(await exchange(room.port, bytes), answer);
  await witness.say("/list");
  await witness.hears(/1 here: /);
  assertEquals(witness.heard.filter((line) => /joined|evil/.test(line)), []);
});

Deno.test("a silent connection after a page was loaded is no member for a while", async () => {
  await using room = await TestRoom.open();
  await using witness = await Chatter.join(room.port);
  await exchange(room.port, GET);
  using _spare = await connect(room.port);
  await wait(600);
  await witness.say("/list");
  await witness.hears(/1 here: /);
});

Deno.test("limits count browsers by their own address, and tell them in their own words", async () => {
  await using room = await TestRoom.open({ limits: { maxPerHost: 1 } });
  await using page = await TestPage.join(room.port);
  assertMatch(
    await exchange(room.port, GET),
    /^HTTP\/1\.1 503 [^]*\r\n\r\nsockeye: too many connections from 127\.0\.0\.1/,
  );
  assertMatch(await exchange(room.port, "hello\n"), /^sockeye: too many connections from 127\.0\.0\.1/);
  assertMatch(room.recorder.of("open")[0]?.peer ?? "", /^127\.0\.0\.1:\d+$/);
  assertEquals(room.recorder.of("open")[0]?.transport, "ws");
  await page.has(greets());
});

Deno.test("a host that may not connect sees no page either", async () => {
  const access = await makeAccessCheck([], [parseCidr("127.0.0.0/8")]);
  await using room = await TestRoom.open({ limits: { access } });
  assertEquals(await exchange(room.port, GET), "");
  assertMatch((await room.recorder.until("notice")).message, /^127\.0\.0\.1:\d+ may not connect$/);
});

Deno.test("a WebSocket without the subprotocol of pages is a text client", async () => {
  await using room = await TestRoom.open();
  await using page = await TestPage.join(room.port, { name: "Ann" });
  const socket = new WebSocket(`ws://127.0.0.1:${room.port}/ws`);
  const heard: string[] = [];
  const greeted = new Promise((resolve) => socket.onmessage = ({ data }) => resolve(heard.push(data)));
  const closed = new Promise((resolve) => socket.onclose = resolve);
  await greeted;
  assertEquals(heard, ["*** You are user2; 1 other is here. /help lists the commands\n"]);
  socket.send("hello");
  await page.hears(is("say", "hello"));
  socket.close();
  await closed;
  await page.hears(is("leave"));
});

Deno.test("a page costs the server one connection, and its own address is reported", async () => {
  await using room = await TestRoom.open({ limits: { maxConnections: 3 } });
  await using ann = await TestPage.join(room.port);
  await using bob = await TestPage.join(room.port);
  await using last = await Chatter.join(room.port);
  assertMatch(await exchange(room.port, GET), /^HTTP\/1\.1 503 [^]*sockeye: too many connections \(limit 3\)\n$/);
  ann.send({ say: "still here", id: 1 });
  await ann.hears(acks(1));
  await bob.hears(is("say", "still here"));
  await last.leave();
  await bob.hears(is("leave"));
  assertMatch(await exchange(room.port, GET), /^HTTP\/1\.1 200 /);
});

Deno.test("a page that does not read is dropped with a notice, and delays no other member", async () => {
  await using room = await TestRoom.open({ onTraffic: undefined });
  await using reader = await Chatter.join(room.port, (line) => /dropped|that was all/.test(line));
  await using writer = await Chatter.join(room.port, () => false);
  using deaf = await connect(room.port);
  await writeAll(deaf, bytesOf(request({ "Sec-WebSocket-Protocol": PAGE_PROTOCOL })));
  await read(deaf, 12);
  const join = bytesOf('{"join":{}}');
  await writeAll(deaf, Uint8Array.of(0x81, 0x80 | join.length, 0, 0, 0, 0, ...join));
  await room.recorder.until("open", ({ transport }) => transport === "ws");
  const line = `${"x".repeat(60_000)}\n`;
  while (!reader.heard.some((one) => /dropped: it does not read$/.test(one))) await writer.write(line);
  await writer.say("that was all");
  await reader.hears(/that was all$/);
  const { reason } = await room.recorder.until("close", ({ transport }) => transport === "ws");
  assertEquals(reason, "does not read what it is sent");
});

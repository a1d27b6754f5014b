/** One port for browsers and text clients, over real sockets: nothing is lost, delayed or let in by the wrong door. */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { makeAccessCheck, parseCidr } from "../../../lib/server/access.ts";
import { PAGE_PROTOCOL } from "../../../lib/chat/web/protocol.ts";
import { bytesOf, connect, readAll, textOf, writeAll } from "../../support/net.ts";
import { request } from "../../conformance/web_sockets.ts";
import { Chatter } from "../../support/chatter.ts";
import { eventually } from "../../support/harness.ts";
import { acks, greets, is, TestPage, TestRoom } from "./room.ts";

/** All that a server answers to some bytes, until it has no more to say. */
async function exchange(port: number, text: string): Promise<string> {
  using conn = await connect(port);
  await writeAll(conn, bytesOf(text));
  return textOf(await readAll(conn).catch(() => new Uint8Array()));
}

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

Deno.test("a visit is no member of the room, however it goes", async () => {
  await using room = await TestRoom.open();
  const visits: [text: string, answer: RegExp][] = [
    [GET, /^HTTP\/1\.1 200 OK\r\n[^]*<!doctype html>/],
    [GET.replace("localhost", "evil.example"), /^HTTP\/1\.1 421 /],
    [request({ Origin: "http://evil.example", Connection: "upgrade, close" }), /^HTTP\/1\.1 403 /],
    [GET.replace("/ ", "/ws ").replace("Connection", "Upgrade: websocket\r\nConnection"), /^HTTP\/1\.1 4/],
    [
      `${GET.replace("GET", "POST").replace("Connection", "Content-Length: 5\r\nConnection")}evil\n`,
      /^HTTP\/1\.1 405 /,
    ],
    ["GET / HTTP/1.1\r\nbroken\r\n\r\n", /^HTTP\/1\.1 400 /],
  ];
  for (const [text, answer] of visits) assertMatch(await exchange(room.port, text), answer);
  // The first refusal of a host is told the person at the server, others are details; the page itself is nothing to report.
  const refusals = [
    "Not a name of this server: see --web-host",
    "pages of other sites may not connect",
    "Connection does not say Upgrade",
    "This can only be read",
    'Bad request: a header line without a colon: "broken"',
  ];
  for (const [at, why] of refusals.entries()) {
    const about = new RegExp(`^127\\.0\\.0\\.1:\\d+ turned away: ${RegExp.escape(why)}$`);
    await room.recorder.until(
      "notice",
      ({ message, detail }) => detail === (at > 0 || undefined) && about.test(message),
    );
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

Deno.test("limits count browsers by their own address, and tell them in their own words", async () => {
  await using room = await TestRoom.open({ limits: { maxPerHost: 1 } });
  await using page = await TestPage.join(room.port);
  const refused = /^HTTP\/1\.1 503 [^]*\r\n\r\nsockeye: too many connections from 127\.0\.0\.1/;
  assertMatch(await exchange(room.port, GET), refused);
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
  await readAll(deaf, 12);
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

Deno.test("a WebSocket without the subprotocol of pages is a text client, and reads texts whatever it sends", async () => {
  await using room = await TestRoom.open();
  await using page = await TestPage.join(room.port, { name: "Ann" });
  const socket = new WebSocket(`ws://127.0.0.1:${room.port}/ws`);
  const heard: unknown[] = [];
  const last = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => heard.push(data) === 2 && last.resolve();
  await new Promise((resolve) => socket.onopen = resolve);
  socket.send(bytesOf("hello"));
  await page.hears(is("say", "hello"));
  page.send({ say: "hi" });
  await last.promise;
  assertEquals(heard, ["*** You are user2; 1 other is here. /help lists the commands\n", "<Ann> hi\n"]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  await page.hears(is("leave"));
});

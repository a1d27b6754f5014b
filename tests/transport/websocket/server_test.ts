/** The opening handshake of a server over a stream: what a client gets for its request, and for what comes behind it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { dialWebSocket } from "../../../lib/transport/websocket/client.ts";
import { acceptHandshake, writeRefusal } from "../../../lib/transport/websocket/handshake.ts";
import { type Answer, WebSocketServerChannel } from "../../../lib/transport/websocket/server.ts";
import { OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import type { RequestHead } from "../../../lib/http/request_head.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { FakeClock } from "../../support/clock.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { clientFrame, closeAll, FrameReader, wire, type WireEnd } from "./wire.ts";

/** A request for a WebSocket, with further lines. */
function request(...lines: string[]): string {
  const own = ["Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  return ["GET / HTTP/1.1", ...own, key, ...lines, "", ""].join("\r\n");
}

/** Accepts what is a request for a WebSocket, and chooses the first subprotocol that is offered. */
function accept(head: RequestHead): Answer {
  const accepted = acceptHandshake(head);
  if ("status" in accepted) return { response: writeRefusal(head.method, accepted), refusal: accepted.why };
  return { key: accepted.key, protocol: accepted.protocols[0] };
}

/** All that comes up to the end of the stream. */
async function readToEnd(end: WireEnd): Promise<string> {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(4096);
  for (let count; (count = await end.read(buffer)) !== null;) parts.push(buffer.slice(0, count));
  return textOf(concat([new Uint8Array(), ...parts]));
}

/** What a refused request gets, up to the end of the connection. */
async function answerTo(pieces: Iterable<Uint8Array>): Promise<string> {
  const [inner, client] = wire();
  const channel = new WebSocketServerChannel(inner, accept);
  const opened = channel.handshake();
  for (const piece of pieces) await client.write(piece);
  const answer = await readToEnd(client);
  client.close();
  assertEquals(await opened, false);
  assert(answer.endsWith(`\r\n\r\n${channel.refusal}\n`), channel.refusal);
  channel.close();
  assert(inner.closed);
  return answer;
}

const BAD: readonly (readonly [what: string, request: string, status: number])[] = [
  ["a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["two blanks in the request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["two Hosts", request("Host: y"), 400],
  ["a folded field", request("A: b", " c"), 400],
  ["a body", request("Content-Length: 5"), 400],
  ["chunks", request("Transfer-Encoding: chunked"), 400],
  ["a target of 100 kB", `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
  ["a request line without an end", "x".repeat(100_000), 414],
  ["a field of 100 kB", request(`A: ${"x".repeat(100_000)}`), 431],
  ["a thousand fields", request(...Array.from({ length: 1000 }, () => "A: b")), 431],
  ["a version of HTTP that is not known", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505],
];

for (const [what, text, status] of BAD) {
  Deno.test(`WebSocketServerChannel refuses ${what} with ${status}, and ends the connection`, async () => {
    const bytes = bytesOf(text);
    const cut = Array.from(
      { length: Math.ceil(bytes.length / 1000) },
      (_, i) => bytes.slice(i * 1000, i * 1000 + 1000),
    );
    for (const pieces of [[bytes], cut]) {
      const answer = await answerTo(pieces);
      assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nConnection: close\r\n\r\n[^\r\n]+\n$`));
    }
  });
}

Deno.test("WebSocketServerChannel answers one request: what comes behind a refused one is passed over", async () => {
  const refused = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const behind of [refused, request(), request() + textOf(clientFrame(OPCODES.text, "hi")), "\0\r\n\r\n"]) {
    const answer = await answerTo([bytesOf(refused + behind)]);
    assertEquals(answer.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 426"]);
    assertEquals((await answerTo([bytesOf(refused), bytesOf(behind)])).match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 426"]);
  }
});

Deno.test("WebSocketServerChannel gives a client that reads slowly its time to read a refusal, after the last byte", async () => {
  using clock = new FakeClock();
  const [inner, client] = wire(8);
  const channel = new WebSocketServerChannel(inner, accept);
  const opened = channel.handshake();
  for (const byte of bytesOf("GET / HTTP/1.1\r\nHost: x\r\n\r\n")) await client.write(Uint8Array.of(byte));
  await clock.advance(5 * LINGER_MS);
  assertEquals([inner.closed, clock.pending], [false, 0]);
  assertMatch(await readToEnd(client), /^HTTP\/1\.1 426 [^]*\n$/);
  await clock.advance(LINGER_MS - 1);
  assertEquals(inner.closed, false);
  await clock.advance(1);
  assertEquals([inner.closed, await opened], [true, false]);
});

Deno.test("WebSocketServerChannel takes frames that come with the request", async () => {
  const [inner, client] = wire();
  const channel = new WebSocketServerChannel(inner, accept);
  await client.write(concat([bytesOf(request()), clientFrame(OPCODES.text, "early"), clientFrame(OPCODES.ping, "p")]));
  assertEquals(await channel.handshake(), true);
  assertEquals(textOf(await channel.receive() ?? new Uint8Array()), "early");
  client.close();
  channel.close();
  await channel.finished;
});

Deno.test("WebSocketServerChannel is no WebSocket for a client that leaves inside its request", async () => {
  const [inner, client] = wire();
  const channel = new WebSocketServerChannel(inner, accept);
  await client.write(bytesOf(request().slice(0, -2)));
  await client.closeWrite();
  assertEquals([await channel.handshake(), channel.finished, channel.refusal], [false, undefined, undefined]);
  channel.close();
  assertEquals([await readToEnd(client), inner.closed], ["", true]);
});

/** Both ends of a WebSocket, by their handshake. */
async function shakeHands(protocols?: readonly string[]) {
  const [inner, outer] = wire();
  const server = new WebSocketServerChannel(inner, accept);
  const address = { transport: "ws", host: "x", port: 80 } as const;
  const { signal } = new AbortController();
  const [client] = await Promise.all([
    dialWebSocket(() => Promise.resolve(outer), address, { protocols, signal }),
    server.handshake(),
  ]);
  return { client, server };
}

Deno.test("a subprotocol that is agreed on is passed on to both ends", async () => {
  for (const [protocols, agreed] of [[["chat", "other"], "chat"], [["Other"], "Other"], [[], undefined]] as const) {
    const { client, server } = await shakeHands(protocols);
    assertEquals([client.subprotocol, server.subprotocol], [agreed, agreed]);
    server.close();
    await closeAll(client);
    await server.finished;
  }
});

Deno.test("a subprotocol is not known before the handshake", () => {
  const [inner] = wire();
  const channel = new WebSocketServerChannel(inner, accept);
  assertEquals(channel.subprotocol, undefined);
  channel.close();
  assertEquals(inner.closed, true);
});

Deno.test("WebSocketServerChannel passes groups of messages and a close code on, after its handshake", async () => {
  const [inner, outer] = wire();
  const channel = new WebSocketServerChannel(inner, accept);
  const written = channel.writeMessages([[bytesOf("a")], [bytesOf("b"), bytesOf("c")]]);
  await outer.write(bytesOf(request()));
  await written;
  await channel.closeWrite(1001);
  const buffer = new Uint8Array(4096);
  await outer.read(buffer.subarray(0, inner.writes[0]?.length)); // The head of the answer.
  const reader = new FrameReader(outer, "server");
  const events = [await reader.next(), await reader.next(), await reader.next(), await reader.next()];
  assertEquals(events, ["text 61", "text 62", "text 63", "close 1001 "]);
  outer.close();
  channel.close();
  await channel.finished;
});

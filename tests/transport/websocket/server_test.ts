/** The opening handshake of a server over a stream: what a client gets for its request, and for what comes behind it. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { concat, readChunks } from "../../../lib/bytes.ts";
import type { RequestHead } from "../../../lib/http/request_head.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { dialWebSocket } from "../../../lib/transport/websocket/client.ts";
import { acceptHandshake, writeRefusal } from "../../../lib/transport/websocket/handshake.ts";
import { type Answer, WebSocketServerChannel } from "../../../lib/transport/websocket/server.ts";
import { OPCODES } from "../../../lib/transport/websocket/write_frame.ts";
import { FakeClock } from "../../support/clock.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { randomCuts, randomFrom } from "../../text/random.ts";
import { clientFrame, closeAll, FrameReader, hear, wire, type WireEnd } from "./wire.ts";

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

/** A server's connection before its handshake, and its client. */
function connect(room?: number) {
  const [inner, client] = wire(room);
  return { inner, client, channel: new WebSocketServerChannel(inner, accept) };
}

/** All that comes up to the end of the stream. */
async function readToEnd(end: WireEnd): Promise<string> {
  return textOf(concat([new Uint8Array(), ...await Array.fromAsync(readChunks(end))]));
}

/** What a refused request gets, up to the end of the connection. */
async function answerTo(pieces: Iterable<Uint8Array>): Promise<string> {
  const { inner, client, channel } = connect();
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

const REFUSED = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

const BAD: readonly (readonly [what: string, request: string, status: number])[] = [
  ["no Host", request().replace("Host: x\r\n", ""), 400],
  ["two Hosts", request("Host: y"), 400],
  ["a body", request("Content-Length: 5"), 400],
  ["chunks", request("Transfer-Encoding: chunked"), 400],
  ["a target of 100 kB", `GET /${"x".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 414],
  ["a field of 100 kB", request(`A: ${"x".repeat(100_000)}`), 431],
  ["a version of HTTP that is not known", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505],
];

for (const [what, text, status] of BAD) {
  Deno.test(`WebSocketServerChannel refuses ${what} with ${status}, and ends the connection`, async () => {
    const bytes = bytesOf(text);
    for (const pieces of [[bytes], randomCuts(bytes, randomFrom(2616))]) {
      const answer = await answerTo(pieces);
      assertMatch(answer, new RegExp(`^HTTP/1\\.1 ${status} [^]*\r\nConnection: close\r\n\r\n[^\r\n]+\n$`));
    }
  });
}

Deno.test("WebSocketServerChannel answers one request: what comes behind a refused one is passed over", async () => {
  for (const behind of [REFUSED, request(), request() + textOf(clientFrame(OPCODES.text, "hi")), "\0\r\n\r\n"]) {
    for (const pieces of [[bytesOf(REFUSED + behind)], [bytesOf(REFUSED), bytesOf(behind)]]) {
      assertEquals((await answerTo(pieces)).match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 426"]);
    }
  }
});

Deno.test("WebSocketServerChannel gives a client that reads slowly its time to read a refusal, after the last byte", async () => {
  using clock = new FakeClock();
  const { inner, client, channel } = connect(8);
  const opened = channel.handshake();
  for (const byte of bytesOf(REFUSED)) await client.write(Uint8Array.of(byte));
  await clock.advance(5 * LINGER_MS);
  assertEquals([inner.closed, clock.pending], [false, 0]);
  assertMatch(await readToEnd(client), /^HTTP\/1\.1 426 [^]*\n$/);
  await clock.advance(LINGER_MS - 1);
  assertEquals(inner.closed, false);
  await clock.advance(1);
  assertEquals([inner.closed, await opened], [true, false]);
});

Deno.test("WebSocketServerChannel takes frames that come with the request, of any HTTP/1 above 1.0", async () => {
  for (const version of ["1.1", "1.2", "1.9"]) {
    const { client, channel } = connect();
    const head = bytesOf(request().replace("1.1", version));
    const early = clientFrame(OPCODES.text, "early");
    await client.write(concat([head, early, early.subarray(0, 4)]));
    assertEquals([await channel.handshake(), await hear(channel)], [true, "early"]);
    await client.write(early.subarray(4));
    assertEquals(await hear(channel), "early");
    client.close();
    channel.close();
    await channel.finished;
  }
});

Deno.test("WebSocketServerChannel is no WebSocket for a client that leaves inside its request", async () => {
  const { inner, client, channel } = connect();
  await client.write(bytesOf(request().slice(0, -2)));
  await client.closeWrite();
  assertEquals(await channel.handshake(), false);
  assertEquals([channel.finished, channel.refusal, channel.subprotocol], [undefined, undefined, undefined]);
  channel.close();
  assertEquals([await readToEnd(client), inner.closed], ["", true]);
});

Deno.test("a subprotocol that is agreed on is passed on to both ends", async () => {
  for (const [protocols, agreed] of [[["chat", "other"], "chat"], [["Other"], "Other"], [[], undefined]] as const) {
    const { client: outer, channel: server } = connect();
    const address = { transport: "ws", host: "x", port: 80 } as const;
    const { signal } = new AbortController();
    const [client] = await Promise.all([
      dialWebSocket(() => Promise.resolve(outer), address, { protocols, signal }),
      server.handshake(),
    ]);
    assertEquals([client.subprotocol, server.subprotocol], [agreed, agreed]);
    server.close();
    await closeAll(client);
    await server.finished;
  }
});

Deno.test("WebSocketServerChannel passes groups of messages and a close code on, after its handshake", async () => {
  const { inner, client, channel } = connect();
  const written = channel.writeMessages([[bytesOf("a")], [bytesOf("b"), bytesOf("c")]]);
  await client.write(bytesOf(request()));
  await written;
  await channel.closeWrite(1001);
  await client.read(new Uint8Array(inner.writes[0]?.length ?? 0)); // The head of the answer.
  const events = await new FrameReader(client, "server").take(4);
  assertEquals(events, ["text 61", "text 62", "text 63", "close 1001 "]);
  client.close();
  channel.close();
  await channel.finished;
});

/** The first bytes of a connection: browser or text client, what each is sent, and that nothing of it is lost. */

import { assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { concat, writeAll } from "../../../lib/bytes.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { listenForBrowsers } from "../../../lib/chat/web/entrance.ts";
import { HANDSHAKE_GRACE_MS, HANDSHAKE_MS } from "../../../lib/server/limits.ts";
import type { Channel } from "../../../lib/transport/channel.ts";
import { LINGER_MS } from "../../../lib/transport/limits.ts";
import { FakeClock, isSettled, turn } from "../../support/clock.ts";
import { assertLinear } from "../../support/cost.ts";
import { FakeChannel, FakeListener, systemError, textOf } from "../../support/net.ts";
import { request } from "../../conformance/web_sockets.ts";

const GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** Milliseconds of silence after which a connection is a text client, and in which a host that has asked for the page is not. */
const SILENCE_MS = 700, BROWSING_MS = 9_500;

/** An entrance whose connections the test plays. */
class Door {
  readonly #listener = new FakeListener();
  readonly #entrance = listenForBrowsers(this.#listener);

  async accepts(host?: string): Promise<{ inner: FakeChannel; channel: Channel }> {
    const inner = new FakeChannel(host);
    this.#listener.bring(inner);
    return { inner, channel: await this.#entrance.accept() };
  }

  async comes(host?: string): Promise<{ inner: FakeChannel; channel: Channel; isText: Promise<boolean | void> }> {
    const { inner, channel } = await this.accepts(host);
    return { inner, channel, isText: channel.handshake?.() ?? Promise.resolve() };
  }

  /** A browser of a host asks for the page, gets it and ends its connection. */
  async serves(host?: string): Promise<string> {
    const { inner, isText, channel } = await this.comes(host);
    inner.arrive(GET, null);
    assertEquals(await isText, false);
    channel.close();
    return inner.written.join("");
  }
}

/** All that comes, in pieces of so many bytes. */
async function readAll(channel: Channel, size: number): Promise<string> {
  const parts: Uint8Array[] = [];
  const buffer = new Uint8Array(size);
  for (let count; (count = await channel.read(buffer)) !== null;) parts.push(buffer.slice(0, count));
  return textOf(concat(parts));
}

Deno.test("a text client loses nothing of what was looked at, however it came", async () => {
  for (const text of ["hello\nworld\n", "GET lost\nPOST it\n", "GET well soon\n", "\r\nhi\n", "你好\n", "\n\nhi\n"]) {
    for (const size of [1, 7, 4096]) {
      const { inner, channel, isText } = await new Door().comes();
      for (const letter of new TextEncoder().encode(text)) inner.arrive(Uint8Array.of(letter));
      inner.arrive("more", null);
      assertEquals([await isText, channel.receive, channel.transport], [true, undefined, "tcp"], text);
      assertEquals(await readAll(channel, size), `${text}more`);
      channel.close();
    }
  }
});

Deno.test("a request line that comes byte by byte costs no more than its length", async () => {
  for (const letter of ["x", " "]) {
    await assertLinear(`GET ${letter}…`, async (length) => {
      const { inner, channel, isText } = await new Door().comes();
      const letters = new TextEncoder().encode(`GET ${letter.repeat(length)}`);
      for (let at = 0; at < length; at++) inner.arrive(letters.subarray(at, at + 1));
      inner.arrive(null);
      await isText;
      channel.close();
    }, 900);
  }
});

Deno.test("a client that is silent is a text client after 700 ms, and loses nothing of what it says later", async () => {
  for (const before of [[], ["GE"]]) {
    using clock = new FakeClock();
    const { inner, channel, isText } = await new Door().comes();
    inner.arrive(...before);
    await clock.advance(SILENCE_MS - 1);
    assertEquals(await isSettled(isText), false);
    await clock.advance(2);
    assertEquals(await isText, true);
    const all = readAll(channel, 4096);
    inner.arrive("T / HTTP/1.1\r\n", null);
    assertEquals(await all, `${before.join("")}T / HTTP/1.1\r\n`);
    channel.close();
  }
});

Deno.test("each byte of a beginning gives it 700 ms more", async () => {
  using clock = new FakeClock();
  const { inner, channel, isText } = await new Door().comes();
  for (const letter of "GET") {
    inner.arrive(letter);
    await clock.advance(SILENCE_MS - 1);
    assertEquals(await isSettled(isText), false);
  }
  inner.arrive(" / HTTP/1.1\r\nHost: localhost\r\n\r\n", null);
  assertEquals(await isText, false);
  assertMatch(inner.written.join(""), /^HTTP\/1\.1 200 OK\r\n/);
  channel.close();
});

Deno.test("bytes that came while this process was busy count, though the silence seems to be over", async () => {
  using clock = new FakeClock();
  const { inner, channel, isText } = await new Door().comes();
  await turn();
  clock.spend(2 * SILENCE_MS);
  inner.arrive(GET, null);
  await clock.advance(0);
  assertEquals(await isText, false);
  assertMatch(inner.written.join(""), /^HTTP\/1\.1 200 OK\r\n/);
  channel.close();
});

Deno.test("a client that ends or breaks off is a text client, and its reader learns of it", async () => {
  const ended = await new Door().comes();
  ended.inner.arrive("GET", null);
  assertEquals([await ended.isText, await readAll(ended.channel, 10)], [true, "GET"]);
  const broken = await new Door().comes();
  broken.inner.arrive(systemError("ECONNRESET"));
  assertEquals(await broken.isText, true);
  await assertRejects(() => broken.channel.read(new Uint8Array(1)), Error, "ECONNRESET");
});

Deno.test("a spare connection of a browser stays silent and is not greeted until the page is long loaded", async () => {
  using clock = new FakeClock();
  const door = new Door();
  await door.serves("10.0.0.1");
  await clock.advance(1_000);
  const spare = await door.comes("10.0.0.1");
  const other = await door.comes("10.0.0.2");
  await clock.advance(SILENCE_MS + 1);
  assertEquals([await isSettled(spare.isText), await other.isText], [false, true]);
  await clock.advance(BROWSING_MS - 1_000 - SILENCE_MS - 2);
  assertEquals(await isSettled(spare.isText), false);
  await clock.advance(10);
  assertEquals(await spare.isText, true);
  assertLess(BROWSING_MS, HANDSHAKE_MS);
  const late = await door.comes("10.0.0.1");
  await clock.advance(SILENCE_MS + 1);
  assertEquals(await late.isText, true, "the page was asked for long ago");
});

Deno.test("a text client of a host with a browser need not wait when it speaks", async () => {
  using _clock = new FakeClock();
  const door = new Door();
  await door.serves();
  const { inner, isText } = await door.comes();
  inner.arrive("hello\n");
  assertEquals(await isText, true);
});

Deno.test("the hosts whose browsers are remembered are bounded, the oldest is forgotten first", async () => {
  using clock = new FakeClock();
  const door = new Door();
  for (let host = 0; host <= 4_096; host++) await door.serves(`10.1.${host >> 8}.${host & 255}`);
  const [oldest, next] = [await door.comes("10.1.0.0"), await door.comes("10.1.0.1")];
  await clock.advance(SILENCE_MS + 1);
  assertEquals([await oldest.isText, await isSettled(next.isText)], [true, false]);
});

/** What begins like a request and is none, and the status that refuses it. */
const BROKEN: readonly (readonly [what: string, bytes: string, status: number])[] = [
  ["a tab behind the method", "GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\nsecret\n", 400],
  ["a tab and nothing else", "GET\t/\r\nsecret\n", 400],
  ["two blanks", "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\nsecret\n", 400],
  ["a target of 100 kB", `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\nsecret\n`, 414],
  ["a field without a colon", "GET / HTTP/1.1\r\nbroken\r\n\r\nsecret\n", 400],
  ["no version", "GET /\r\nsecret\n", 400],
  ["another version", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\nsecret\n", 505],
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\nsecret\n", 405],
  ["no host", "GET / HTTP/1.1\r\n\r\nsecret\n", 400],
];

for (const [what, bytes, status] of BROKEN) {
  Deno.test(`a request with ${what} gets ${status}, and never becomes lines`, async () => {
    for (const size of [bytes.length, 1000, 1]) {
      if (size === 1 && bytes.length > 1000) continue;
      const { inner, channel, isText } = await new Door().comes();
      for (let at = 0; at < bytes.length; at += size) inner.arrive(bytes.slice(at, at + size));
      inner.arrive(null);
      assertEquals(await isText, false, `in pieces of ${size}`);
      assertMatch(inner.written.join(""), new RegExp(`^HTTP/1\\.1 ${status} [^]*\\r\\nConnection: close\\r\\n`));
      channel.close();
    }
  });
}

Deno.test("a method that line ends cut is text, and no request is found behind it", async () => {
  for (const text of ["G\r\nET / HTTP/1.1\r\n", "GE\nT / HTTP/1.1\n", "GET\r\n / HTTP/1.1\r\n", "POST\n/ HTTP/1.1\n"]) {
    const { inner, channel, isText } = await new Door().comes();
    inner.arrive(text, null);
    assertEquals([await isText, await readAll(channel, 100), inner.written], [true, text, []], text);
    channel.close();
  }
});

Deno.test("a client that speaks TLS is turned away before it is anything", async () => {
  const { channel, inner, isText } = await new Door().comes();
  inner.arrive(Uint8Array.fromHex("16030100c8010000c40303"));
  await assertRejects(() => isText, SockeyeError, "it speaks TLS, this port does not");
  assertEquals(inner.written, []);
  channel.close();
});

Deno.test("a request that comes after the silence is kept out of the room, and its host gets more time", async () => {
  using clock = new FakeClock();
  const door = new Door();
  const late = await door.comes("10.0.0.1");
  await clock.advance(SILENCE_MS + 1);
  assertEquals(await late.isText, true);
  late.inner.arrive(`${GET.replace("localhost", "localhost\r\nCookie: secret")}`);
  await assertRejects(() => late.channel.read(new Uint8Array(100)), SockeyeError, "its HTTP request came too late");
  late.channel.close();
  const again = await door.comes("10.0.0.1");
  await clock.advance(SILENCE_MS + 1);
  assertEquals(await isSettled(again.isText), false);
  again.inner.arrive(GET, null);
  assertEquals(await again.isText, false);
  assertMatch(again.inner.written.join(""), /^HTTP\/1\.1 200 OK\r\n/);
});

Deno.test("what people type after the silence is text, though it looks like a request", async () => {
  for (const text of ["GET / HTTP/1.1\n", "GET /\r\n", "LOL /me HTTP\r\n", "HI\r\nGET / HTTP/1.1\r\n"]) {
    using clock = new FakeClock();
    const { inner, channel, isText } = await new Door().comes();
    await clock.advance(SILENCE_MS + 1);
    assertEquals(await isText, true);
    const all = readAll(channel, 4096);
    inner.arrive(text, null);
    assertEquals(await all, text);
    channel.close();
  }
});

Deno.test("a request before which an empty line stands is a request", async () => {
  const { inner, isText } = await new Door().comes();
  inner.arrive(`\r\n${GET}`, null);
  assertEquals(await isText, false);
  assertMatch(inner.written.join(""), /^HTTP\/1\.1 200 OK\r\n/);
});

Deno.test("a request becomes a WebSocket: a page with its subprotocol, a text client without", async () => {
  for (const offered of ["sockeye-chat", "binary, sockeye-chat", "binary", undefined]) {
    const { inner, channel, isText } = await new Door().comes();
    inner.arrive(request(offered === undefined ? {} : { "Sec-WebSocket-Protocol": offered }));
    assertEquals(await isText, true);
    const chosen = offered?.includes("sockeye-chat") ? "sockeye-chat" : undefined;
    assertEquals([channel.subprotocol, channel.transport, channel.encoding], [chosen, "ws", "utf-8"]);
    assertEquals([typeof channel.receive, typeof channel.writeMessages], ["function", "function"]);
    const accepted = inner.written.join("");
    assertMatch(accepted, /^HTTP\/1\.1 101 /);
    assertEquals(/Sec-WebSocket-Protocol: (.*)\r/.exec(accepted)?.[1], chosen);
    inner.arrive(null);
    channel.close();
    await turn();
  }
});

Deno.test("a page that is cut off gets 1001 and may come back, one that was ended before keeps its code", async () => {
  const frameOf = (code: number) => textOf(Uint8Array.of(0x88, 2, code >> 8, code & 255));
  for (const [ended, expected] of [[undefined, 1001], [1000, 1000], [4001, 4001]] as const) {
    const { inner, channel, isText } = await new Door().comes();
    inner.arrive(request());
    assertEquals(await isText, true);
    const reading = channel.receive?.().catch(() => null);
    const { length } = inner.written;
    if (ended !== undefined) await channel.closeWrite(ended);
    channel.close();
    await turn();
    assertEquals(inner.written.slice(length), [frameOf(expected)]);
    inner.arrive(null);
    await reading;
    await turn();
    assertEquals(inner.closed, true);
  }
});

Deno.test("a silent client that is refused reads why before the server gives it up, browser at its host or not", async () => {
  for (const browsing of [false, true]) {
    using clock = new FakeClock();
    const door = new Door();
    if (browsing) await door.serves("10.0.0.1");
    const { inner, channel } = await door.accepts("10.0.0.1");
    const written = writeAll(channel, new TextEncoder().encode("sockeye: full\n"));
    await clock.advance(SILENCE_MS + 2);
    await written;
    assertEquals(inner.written.join(""), "sockeye: full\n");
    channel.close();
  }
  for (const ms of [LINGER_MS, HANDSHAKE_GRACE_MS]) assertLess(SILENCE_MS * 1.25, ms);
});

import { assertEquals, assertRejects } from "@std/assert";
import { isRequest, SniffedChannel } from "../../../lib/chat/web/sniff.ts";
import { StreamChannel } from "../../../lib/transport/stream.ts";
import { wait } from "../../../lib/wait.ts";
import { bytesOf, FakeChannel, systemError, textOf } from "../../support/net.ts";

/** Longer than any test takes. */
const LONG = 60_000;

Deno.test("isRequest() knows a request line, and waits only while there may be one", () => {
  const cases: [string, boolean | undefined][] = [
    ["GET / HTTP/1.1\r\n", true],
    ["GET /ws?a=b HTTP/1.1\r\nHost: x\r\n\r\n", true],
    ["POST / HTTP/1.0\n", true],
    ["HEAD / HTTP/1.1\r\nrest", true],
    ["", undefined],
    ["G", undefined],
    ["GET", undefined],
    ["GET ", undefined],
    ["GET /a", undefined],
    ["GET /a ", undefined],
    ["GET /a HTT", undefined],
    ["GET /a HTTP/1.1\r", undefined],
    ["GET lost\n", false],
    ["GET me out of here", false],
    ["GET / HTTP/2.0\r\n", false],
    ["GET / HTTP/1.15", false],
    ["GET\n", false],
    ["get / HTTP/1.1\r\n", false],
    ["hello\n", false],
    ["HELLO", false],
    ["H", undefined],
    ["OPTION", undefined],
    ["OPTIONAL", false],
    [" GET / HTTP/1.1\r\n", false],
    ["\x16\x03\x01", false],
    ["你好", false],
    [`GET /${"a".repeat(8000)}`, undefined],
    [`GET /${"a".repeat(9000)}`, false],
  ];
  for (const [text, expected] of cases) assertEquals(isRequest(bytesOf(text)), expected, text.slice(0, 40));
});

Deno.test("isRequest() says the same of a request however it is cut", () => {
  const request = "DELETE /some/path HTTP/1.1\r\n";
  for (let end = 0; end < request.length; end++) assertEquals(isRequest(bytesOf(request.slice(0, end))), undefined);
  assertEquals(isRequest(bytesOf(request)), true);
});

/** All that comes, in pieces of so many bytes. */
async function readAll(channel: SniffedChannel, size: number): Promise<string> {
  const buffer = new Uint8Array(size);
  let all = "";
  for (let count; (count = await channel.read(buffer)) !== null;) all += textOf(buffer.subarray(0, count));
  return all;
}

Deno.test("SniffedChannel gives everything to who reads, whoever it was", async () => {
  for (const [text, expected] of [["GET / HTTP/1.1\r\n\r\n", true], ["hello\nworld\n", false]] as const) {
    for (const size of [1, 7, 4096]) {
      const inner = new FakeChannel();
      const channel = new SniffedChannel(inner);
      const verdict = channel.isRequest(LONG);
      for (const letter of text) inner.arrive(letter);
      inner.arrive("more", null);
      assertEquals(await verdict, expected);
      assertEquals(await readAll(channel, size), `${text}more`);
      channel.close();
    }
  }
});

Deno.test("SniffedChannel takes who is silent for no browser, and loses nothing of what it says later", async () => {
  for (const before of [[], ["GE"]]) {
    const inner = new FakeChannel();
    const channel = new SniffedChannel(inner);
    inner.arrive(...before);
    assertEquals(await channel.isRequest(1), false);
    const all = readAll(channel, 4096);
    inner.arrive("T / HTTP/1.1\r\n", null);
    assertEquals(await all, `${before.join("")}T / HTTP/1.1\r\n`);
    channel.close();
  }
});

Deno.test("SniffedChannel takes who ends or breaks off for no browser, and says so to who reads", async () => {
  const ending = new FakeChannel();
  const ended = new SniffedChannel(ending);
  ending.arrive("GET", null);
  assertEquals([await ended.isRequest(LONG), await readAll(ended, 10)], [false, "GET"]);
  const breaking = new FakeChannel();
  const broken = new SniffedChannel(breaking);
  breaking.arrive(systemError("ECONNRESET"));
  assertEquals(await broken.isRequest(LONG), false);
  await assertRejects(() => broken.read(new Uint8Array(1)), Error, "ECONNRESET");
});

Deno.test("SniffedChannel takes a browser for one, however late this process comes to read what it said", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using browser = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const channel = new SniffedChannel(new StreamChannel(await listener.accept()));
  for (const looks of [0, 2]) {
    const verdict = channel.isRequest(90);
    // The process does nothing else from a moment before what was said comes to a moment after the silence would be over.
    await wait(30 * looks + 5);
    await browser.write(bytesOf("GET / HTTP/1.1\r\n"));
    for (const start = performance.now(); performance.now() - start < 250;);
    assertEquals(await verdict, true);
    assertEquals(await channel.read(new Uint8Array(100)), 16);
  }
  channel.close();
});

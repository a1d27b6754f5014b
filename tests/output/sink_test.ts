import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import type { Stream } from "../../lib/output/sink.ts";
import { brokenPipe, FakeSystem, noSpace, type SystemOptions, utf8 } from "../cli/helpers.ts";

const KIB = 1024;

type Write = readonly [stream: Stream, content: string | Uint8Array];

/** Streams to which a sink has written all of this. */
async function write(writes: readonly Write[], options?: SystemOptions): Promise<FakeSystem> {
  const system = new FakeSystem(options);
  const sink = system.sink();
  for (const [stream, content] of writes) void sink.write(stream, content);
  await sink.flush();
  return system;
}

/** How many characters each write to stdout takes. */
async function lengths(...contents: string[]): Promise<number[]> {
  const { stdout } = await write(contents.map((content) => ["stdout", content]));
  return stdout.writes.map(({ length }) => length);
}

Deno.test("Sink.write() keeps the order across both streams", async () => {
  const { log } = await write([["stdout", "one\n"], ["stderr", "two\n"], ["stdout", "three\n"]]);
  assertEquals(log, [["stdout", "one\n"], ["stderr", "two\n"], ["stdout", "three\n"]]);
});

Deno.test("Sink.write() joins a run for one stream into one write", async () => {
  const { stdout } = await write([["stdout", "one\n"], ["stdout", Uint8Array.of(0x32, 0x0a)], ["stdout", "三\n"]]);
  assertEquals(stdout.writes, ["one\n2\n三\n"]);
});

Deno.test("Sink.write() joins no more than 64 KiB", async () => {
  assertEquals(await lengths(...Array<string>(3).fill("x".repeat(30 * KIB))), [60 * KIB, 30 * KIB]);
});

Deno.test("Sink.write() writes a larger chunk in one piece", async () => {
  assertEquals(await lengths("x".repeat(100 * KIB)), [100 * KIB]);
});

Deno.test("Sink.write() writes nothing for an empty text", async () => {
  assertEquals(await lengths(""), []);
});

Deno.test("Sink.write() repeats a partial write until all is written", async () => {
  const { stdout } = await write([["stdout", "12345678"]], { stdout: { most: 3 } });
  assertEquals(stdout.writes, ["123", "456", "78"]);
});

Deno.test("Sink.write() gives a promise over the high-water mark, settled when all is written", async () => {
  const system = new FakeSystem();
  const release = system.stdout.stall();
  const sink = system.sink();
  assertEquals(sink.write("stdout", "x".repeat(256 * KIB)), undefined);
  const full = sink.write("stdout", "!");
  assertInstanceOf(full, Promise);
  let settled = false;
  const marked = full.then(() => settled = true);
  // The stalled write is asked for in a microtask; many turns later it still holds everything up.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assertEquals(settled, false);
  release();
  await marked;
  assertEquals(system.stdout.text.length, 256 * KIB + 1);
  assertEquals(sink.write("stdout", "x"), undefined);
  await sink.flush();
});

Deno.test("Sink.write() swallows all on a closed stream, without a promise, and calls onClose once", async () => {
  const failure = brokenPipe();
  const system = new FakeSystem({ stdout: { failure } });
  const sink = system.sink();
  const calls: unknown[] = [];
  sink.onClose = (stream, error) => calls.push(stream, error);
  void sink.write("stdout", "lost");
  await sink.flush();
  system.stdout.failure = undefined;
  assertEquals(sink.write("stdout", "x".repeat(300 * KIB)), undefined);
  await sink.flush();
  assertEquals([system.stdout.text, calls.length, calls[0]], ["", 2, "stdout"]);
  assertStrictEquals(calls[1], failure);
});

Deno.test("Sink.write() lets the other stream live on", async () => {
  const writes: Write[] = [["stderr", "lost"], ["stdout", "one "], ["stderr", "lost too"], ["stdout", "two"]];
  const { log } = await write(writes, { stderr: { failure: noSpace() } });
  assertEquals(log, [["stdout", "one "], ["stdout", "two"]]);
});

Deno.test("Sink.write() calls onClose for each stream by itself", async () => {
  const sink = new FakeSystem({ stdout: { failure: brokenPipe() }, stderr: { failure: brokenPipe() } }).sink();
  const calls: string[] = [];
  sink.onClose = (stream) => calls.push(stream);
  void sink.write("stderr", "lost");
  void sink.write("stdout", "lost");
  await sink.flush();
  assertEquals(calls, ["stderr", "stdout"]);
});

Deno.test("Sink.flush() waits for what is written meanwhile", async () => {
  const system = new FakeSystem();
  const release = system.stdout.stall();
  const sink = system.sink();
  void sink.write("stdout", "first");
  const flushed = sink.flush();
  void sink.write("stderr", "second");
  release();
  await flushed;
  assertEquals(system.log, [["stdout", "first"], ["stderr", "second"]]);
});

Deno.test("Sink.write() keeps every byte in order when many lines wait", async () => {
  const system = new FakeSystem();
  const release = system.stdout.stall();
  const sink = system.sink();
  const lines = Array.from({ length: 6_000 }, (_, i) => `line ${i} ${"x".repeat(i % 100)}\n`);
  void sink.write("stdout", "x".repeat(300 * KIB));
  for (const line of lines) void sink.write("stdout", utf8(line));
  assertEquals(sink.queued("stdout"), 300 * KIB + lines.join("").length);
  release();
  await sink.flush();
  assertEquals(system.stdout.text.slice(300 * KIB) === lines.join(""), true);
});

Deno.test("Sink: a stream whose writes take long is overtaken by the other one, unless both are terminals", async () => {
  const stalled = [{ terminal: true }, { stdout: { terminal: true } }, {}].map((options) => {
    const system = new FakeSystem(options);
    const release = system.stdout.stall();
    const sink = system.sink();
    void sink.write("stdout", "one");
    void sink.write("stderr", "two");
    return { system, sink, release };
  });
  const [onTerminal, ...others] = stalled.map(({ system }) => system);
  for (const { stderr } of others) await stderr.until((text) => text === "two");
  assertEquals(onTerminal?.stderr.text, "");
  for (const { sink, release } of stalled) {
    release();
    await sink.flush();
  }
  assertEquals(onTerminal?.log, [["stdout", "one"], ["stderr", "two"]]);
});

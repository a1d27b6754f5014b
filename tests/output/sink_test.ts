import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { Sink } from "../../lib/output/sink.ts";
import { brokenPipe, FakeStream, FakeSystem, noSpace } from "../cli/helpers.ts";

const KIB = 1024;

Deno.test("Sink.write() keeps the order across both streams", async () => {
  const system = new FakeSystem();
  const sink = system.sink();
  void sink.write("stdout", "one\n");
  void sink.write("stderr", "two\n");
  void sink.write("stdout", "three\n");
  await sink.flush();
  assertEquals(system.log, [["stdout", "one\n"], ["stderr", "two\n"], ["stdout", "three\n"]]);
});

Deno.test("Sink.write() joins a run for one stream into one write", async () => {
  const system = new FakeSystem();
  const sink = system.sink();
  void sink.write("stdout", "one\n");
  void sink.write("stdout", Uint8Array.of(0x32, 0x0a));
  void sink.write("stdout", "三\n");
  await sink.flush();
  assertEquals(system.stdout.writes, ["one\n2\n三\n"]);
});

Deno.test("Sink.write() joins no more than 64 KiB", async () => {
  const system = new FakeSystem();
  const sink = system.sink();
  for (let i = 0; i < 3; i++) void sink.write("stdout", "x".repeat(30 * KIB));
  await sink.flush();
  assertEquals(system.stdout.writes.map(({ length }) => length), [60 * KIB, 30 * KIB]);
});

Deno.test("Sink.write() writes a larger chunk in one piece", async () => {
  const system = new FakeSystem();
  const sink = system.sink();
  void sink.write("stdout", "x".repeat(100 * KIB));
  await sink.flush();
  assertEquals(system.stdout.writes.map(({ length }) => length), [100 * KIB]);
});

Deno.test("Sink.write() writes nothing for an empty text", async () => {
  const system = new FakeSystem();
  const sink = system.sink();
  void sink.write("stdout", "");
  await sink.flush();
  assertEquals(system.log, []);
});

Deno.test("Sink.write() repeats a partial write until all is written", async () => {
  const stdout = new FakeStream({ most: 3 });
  const sink = new Sink({ stdout, stderr: new FakeStream() });
  void sink.write("stdout", "12345678");
  await sink.flush();
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

Deno.test("Sink.write() swallows what follows on a closed stream and calls onClose once", async () => {
  const failure = brokenPipe();
  const system = new FakeSystem({ stdout: { failure } });
  const sink = system.sink();
  const calls: unknown[] = [];
  sink.onClose = (stream, error) => calls.push(stream, error);
  void sink.write("stdout", "lost");
  await sink.flush();
  system.stdout.failure = undefined;
  void sink.write("stdout", "swallowed");
  await sink.flush();
  assertEquals(system.stdout.text, "");
  assertEquals(calls[0], "stdout");
  assertStrictEquals(calls[1], failure);
  assertEquals(calls.length, 2);
});

Deno.test("Sink.write() lets the other stream live on", async () => {
  const system = new FakeSystem({ stderr: { failure: noSpace() } });
  const sink = system.sink();
  void sink.write("stderr", "lost");
  void sink.write("stdout", "one ");
  void sink.write("stderr", "lost too");
  void sink.write("stdout", "two");
  await sink.flush();
  assertEquals(system.log, [["stdout", "one "], ["stdout", "two"]]);
});

Deno.test("Sink.write() gives no promise on a closed stream, however much is written", async () => {
  const system = new FakeSystem({ stdout: { failure: brokenPipe() } });
  const sink = system.sink();
  void sink.write("stdout", "lost");
  await sink.flush();
  assertEquals(sink.write("stdout", "x".repeat(300 * KIB)), undefined);
});

Deno.test("Sink.write() calls onClose for each stream by itself", async () => {
  const system = new FakeSystem({ stdout: { failure: brokenPipe() }, stderr: { failure: brokenPipe() } });
  const sink = system.sink();
  const calls: string[] = [];
  sink.onClose = (stream) => calls.push(stream);
  void sink.write("stderr", "lost");
  void sink.write("stdout", "lost");
  await sink.flush();
  assertEquals(calls, ["stderr", "stdout"]);
});

Deno.test("Sink.flush() settles at once when nothing waits", async () => {
  await new FakeSystem().sink().flush();
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

/** An output that is not read holds up no peer of a server, and tells how much was not shown; a client's data wait. */

import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import type { SayEvent } from "../../lib/events.ts";
import { EVENTS_LIMIT_BYTES, JSON_WAIT_MS, TRAFFIC_LIMIT_BYTES } from "../../lib/output/backlog.ts";
import { hex } from "../cli/helpers.ts";
import { FakeClock, isSettled } from "../support/clock.ts";
import { CLOCK, close, failure, notice, recv, send, view } from "./view.ts";

function say(text: string): SayEvent {
  return { event: "say", text };
}

/** Fills an output for traffic, or for all events. */
const FULL = "x".repeat(TRAFFIC_LIMIT_BYTES + 1);
const LONG = "x".repeat(EVENTS_LIMIT_BYTES + 1);

const DONE = { event: "done", peers: 1, received: 1, sent: 1, ms: 1, code: 0 } as const;

Deno.test("Output of a server gives no promise, whatever is not read", async () => {
  for (const stream of ["stdout", "stderr"] as const) {
    for (const options of [{}, { verbose: true }, { hex: true }, { time: true }]) {
      const { system, show, shown } = view("server", options);
      const release = system[stream].stall();
      for (
        const event of [recv(FULL), send(FULL), recv("x"), send("x"), say("x"), notice("x"), failure("x"), close()]
      ) {
        assertEquals(show(event), undefined);
      }
      release();
      await shown();
    }
  }
});

Deno.test("Output of a server leaves out what is not read, and counts it when half is read", async () => {
  const { system, show, shown } = view("server");
  const release = system.stdout.stall();
  for (const event of [recv(FULL), ...Array<SayEvent | ReturnType<typeof recv>>(1204).fill(recv("lost\n"))]) {
    void show(event);
  }
  assertEquals(system.stderr.text, "");
  release();
  // No further event is needed.
  assertEquals((await shown()).stderr, "1,204 messages not shown\n");
  const { stdout, stderr } = await shown(recv("read\n"));
  assertEquals([stdout.slice(-20), stderr], [
    "xxxxxxx\n#1 < read\n".slice(-20).padStart(20, "x"),
    "1,204 messages not shown\n",
  ]);
});

Deno.test("Output of a server shows other events when traffic is left out", async () => {
  const { system, show, shown } = view("server");
  const release = system.stdout.stall();
  for (const event of [recv(FULL), recv("lost\n"), say("<user1> hello")]) void show(event);
  release();
  const { stdout, stderr } = await shown();
  assertEquals([stdout.slice(-16), stderr], ["x\n<user1> hello\n".slice(-16), "1 message not shown\n"]);
});

Deno.test("Output of a server leaves out chat lines and notices as well when much more waits", async () => {
  const { system, show, shown } = view("server");
  const release = system.stdout.stall();
  for (const event of [say(LONG), say("lost"), say("lost")]) void show(event);
  release();
  assertEquals((await shown()).stderr, "2 messages not shown\n");
  const other = view("server");
  const stalled = other.system.stderr.stall();
  for (const event of [notice(LONG), notice("lost"), close()]) void other.show(event);
  void other.show(recv("read all the same\n"));
  stalled();
  const { stdout, stderr } = await other.shown();
  assertEquals([stdout, stderr.slice(-21)], ["#1 < read all the same\n", "2 messages not shown\n"]);
});

Deno.test("Output of a server tells at the end what it left out", async () => {
  const { system, show, shown } = view("server");
  const release = system.stdout.stall();
  for (const event of [recv(FULL), recv("lost\n"), DONE]) void show(event);
  release();
  assertMatch((await shown()).stderr, /^1 message not shown\nDone: 1 connection; /);
});

Deno.test("Output of a quiet server does not tell what it left out", async () => {
  const { system, show, shown } = view("server", { quiet: true });
  const release = system.stderr.stall();
  for (const event of [failure(LONG), failure("lost")]) void show(event);
  release();
  assertEquals((await shown()).stderr.length, "sockeye: \n".length + LONG.length);
});

Deno.test("Output goes on after what was left out: no half characters, and offsets that count all bytes", async () => {
  const text = view("server", { encoding: "gbk" });
  let release = text.system.stdout.stall();
  for (const event of [recv(hex("c4")), recv(FULL, 2), recv(hex("e3 ba")), recv("\n", 2)]) void text.show(event);
  release();
  await text.shown();
  assertMatch((await text.shown(recv(hex("ba c3")))).stdout, /x\n#1 < 好\n$/);
  const dump = view("server", { hex: true });
  release = dump.system.stdout.stall();
  for (const event of [recv("ab"), recv(FULL, 2), recv("lost"), recv("lost", 3)]) void dump.show(event);
  release();
  await dump.shown();
  const rows = (await dump.shown(recv("c"), recv("d", 3))).stdout.replace(CLOCK, "").split("\n").slice(-5, -1);
  const wanted = ["#1 < 1 byte", "00000006  63", "#3 < 1 byte", "00000004  64"];
  assertEquals(rows.map((row) => row.slice(0, 12).trimEnd()), wanted);
});

Deno.test("Output of a server with --json waits for its reader, but not for long, and counts what is lost", async () => {
  using clock = new FakeClock();
  const { system, show, shown } = view("server", { json: true });
  const release = system.stdout.stall();
  const waits = show(recv("x".repeat(300 * 1024)));
  assertInstanceOf(waits, Promise);
  assertEquals(await isSettled(waits), false);
  await clock.advance(JSON_WAIT_MS);
  assert(await isSettled(waits));
  // The reader is known to have stopped: nothing waits for it.
  for (const event of [recv("lost"), send("lost"), notice("lost")]) assertEquals(show(event), undefined);
  release();
  await shown();
  await shown(recv("read"), recv("read"), DONE);
  const last = system.stdout.events.slice(1).map(({ event, text, skipped }) => [event, text, skipped]);
  assertEquals(last, [["recv", "read", 3], ["recv", "read", undefined], ["done", undefined, undefined]]);
  assertEquals([system.stderr.text, clock.pending], ["", 0]);
});

Deno.test("Output of a server with --json loses nothing to a reader that is busy for a moment", async () => {
  using clock = new FakeClock();
  const { system, show, shown } = view("server", { json: true });
  const release = system.stdout.stall();
  const waits = show(recv("x".repeat(300 * 1024)));
  await clock.advance(JSON_WAIT_MS - 1);
  release();
  await waits;
  await shown(recv("next"));
  assertEquals(system.stdout.events.map(({ skipped }) => skipped), [undefined, undefined]);
});

Deno.test("Output with --json tells at the end what it left out, and errors in words all the same", async () => {
  const { system, show, shown } = view("server", { json: true });
  const release = system.stdout.stall();
  for (const event of [say(LONG), say("lost"), failure("lost on stdout"), DONE]) void show(event);
  release();
  assertEquals((await shown()).stderr, "sockeye: lost on stdout\n");
  const { event, skipped } = system.stdout.events.at(-1) ?? {};
  assertEquals([event, skipped], ["done", 2]);
});

Deno.test("Output of a client holds data back until stdout is read, and loses none", async () => {
  for (const options of [{}, { raw: true }, { json: true }, { hex: true }]) {
    const { system, show, shown } = view("client", options);
    const release = system.stdout.stall();
    const events = [recv(FULL), recv("and on")];
    for (const event of events) assertInstanceOf(show(event), Promise);
    release();
    assertMatch((await shown()).stdout, /and on|61 6e 64 20 6f 6e/);
  }
});

Deno.test("Output of a client does not wait for stderr", async () => {
  const { system, show, shown } = view("client");
  const release = system.stderr.stall();
  assertEquals(show(notice(LONG)), undefined);
  assertEquals(show(recv("data")), undefined);
  release();
  assertEquals((await shown()).stdout, "data");
});

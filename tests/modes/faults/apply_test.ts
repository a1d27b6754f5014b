/** What each fault makes of a stream and of datagrams, with times of its own: no clock is needed. */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { assertNear } from "../../support/near.ts";
import type { Segment } from "../../../lib/modes/faults/fault.ts";
import { asFaultRule, faultsFor } from "../../../lib/modes/faults/rules.ts";

const DATA = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 2654435761) >>> 24);

interface Given {
  readonly rules: readonly string[];
  readonly parts: readonly Uint8Array[];
  readonly whole?: boolean;
  readonly seed?: number;
  readonly connection?: number;
  /** Milliseconds between the parts. */
  readonly every?: number;
}

/** Runs parts, and the end of a stream, through rules. */
function run({ rules, parts, whole = false, seed = 1, connection = 1, every = 0 }: Given): Segment[] {
  const faults = faultsFor({ rules: rules.map(asFaultRule), seed }, connection, "up");
  const given: Partial<Segment>[] = [{}, ...parts.map((bytes) => ({ bytes, whole })), { end: "fin" }];
  return given.flatMap((part, i) => {
    let segments: Segment[] = [{ whole: false, at: i * every, lag: 0, gap: 0, marks: [], ...part }];
    for (const fault of faults) segments = segments.flatMap((one) => one.lost ? [one] : [...fault.apply(one)]);
    return segments.filter(({ bytes, end }) => bytes || end);
  });
}

function passed(segments: readonly Segment[]): number[] {
  return segments.flatMap(({ bytes, lost }) => bytes && !lost ? [...bytes] : []);
}

function cutInto(size: number, data = DATA): Uint8Array[] {
  return Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.subarray(i * size, (i + 1) * size));
}

function datagrams(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Uint8Array.of(i >> 8, i & 255));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

Deno.test("a delay is uniform between D-J and D+J for each datagram", () => {
  const parts = datagrams(20_000);
  const delays = run({ rules: ["delay=100ms~20ms"], parts, whole: true, every: 50 })
    .filter(({ bytes }) => bytes).map(({ at }, i) => at - (i + 1) * 50);
  assertNear(meanOf(delays), 100, 0.5);
  assertNear(Math.sqrt(meanOf(delays.map((ms) => (ms - 100) ** 2))), 40 / Math.sqrt(12), 0.3);
  assert(Math.min(...delays) >= 80 && Math.max(...delays) <= 120);
});

Deno.test("a delay keeps the order, and is drawn for 1,460 bytes however they were read", () => {
  for (const size of [1, 1460, 65_536]) {
    const segments = run({ rules: ["delay=100ms~20ms"], parts: cutInto(size, DATA.subarray(0, 20_000)) });
    assertEquals(passed(segments), [...DATA.subarray(0, 20_000)]);
    const times = segments.map(({ at }) => at);
    assertEquals(times, times.toSorted((a, b) => a - b));
    const whole = run({ rules: ["delay=100ms~20ms"], parts: [DATA.subarray(0, 20_000)] });
    assertEquals(new Set(times), new Set(whole.map(({ at }) => at)));
  }
});

Deno.test("a rate is kept, with a tenth of a second at once at most", () => {
  const segments = run({ rules: ["rate=64k"], parts: cutInto(30_000) }).filter(({ bytes }) => bytes);
  assertNear(segments.at(-1)!.at, DATA.length / 65_536 * 1000, 1);
  assert(segments.every(({ bytes }) => bytes!.length <= 6_554));
  assertNear(segments.at(-1)!.lag, DATA.length / 65_536 * 1000, 1);
  assertEquals(passed(segments), [...DATA]);
});

Deno.test("split makes segments of n bytes, 1 ms apart", () => {
  const segments = run({ rules: ["split=7"], parts: [DATA.subarray(0, 20)] });
  assertEquals(segments.map(({ bytes, at }) => [bytes?.length, at]), [[7, 0], [7, 1], [6, 2], [undefined, 2]]);
});

Deno.test("cut, reset and stall let exactly n bytes pass, however they were read, then nothing", () => {
  for (const [rule, end] of [["cut=1000", "fin"], ["reset=1000", "reset"], ["stall=1000", "silence"]] as const) {
    for (const size of [1, 999, 1000, 1001, 5_000]) {
      const segments = run({ rules: [rule], parts: cutInto(size, DATA.subarray(0, 5_000)) });
      assertEquals(passed(segments), [...DATA.subarray(0, 1000)]);
      assertEquals(segments.flatMap((one) => one.end ?? []), [end]);
    }
  }
  assertEquals(run({ rules: ["reset=0"], parts: [] }).map(({ end }) => end), ["reset"]);
  assertEquals(run({ rules: ["cut=9"], parts: [DATA.subarray(0, 8)] }).map(({ end }) => end), [undefined, "fin"]);
});

Deno.test("corrupt changes its part of the bytes, the same ones however they were read", () => {
  const whole = passed(run({ rules: ["corrupt=0.01"], parts: [DATA] }));
  assertNear(whole.filter((byte, i) => byte !== DATA[i]).length, 2_000, 150);
  for (const size of [13, 1000, 65_536]) {
    assertEquals(passed(run({ rules: ["corrupt=0.01"], parts: cutInto(size) })), whole);
  }
  assertNotEquals(passed(run({ rules: ["corrupt=0.01"], parts: [DATA], seed: 2 })), whole);
  assertNotEquals(passed(run({ rules: ["corrupt=0.01"], parts: [DATA], connection: 2 })), whole);
  assert(passed(run({ rules: ["corrupt=1"], parts: [DATA] })).every((byte, i) => byte !== DATA[i]));
});

Deno.test("drop and duplicate hit their part of the datagrams", () => {
  const parts = datagrams(20_000);
  const dropped = run({ rules: ["drop=0.1"], parts, whole: true });
  assertNear(dropped.filter(({ lost }) => lost).length, 2_000, 150);
  assertEquals(dropped.length, 20_001);
  assertNear(run({ rules: ["duplicate=0.05"], parts, whole: true }).length, 21_001, 120);
});

Deno.test("reorder loses none, and a delay after it does not put them back in order", () => {
  for (const rules of [["reorder=0.1"], ["reorder=0.1", "delay=10ms"], ["delay=10ms", "reorder=0.1"]]) {
    const segments = run({ rules, parts: datagrams(1000), whole: true, every: 1 }).filter(({ bytes }) => bytes);
    const numbers = segments.toSorted((a, b) => a.at - b.at).map(({ bytes }) => bytes![0]! * 256 + bytes![1]!);
    assertEquals(numbers.toSorted((a, b) => a - b), Array.from({ length: 1000 }, (_, i) => i));
    assertNear(numbers.filter((n, i) => n < Math.max(0, ...numbers.slice(0, i))).length, 100, 35);
  }
});

Deno.test("faults act in the order given", () => {
  const cutThenSplit = run({ rules: ["cut=5", "split=2"], parts: [DATA.subarray(0, 9)] });
  assertEquals(cutThenSplit.filter(({ lost }) => !lost).map(({ bytes, end }) => [bytes?.length, end]), [
    [2, undefined],
    [2, undefined],
    [1, "fin"],
  ]);
  const three = run({ rules: ["delay=10ms", "rate=1000", "corrupt=1"], parts: [DATA.subarray(0, 100)] });
  assertNear(three.at(-1)!.at, 110, 0.001);
  assert(passed(three).every((byte, i) => byte !== DATA[i]));
});

Deno.test("up:, down: and chance= limit a fault", () => {
  const settings = { rules: ["up:cut=1", "down:stall=1", "chance=0.3:split=1"].map(asFaultRule), seed: 7 };
  const counts = Array.from({ length: 2_000 }, (_, id) => faultsFor(settings, id, "up").length);
  assertNear(counts.filter((count) => count === 2).length, 600, 70);
  assertEquals(counts, Array.from({ length: 2_000 }, (_, id) => faultsFor(settings, id, "down").length));
});

Deno.test("a bad rule is told with what was expected", () => {
  const cases = [
    ["dealy=1s", /did you mean "delay"/],
    ["delay", /expected a rule such as delay=100ms/],
    ["delay=10ms~20ms", /not above the delay/],
    ["delay=fast", /expected a duration/],
    ["rate=0", /above 0/],
    ["split=0", /at least 1 byte/],
    ["cut=-1", /whole number of bytes/],
    ["drop=2", /chance from 0 to 1/],
    ["drop=NaN", /chance from 0 to 1/],
    ["up:down:cut=1", /each once/],
    ["left:cut=1", /expected up:, down:/],
    ["chance=x:cut=1", /chance from 0 to 1/],
    ["__proto__=1", /expected a rule/],
    ["", /expected a rule/],
  ] as const;
  for (const [text, says] of cases) {
    const { message } = assertThrows(() => asFaultRule(text), Error);
    assert(says.test(message), `${text}: ${message}`);
  }
});

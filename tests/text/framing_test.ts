import { assertEquals, assertThrows } from "@std/assert";
import { asFrame, FRAME_EXAMPLES, LENGTH_FIELDS } from "../../lib/text/framing.ts";

Deno.test("asFrame() reads every rule", () => {
  assertEquals(asFrame("read"), undefined);
  assertEquals(asFrame("line"), { by: "line" });
  assertEquals(asFrame("gap:50ms"), { by: "gap", ms: 50 });
  assertEquals(asFrame("gap:2"), { by: "gap", ms: 2000 });
  assertEquals(asFrame("fixed:8"), { by: "fixed", size: 8 });
  assertEquals(asFrame("until:0d0a"), { by: "until", tail: Uint8Array.of(13, 10) });
  assertEquals(asFrame("until:00"), { by: "until", tail: Uint8Array.of(0) });
  assertEquals(asFrame("between:AA-ff,0d0a"), {
    by: "between",
    head: Uint8Array.of(0xaa, 0xff),
    tail: Uint8Array.of(13, 10),
  });
  for (const field of LENGTH_FIELDS) {
    assertEquals(asFrame(`length:${field}`), { by: "length", field, at: 0, adjust: 0 });
  }
  assertEquals(asFrame("length:u16be,at=2,adjust=-4"), { by: "length", field: "u16be", at: 2, adjust: -4 });
  for (const example of FRAME_EXAMPLES) asFrame(example);
});

Deno.test("asFrame() says what is wrong", () => {
  const cases: [text: string, message: string][] = [
    ["", "expected read, line, gap:50ms"],
    ["lines", 'did you mean "line"?'],
    ["Line", "expected read, line"],
    ["line:5", "expected read, line"],
    ["constructor", "expected read, line"],
    ["gap", "expected a value such as gap:50ms"],
    ["gap:", "expected a value such as gap:50ms"],
    ["gap:x", "expected a duration"],
    ["fixed:0", "expected a whole number from 1"],
    ["fixed:-8", "expected a whole number from 1"],
    ["until:", "expected a value such as until:0d0a"],
    ["until:0d0", "odd number of digits"],
    ["until:zz", "not a hexadecimal digit"],
    [`until:${"00".repeat(65)}`, "expected at most 64 bytes"],
    ["between:aa", "expected a head and a tail"],
    ["between:aa,", "expected a head and a tail"],
    ["between:aa,bb,cc", "expected a head and a tail"],
    ["length:u16", 'did you mean "u16be"?'],
    ["length:u8,at=-1", 'not "at=-1"'],
    ["length:u8,at=99999", "with N up to 65535"],
    ["length:u8,adjust", 'not "adjust"'],
    ["length:u8,size=2", 'not "size=2"'],
  ];
  for (const [text, message] of cases) assertThrows(() => asFrame(text), Error, message, text);
});

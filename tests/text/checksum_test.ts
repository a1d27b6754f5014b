import { assertEquals, assertThrows } from "@std/assert";
import { addChecksum, ALGORITHMS, asChecksum, CHECKSUM_NAMES, judgeChecksum } from "../../lib/text/checksum.ts";

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

Deno.test("each checksum has its published value for 123456789", () => {
  const digits = new TextEncoder().encode("123456789");
  for (const [name, { check, sum }] of Object.entries(ALGORITHMS)) assertEquals(sum(digits), check, name);
});

Deno.test("asChecksum() reads names, orders and ranges", () => {
  assertEquals(asChecksum("crc16-modbus"), { name: "crc16-modbus", little: true, from: 0 });
  assertEquals(asChecksum("crc16-modbus:be"), { name: "crc16-modbus", little: false, from: 0 });
  assertEquals(asChecksum("crc32:le@4"), { name: "crc32", little: true, from: 4 });
  assertEquals(asChecksum("sum8@2..10"), { name: "sum8", little: false, from: 2, to: 10 });
  assertEquals(asChecksum("sum8@2.."), { name: "sum8", little: false, from: 2 });
  const cases: [text: string, message: string][] = [
    ["crc16", `expected ${CHECKSUM_NAMES.slice(0, -1).join(", ")}`],
    ["toString", "expected crc16-modbus"],
    ["crc-32", 'did you mean "crc32"?'],
    ["sum8:xx", 'not ":xx"'],
    ["sum8@", "expected a range"],
    ["sum8@5..5", "expected a range"],
    ["sum8@-1", "expected a range"],
    ["sum8@1-2", "expected a range"],
  ];
  for (const [text, message] of cases) assertThrows(() => asChecksum(text), Error, message, text);
});

Deno.test("addChecksum() and judgeChecksum() agree with frames of real devices", () => {
  // Modbus RTU: read 10 registers from 0 of unit 1 (Modbus over Serial Line, section 6).
  assertEquals(addChecksum(asChecksum("crc16-modbus"), hex("01 03 0000 000a")), hex("0103 0000 000a c5cd"));
  // Modbus ASCII in binary form.
  assertEquals(addChecksum(asChecksum("lrc"), hex("f7 03 13 89 00 0a")), hex("f70313 89 000a 60"));
  // The sum stands before the tail and leaves out the head.
  assertEquals(addChecksum(asChecksum("sum8@2"), hex("aaff 0102 0d0a"), 2), hex("aaff 0102 03 0d0a"));
  assertEquals(judgeChecksum(asChecksum("sum8@2"), hex("aaff 0102 03 0d0a"), 2), { ok: true, has: "03", want: "03" });
  assertEquals(judgeChecksum(asChecksum("xor8@1..2"), hex("01 02 04 00")), { ok: false, has: "00", want: "02" });
});

Deno.test("judgeChecksum() takes what addChecksum() made, and no other bytes", () => {
  const message = hex("00 ff 10 80 7f 0d0a");
  for (const name of CHECKSUM_NAMES) {
    for (const order of ["", ":le", ":be"]) {
      const checksum = asChecksum(`${name}${order}@1..4`);
      for (const tail of [0, 2]) {
        const whole = addChecksum(checksum, message, tail);
        assertEquals(judgeChecksum(checksum, whole, tail).ok, true, name);
        const wrong = whole.slice();
        wrong[1]! ^= 1;
        assertEquals(judgeChecksum(checksum, wrong, tail).ok, false, name);
      }
    }
  }
});

Deno.test("judgeChecksum() refuses a message that is too short for a checksum", () => {
  assertEquals(judgeChecksum(asChecksum("crc32"), hex("0102")), { ok: false, has: "0102", want: "00000000" });
  assertEquals(judgeChecksum(asChecksum("sum8"), hex(""), 2), { ok: false, has: "", want: "00" });
});

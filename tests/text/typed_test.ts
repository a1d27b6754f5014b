import { assertEquals } from "@std/assert";
import { readTyped, seenOf } from "../../lib/text/typed.ts";
import { assertLinear } from "../support/cost.ts";
import { UNSEEN } from "./unseen.ts";

Deno.test("readTyped() finds a command behind what is not seen, alone and together", () => {
  const command = "/msg bob psst";
  for (const before of UNSEEN) {
    for (const all of [before, before + before, `\0${before} `, ` \x1b[A${before}\u200b`]) {
      assertEquals(readTyped(all + command), { kind: "command", text: command }, JSON.stringify(all));
    }
  }
});

Deno.test("readTyped() takes each slash for one", () => {
  for (const slash of "/／⁄∕⧸、") {
    for (const before of ["", "\0"]) assertEquals(readTyped(`${before}${slash}me`).kind, "command", slash);
  }
  assertEquals(readTyped("、是的").kind, "text");
  for (const other of "\\|-÷") assertEquals(readTyped(`${other}me`).kind, "text", other);
});

Deno.test("readTyped() counts bytes that are not valid as unseen, and their escapes as text where all are valid", () => {
  for (const before of ["\\xff", "\\xfe\\xff\0", "\\xa1\\xa1", "\\x9b \\xe4"]) {
    const line = `${before}/msg bob psst`;
    assertEquals(readTyped(line, true), { kind: "command", text: "/msg bob psst" });
    assertEquals(readTyped(line), { kind: "text", text: line });
  }
  for (const before of ["\\xc4\\xe3\x7f", "a\\xc4\\xe3\x7f\b\x7f"]) {
    assertEquals(readTyped(`${before}/me`, true), { kind: "command", text: "/me" });
  }
});

Deno.test("readTyped() takes back what was taken back, and says nothing of it", () => {
  const cases: [line: string, text: string][] = [
    ["helo\x7flo", "hello"],
    ["你好\b吗", "你吗"],
    ["/msg bob secret\x15hello", "hello"],
    ["/msg bob secret\x03hello", "hello"],
    ["hello big world\x17\x17you", "hello you"],
    ["/\x7fhello", "hello"],
    ["\x7f\x7fhi", "hi"],
    ["\x1b[A\x7fhi", "hi"],
  ];
  for (const [line, text] of cases) assertEquals(readTyped(line), { kind: "text", text }, JSON.stringify(line));
});

Deno.test("readTyped() takes one of two slashes away, but where blanks stand before them", () => {
  const cases: [line: string, text: string][] = [
    ["//nick", "/nick"],
    ["/／nick", "／nick"],
    ["\0\x1b[A//nick", "/nick"],
    ["  //nick", "  //nick"],
    ["\t// a", "\t// a"],
    ["//", "/"],
  ];
  for (const [line, text] of cases) assertEquals(readTyped(line), { kind: "text", text }, JSON.stringify(line));
});

Deno.test("readTyped() leaves text alone", () => {
  for (
    const text of ["hi", " a/b", "\x1b[31mred", "a\r", "a\rb", "x /me", "\0\u200bhi", "\\x", "、", "1/2", "\u0301a"]
  ) {
    assertEquals(readTyped(text), { kind: "text", text }, JSON.stringify(text));
  }
  for (const text of ["", " ", "\t\0", "\x1b[A", "\u3000\u200b"]) {
    assertEquals(readTyped(text), { kind: "blank", text });
  }
});

Deno.test("readTyped() finds a command behind an end of a line that is no LF", () => {
  for (const end of "\r\v\f\x85\u2028\u2029") {
    for (const line of [`hi${end}/msg bob psst`, `hi${end}${end} \0/me${end}ho`]) {
      assertEquals(readTyped(line), { kind: "inner", text: line });
    }
    assertEquals(readTyped(`hi${end}//me`).kind, "text");
    assertEquals(readTyped(`${end}/me`).kind, "command");
  }
});

Deno.test("seenOf() begins with what is seen", () => {
  for (const line of ["q", "\ufeffq", "\x1b[Aq", "x\x7fq", "\0 q"]) assertEquals(seenOf(line), "q");
});

Deno.test("readTyped() of what is hard to read takes no more than its length", async () => {
  const hard = [
    "\x1b[1",
    "\x1b]a",
    "\x9d",
    "\x1b",
    " ",
    "a\r",
    "\r",
    "x\b",
    "a \x17",
    "\\xff",
    "/",
    "\u0301",
    "\x1b((",
  ];
  for (const piece of hard) {
    await assertLinear(piece, (length) => void readTyped(piece.repeat(length / piece.length) + "a", true), 8 * 1024);
  }
});

import { assertEquals } from "@std/assert";
import { readTyped, seenOf } from "../../lib/text/typed.ts";
import { assertLinear } from "../support/cost.ts";

/** What keys, editors, terminals and other programs leave before a command. */
export const UNSEEN: readonly string[] = [
  ..."\0 \x01 \x04 \x07 \x08 \x0e \x1a \x1b \x7f \x80 \x85 \x8f \x9b".split(" "),
  ...[" ", "\t", " \t ", "\r", "\v", "\f", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u3000", "\u2028"],
  ..."\u00ad \u034f \u061c \u115f \u1160 \u17b4 \u180b \u180e \u200b \u200c \u200d \u200e \u200f".split(" "),
  ..."\u202a \u202e \u2060 \u2064 \u2066 \u2069 \u206a \u2800 \u3164 \ufe0f \ufeff \ufeff\ufeff \uffa0".split(" "),
  ..."\ufff9 \ufffc \ufffd \ufffe \uf700 \u{e0001} \u{e0067} \u{e0100} \u0301 \u20dd \u{1d173}".split(" "),
  // Arrows, function keys, the number pad, Alt and a letter, pasted text, a click, a report, a title.
  ..."\x1b[A \x1b[1;5D \x1bOA \x1b[[A \x1b[15~ \x1b[3~ \x1bO5P \x1bb \x1b[200~ \x1b[<0;3;4M \x1b[?62;c".split(" "),
  ..."\x9bA \x8fP \x1b]0;title\x07 \x1b]11;rgb:0/0/0\x1b\\ \x1bP1$r0m\x1b\\ \x1b(B \x1b[ \x1b[1; \x1bO \x1b]".split(
    " ",
  ),
  // Taken back.
  ...["x\x7f", "xy\b\b", "你\x7f", "😀\b", "one two\x17\x17", "half a line\x15", "never mind\x03", "a\x7f\x7f\x7f"],
];

Deno.test("readTyped() finds a command behind what is not seen, alone and together", () => {
  const command = "/msg bob psst";
  for (const before of UNSEEN) {
    for (const all of [before, before + before, `\0${before} `, ` \x1b[A${before}\u200b`]) {
      assertEquals(readTyped(all + command), { kind: "command", text: command }, JSON.stringify(all));
    }
  }
});

Deno.test("readTyped() takes each slash for one", () => {
  for (const slash of "/／⁄∕⧸") assertEquals(readTyped(`\0${slash}me`).kind, "command", slash);
  for (const other of "\\|-÷、") assertEquals(readTyped(`${other}me`).kind, "text", other);
});

Deno.test("readTyped() counts bytes that are not valid as unseen, and their escapes as text where all are valid", () => {
  for (const before of ["\\xff", "\\xfe\\xff\0", "\\xa1\\xa1", "\\x9b \\xe4"]) {
    const line = `${before}/msg bob psst`;
    assertEquals(readTyped(line, true), { kind: "command", text: "/msg bob psst" });
    assertEquals(readTyped(line), { kind: "text", text: line });
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
  for (const text of ["hi", " a/b", "\x1b[31mred", "a\r", "a\rb", "x /me", "\0\u200bhi", "1/2", "\u0301a"]) {
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

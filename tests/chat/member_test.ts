import { assert, assertEquals } from "@std/assert";
import { Lines } from "../../lib/chat/broadcast.ts";
import { type Heard, Member, type MemberOptions } from "../../lib/chat/member.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { LINE_LIMIT } from "../../lib/text/lines.ts";
import { FakeClock } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { singles } from "../text/random.ts";
import { FakePeer } from "../support/modes.ts";

/** A member called bob. */
function make(options: Partial<MemberOptions> = {}): { member: Member; peer: FakePeer } {
  const peer = new FakePeer();
  return { member: new Member(peer, { name: "bob", encoding: "utf-8", whole: false, ...options }), peer };
}

/** What a member is understood to say when these chunks come. */
function read(member: Member, ...chunks: (string | Uint8Array)[]): string[] {
  return readAll(member, ...chunks).map(({ text }) => text);
}

function readAll(member: Member, ...chunks: (string | Uint8Array)[]): Heard[] {
  return chunks.flatMap((chunk) => [...member.read(typeof chunk === "string" ? bytesOf(chunk) : chunk)]);
}

/** The line that a member left unfinished. */
function restOf(member: Member): string[] {
  return [...member.rest()].map(({ text }) => text);
}

Deno.test("Member is understood line by line, wherever the bytes are cut", () => {
  const bytes = bytesOf("one\n你好\r\n\n\ttwo\nrest");
  const lines = ["one", "你好", "", "\ttwo"];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { member } = make();
    assertEquals(read(member, bytes.subarray(0, cut), bytes.subarray(cut)), lines, `cut at ${cut}`);
    assertEquals(restOf(member), ["rest"]);
  }
  const { member } = make();
  assertEquals(read(member, ...singles(bytes)), lines);
  assertEquals([restOf(member), restOf(member)], [["rest"], []]);
});

Deno.test("Member says nothing in an empty chunk", () => {
  for (const whole of [false, true]) assertEquals(read(make({ whole }).member, ""), []);
});

Deno.test("Member that sends whole messages needs no line end", () => {
  const { member } = make({ whole: true });
  assertEquals(read(member, "one", "two\n", "a\r\nb", "\n"), ["one", "two", "a", "b", ""]);
  assertEquals(restOf(member), []);
});

Deno.test("Member cannot write what a terminal would obey", () => {
  const { member } = make();
  const cases: [written: string, read: string][] = [
    ["\x1b[2Jgone\n", "\\x1b[2Jgone"],
    ["a\rb\r\n", "a\\rb"],
    ["a\r\r\n", "a\\r"],
    ["a\0\x07\x7f\u0085\n", "a\\x00\\x07\\x7f\\u0085"],
    ["a\u202eb\u2028c\ufeffd\n", "a\\u202eb\\u2028c\\ufeffd"],
    ["a\tb\\n\n", "a\tb\\n"],
  ];
  for (const [written, shown] of cases) assertEquals(read(member, written), [shown]);
});

Deno.test("Member that writes invalid bytes is shown byte for byte, and the next line is not touched", () => {
  const { member } = make();
  assertEquals(read(member, Uint8Array.of(0x61, 0xff, 0x0a, 0xe4, 0xbd, 0x0a, 0xa0, 0x0a)), [
    "a\\xff",
    "\\xe4\\xbd",
    "\\xa0",
  ]);
  assertEquals(read(make({ encoding: "gbk" }).member, Uint8Array.of(0xc4, 0x0a, 0xc4, 0xe3, 0x0a)), ["\\xc4", "你"]);
  const { member: unfinished } = make();
  read(unfinished, Uint8Array.of(0xe4, 0xbd));
  assertEquals(restOf(unfinished), ["\\xe4\\xbd"]);
});

Deno.test("Member that writes a line over 64 KiB is heard in pieces, no character is cut", () => {
  for (const [encoding, letters] of [["utf-8", ["你", "😀", "é"]], ["gbk", ["你"]]] as const) {
    for (const letter of letters) {
      const text = "x" + letter.repeat(LINE_LIMIT / 2);
      const { member } = make({ encoding });
      const pieces = readAll(member, encodeText(`${text}\nnext\n`, encoding));
      assertEquals(pieces.map(({ text }) => text).join(""), `${text}next`, `${encoding} ${letter}`);
      assertEquals(pieces.map(({ continued }) => continued), pieces.map((_, at) => at > 0 && at < pieces.length - 1));
    }
  }
});

Deno.test("Member is not understood to go on after an unfinished piece", () => {
  const { member } = make({ whole: true });
  assertEquals(readAll(member, "x".repeat(LINE_LIMIT + 1)).map(({ continued }) => continued), [false, true]);
  assertEquals(readAll(member, "/list"), [{ text: "/list", continued: false }]);
});

Deno.test("Member is read in another encoding from the next line on", () => {
  const { member } = make();
  const texts: string[] = [];
  const chunk = Uint8Array.of(...bytesOf("你\n"), ...encodeText("你\n你\n", "gbk"), ...bytesOf("你"));
  for (const { text } of member.read(chunk)) {
    texts.push(text);
    member.encoding = texts.length < 3 ? "gbk" : "utf-8";
  }
  assertEquals([texts, restOf(member), member.encoding], [["你", "你", "你"], ["你"], "utf-8"]);
});

Deno.test("Member hears lines that end as its own did last", () => {
  const { member, peer } = make();
  const hear = (text: string) => member.hear(new Lines([text]));
  hear("a");
  for (const written of ["x\r\n", "x", "\n", "x\r", "\n"]) {
    read(member, written);
    hear("b");
  }
  assertEquals(peer.heard, ["a\n", "b\r\n", "b\r\n", "b\n", "b\n", "b\r\n"]);
  member.encoding = "gbk";
  hear("你");
  assertEquals(peer.sent.at(-1)?.toHex(), "c4e30d0a");
});

Deno.test("Member tells when it can take no more, unless it is leaving", () => {
  const { member, peer } = make();
  const hear = () => member.hear(new Lines(["a"]));
  assertEquals(hear(), true);
  peer.full = true;
  assertEquals(hear(), false);
  peer.open = false;
  assertEquals(hear(), true);
  assertEquals(peer.heard, ["a\n"]);
});

Deno.test("Member has an allowance only when there is a rate", () => {
  assertEquals(make().member.allowance, undefined);
  using _ = new FakeClock();
  const { member } = make({ rate: { perSecond: 1, burst: 1 } });
  assertEquals([member.allowance?.take(), member.allowance?.take()], [0, 1000]);
});

Deno.test("Member pours when it writes more than people do", async () => {
  using clock = new FakeClock();
  const { member } = make();
  assertEquals([member.pours(64 * 1024), member.pours(1)], [false, true]);
  await clock.advance(1000);
  assertEquals([member.pours(32 * 1024 - 1), member.pours(1)], [false, true]);
});

Deno.test("Member that has left is gone", () => {
  const { member } = make();
  assert(!member.gone.aborted);
  member.leave();
  member.leave();
  assert(member.gone.aborted);
});

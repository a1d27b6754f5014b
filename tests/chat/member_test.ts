import { assert, assertEquals } from "@std/assert";
import { Broadcast } from "../../lib/chat/broadcast.ts";
import { lineOf } from "../../lib/chat/events.ts";
import { type Line, LineMember, type LineOptions } from "../../lib/chat/member.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { LINE_LIMIT } from "../../lib/text/lines.ts";
import { FakeClock } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { singles } from "../text/random.ts";
import { FakePeer } from "../support/modes.ts";

/** A member that writes UTF-8. */
function make(options: Partial<LineOptions> = {}): { member: LineMember; peer: FakePeer } {
  const peer = new FakePeer();
  return { member: new LineMember(peer, { encoding: "utf-8", whole: false, ...options }), peer };
}

function line(text: string): Broadcast {
  return new Broadcast([{ kind: "line", text }]);
}

/** The texts that a member writes when these chunks come. */
function read(member: LineMember, ...chunks: (string | Uint8Array)[]): string[] {
  return readAll(member, ...chunks).map(({ text }) => text);
}

function readAll(member: LineMember, ...chunks: (string | Uint8Array)[]): Line[] {
  return chunks.flatMap((chunk) => [...member.read(typeof chunk === "string" ? bytesOf(chunk) : chunk)]);
}

/** The line that a member left without an end. */
function restOf(member: LineMember): string[] {
  return [...member.rest()].map(({ text }) => text);
}

Deno.test("LineMember is read line by line, wherever the bytes are cut", () => {
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

Deno.test("LineMember says nothing in an empty chunk", () => {
  for (const whole of [false, true]) assertEquals(read(make({ whole }).member, ""), []);
});

Deno.test("LineMember that sends whole messages needs no line end", () => {
  const { member } = make({ whole: true });
  assertEquals(read(member, "one", "two\n", "a\r\nb", "\n"), ["one", "two", "a", "b", ""]);
  assertEquals(restOf(member), []);
});

Deno.test("LineMember is read as it writes, and shown without what a terminal would obey", () => {
  const { member } = make();
  const cases: [written: string, read: string][] = [
    ["\x1b[2Jgone\n", "\\x1b[2Jgone"],
    ["a\rb\r\n", "a\\rb"],
    ["a\r\r\n", "a\\r"],
    ["a\0\x07\u0085\n", "a\\x00\\x07\\u0085"],
    ["a\u202eb\u2028c\ufeffd\n", "a\\u202eb\\u2028c\\ufeffd"],
    ["a\tb\\n\n", "a\tb\\n"],
  ];
  for (const [written, shown] of cases) {
    const [text = ""] = read(member, written);
    assertEquals(text, written.replace(/\r?\n$/, ""));
    assertEquals(lineOf({ kind: "say", name: "ann", text }), `<ann> ${shown}`);
  }
});

Deno.test("LineMember that writes invalid bytes is shown byte for byte, and the next line is not touched", () => {
  const { member } = make();
  const shown = read(member, Uint8Array.of(0x61, 0xff, 0x0a, 0xe4, 0xbd, 0x0a, 0xa0, 0x0a));
  assertEquals(shown, ["a\\xff", "\\xe4\\xbd", "\\xa0"]);
  assertEquals(read(make({ encoding: "gbk" }).member, Uint8Array.of(0xc4, 0x0a, 0xc4, 0xe3, 0x0a)), ["\\xc4", "你"]);
  const { member: unfinished } = make();
  read(unfinished, Uint8Array.of(0xe4, 0xbd));
  assertEquals(restOf(unfinished), ["\\xe4\\xbd"]);
});

Deno.test("LineMember that writes a line over 64 KiB is read in pieces, no character is cut", () => {
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

Deno.test("LineMember does not go on after an unfinished piece", () => {
  const { member } = make({ whole: true });
  assertEquals(readAll(member, "x".repeat(LINE_LIMIT + 1)).map(({ continued }) => continued), [false, true]);
  assertEquals(readAll(member, "/list").map(({ text, kind, continued }) => [text, kind, continued]), [
    ["/list", "command", false],
  ]);
});

Deno.test("LineMember is read in another encoding from the next line on", () => {
  const { member } = make();
  const texts: string[] = [];
  const chunk = Uint8Array.of(...bytesOf("你\n"), ...encodeText("你\n你\n", "gbk"), ...bytesOf("你"));
  for (const { text } of member.read(chunk)) {
    texts.push(text);
    member.encoding = texts.length < 3 ? "gbk" : "utf-8";
  }
  assertEquals([texts, restOf(member), member.encoding], [["你", "你", "你"], ["你"], "utf-8"]);
});

Deno.test("LineMember is sent lines that end as its own did last", () => {
  const { member, peer } = make();
  const send = (text: string) => assert(member.send(line(text)));
  send("a");
  for (const written of ["x\r\n", "x", "\n", "x\r", "\n"]) {
    read(member, written);
    send("b");
  }
  assertEquals(peer.heard, ["a\n", "b\r\n", "b\r\n", "b\n", "b\n", "b\r\n"]);
  member.encoding = "gbk";
  send("你");
  assertEquals(peer.sent.at(-1)?.toHex(), "c4e30d0a");
});

Deno.test("LineMember says when it takes no more, unless it is leaving", () => {
  const { member, peer } = make();
  const send = () => member.send(line("a"));
  assertEquals(send(), true);
  peer.full = true;
  assertEquals(send(), false);
  peer.open = false;
  assertEquals(send(), true);
  assertEquals(peer.heard, ["a\n"]);
});

Deno.test("LineMember floods when it writes more than people type", async () => {
  using clock = new FakeClock();
  const { member } = make();
  assertEquals([member.isFlooding(64 * 1024), member.isFlooding(1)], [false, true]);
  await clock.advance(1000);
  assertEquals([member.isFlooding(32 * 1024 - 1), member.isFlooding(1)], [false, true]);
});

Deno.test("LineMember on a transport with message boundaries gets each line as a message, cut to its size", () => {
  const { member, peer } = make({ messageMax: 8 });
  peer.transport = "udp";
  const events = ["a", "bcdefg"].map((text) => ({ kind: "say", name: "n", text }) as const);
  assertEquals(member.send(new Broadcast(events)), true);
  assertEquals(peer.heard, ["<n> a\n", "<n> bcde"]);
});

import { assertEquals } from "@std/assert";
import type { SockeyeEvent } from "../../lib/events.ts";
import { eventLine, type TrafficForm, trafficLine } from "../../lib/output/json.ts";
import { TextStream } from "../../lib/text/decode.ts";
import { hex, utf8 } from "../cli/helpers.ts";

const DATE = new Date("2026-01-31T08:05:09.123Z");
const T = '"t":"2026-01-31T08:05:09.123Z"';

Deno.test("eventLine() begins with t and event and keeps the order of the fields", () => {
  const lines: [SockeyeEvent, string][] = [
    [{ event: "listen", address: "tcp://127.0.0.1:9000" }, '"event":"listen","address":"tcp://127.0.0.1:9000"'],
    [{ event: "open", id: 1, peer: "p" }, '"event":"open","id":1,"peer":"p"'],
    [{ event: "half-close", id: 1, peer: "p", dir: "in" }, '"event":"half-close","id":1,"peer":"p","dir":"in"'],
    [{ event: "notice", message: "m", detail: true }, '"event":"notice","message":"m","detail":true'],
    [
      { event: "close", id: 1, peer: "p", reason: "r", received: 1, sent: 2, ms: 3 },
      '"event":"close","id":1,"peer":"p","reason":"r","received":1,"sent":2,"ms":3',
    ],
    [
      { event: "done", peers: 1, received: 2, sent: 3, ms: 4, code: 130 },
      '"event":"done","peers":1,"received":2,"sent":3,"ms":4,"code":130',
    ],
  ];
  for (const [event, fields] of lines) assertEquals(eventLine(event, DATE), `{${T},${fields}}\n`);
});

Deno.test("eventLine() gives an error the exit code of its kind", () => {
  assertEquals(
    eventLine({ event: "error", kind: "timeout", message: "late" }, DATE),
    `{${T},"event":"error","kind":"timeout","message":"late","code":5}\n`,
  );
});

Deno.test("eventLine() stays one line and has no character that a terminal or an editor acts on", () => {
  const active = "\x7f\x80\x9b\x9f\xad\u061c\u200b\u200f\u2028\u2029\u202e\u2066\u2069\ufeff\u{e0001}";
  const message = `a\n\0\x1b${active}b\r\xa0é信\u{1f600}`;
  const line = eventLine({ event: "notice", message }, DATE);
  assertEquals(line.indexOf("\n"), line.length - 1);
  assertEquals(JSON.parse(line).message, message);
  const escaped = [...active].flatMap((one) => one.split("")).map((unit) => unit.charCodeAt(0).toString(16));
  const shown = escaped.map((digits) => `\\u${digits.padStart(4, "0")}`).join("");
  assertEquals(line.slice(line.indexOf("message") + 10, -3), `a\\n\\u0000\\u001b${shown}b\\r\xa0é信\u{1f600}`);
});

/** All 1,112,064 characters, the lone surrogates, and what is no character. */
const EVERYTHING = Array.from({ length: 0x11 }, (_, plane) => {
  const units = Array.from({ length: 0x10000 }, (_, at) => plane * 0x10000 + at);
  return units.map((code) => String.fromCodePoint(code)).join(" ");
});

Deno.test("a line of JSON has nothing that nobody sees, and is read as exactly what was said", () => {
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
  for (const text of EVERYTHING) {
    const line = eventLine({ event: "say", text }, DATE);
    assertEquals(JSON.parse(line).text === text, true);
    assertEquals(unseen.exec(line.slice(0, -1)), null);
  }
  const line = eventLine({
    event: "say",
    text: "\ufffe\u034f\u115f\u3164\u2065\ufff9\ufffb\u{e0041}\ufe0f\u{e0100}\ud800",
  }, DATE);
  const shown = "\\ufffe\\u034f\\u115f\\u3164\\u2065\\ufff9\\ufffb\\udb40\\udc41\\ufe0f\\udb40\\udd00\\ud800";
  assertEquals(line, `{${T},"event":"say","text":"${shown}"}\n`);
});

Deno.test("trafficLine() gives t, event, id, peer, dir, bytes and text in this order", () => {
  const traffic = { id: 2, peer: "p", data: utf8("信\n") };
  const form = { textStream: new TextStream("utf-8"), date: DATE };
  assertEquals(
    trafficLine({ ...traffic, event: "recv" }, { ...form, hex: false }),
    `{${T},"event":"recv","id":2,"peer":"p","dir":"in","bytes":4,"text":"信\\n"}\n`,
  );
  assertEquals(
    trafficLine({ ...traffic, event: "send" }, { ...form, hex: true }),
    `{${T},"event":"send","id":2,"peer":"p","dir":"out","bytes":4,"hex":"e4bfa10a"}\n`,
  );
});

/** What comes in one stream, and what the line of each piece has. */
const STREAMS: readonly (readonly [fact: string, Partial<TrafficForm>, pieces: string[], lines: object[]])[] = [
  ["decodes with the encoding of the stream", { textStream: new TextStream("gbk") }, ["d0 c5"], [{ text: "信" }]],
  ["gives a cut character to the event that completes it", {}, ["41 e4 bf", "a1 42"], [{ text: "A" }, { text: "信B" }]],
  [
    "gives base64 with the bytes that waited when they turn out not to be text",
    {},
    ["41 e4 bf", "41", "42"],
    [{ text: "A" }, { base64: hex("e4 bf 41").toBase64() }, { text: "B" }],
  ],
  ["gives base64 for invalid bytes", {}, ["41 ff 42"], [{ base64: hex("41 ff 42").toBase64() }]],
  ["gives what waited when there is no more", {}, ["e4 bf", ""], [{ text: "" }, { base64: hex("e4 bf").toBase64() }]],
  ["gives hex of every byte at once", { hex: true }, ["41 e4 bf", "a1"], [{ hex: "41e4bf" }, { hex: "a1" }]],
];

for (const [fact, options, pieces, lines] of STREAMS) {
  Deno.test(`trafficLine() ${fact}`, () => {
    const form = { textStream: new TextStream("utf-8"), hex: false, date: DATE, ...options };
    const written = pieces.map((digits) => {
      const line = trafficLine({ event: "recv", id: 1, peer: "p", data: hex(digits) }, form);
      const { t: _t, event: _event, id: _id, peer: _peer, dir: _dir, bytes: _bytes, ...content } = JSON.parse(line);
      return content;
    });
    assertEquals(written, lines);
  });
}

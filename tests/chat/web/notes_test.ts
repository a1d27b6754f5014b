/** The page has every text of the room in Chinese. */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { HELP, type LeaveCode, LEAVES, messageOf, note, NOTES, type RoomEvent } from "../../../lib/chat/events.ts";
import { inChinese } from "../../../lib/chat/web/page/notes.js";

const CHINESE = /\p{Script=Han}/u;

/** An event in Chinese, as a page gets it: by way of JSON. */
function translate(event: RoomEvent): string | undefined {
  return inChinese(JSON.parse(JSON.stringify(messageOf(event))));
}

/** The places of a text that arguments are filled in at. */
function placesOf(text: string): string[] {
  return [...new Set(text.match(/\{\d\}/g))].toSorted();
}

Deno.test("each note has a Chinese text with the same places", () => {
  const codes = Object.keys(NOTES) as (keyof typeof NOTES)[];
  const places = ["{0}", "{1}", "{2}"];
  for (const code of codes) {
    const text = translate(note(code, ...places));
    assert(text !== undefined, `${code} has none`);
    assertEquals(placesOf(text), placesOf(NOTES[code]), code);
    // A text that is nothing but its argument is the same in every language.
    if (NOTES[code] !== "{0}") assertMatch(text, CHINESE, code);
  }
});

Deno.test("each way to leave has a Chinese text, with last words and without", () => {
  for (const how of Object.keys(LEAVES) as LeaveCode[]) {
    const text = translate({ kind: "leave", name: "Ann", how });
    assertMatch(text ?? "", /^Ann \p{Script=Han}/u, how);
    assertEquals(translate({ kind: "leave", name: "Ann", how, words: "see you" }), `${text}：see you`);
    assertNotEquals(text, "Ann undefined");
  }
});

Deno.test("the help has a Chinese text for each command", () => {
  for (const name of Object.keys(HELP)) {
    assertMatch(
      translate(note("help", `/${name} NAME`, name)) ?? "",
      new RegExp(`^/${name} NAME +\\p{Script=Han}`, "u"),
    );
  }
  assertEquals(translate(note("help", "/msg NAME TEXT", "msg")), "/msg NAME TEXT   私聊");
  assertEquals(translate(note("help", "/new", "new")), undefined);
});

Deno.test("inChinese() keeps what people wrote, and leaves what it does not know to the English text", () => {
  const cases: readonly (readonly [RoomEvent, string | undefined])[] = [
    [{ kind: "join", name: "Ann" }, "Ann 加入了聊天室"],
    [{ kind: "leave", name: "Ann", how: "left", words: "" }, "Ann 离开了聊天室："],
    [{ kind: "rename", name: "Ann", to: "小明" }, "Ann 将昵称改为 小明"],
    [note("list", "3", "0", "Ann", "Ann", "Bob", "小明"), "3 人在线：Ann（我）、Bob、小明"],
    [note("list", "9", "7", "Ann", "Bob", "Cid"), "9 人在线：Bob、Cid 等，另有 7 人"],
    [{ kind: "joined", names: ["A", "B", "C", "D", "E"] }, "A、B、C 等，另有 2 人 加入了聊天室"],
    [{ kind: "left", names: ["A", "B", "C", "D"], how: "server" }, "A、B、C 等，另有 1 人 所在的服务器已断开"],
    [note("bus-alone", '"a $& {1}"'), '只有本服务器上的成员看到了 "a $& {1}"；恢复与其他服务器的连接之前都是如此'],
    [note("encoding-unknown", "Unknown encoding: x"), "Unknown encoding: x"],
    [{ kind: "line", text: "<Ann> hi" }, undefined],
  ];
  for (const [event, expected] of cases) assertEquals(translate(event), expected, JSON.stringify(event));
});

Deno.test("inChinese() leaves the codes of a newer server to the English text", () => {
  assertEquals(inChinese({ kind: "leave", name: "Ann", how: "evaporated", text: "Ann evaporated" }), undefined);
  assertEquals(inChinese({ kind: "note", code: "new", args: ["Ann"], text: "Something new" }), undefined);
});

import { assertEquals } from "@std/assert";
import { parseLine } from "../../../lib/chat/web/lines.ts";
import { parseWish } from "../../../lib/chat/web/protocol.ts";

Deno.test("parseLine() takes every kind of line apart", () => {
  const cases: [string, Record<string, string>][] = [
    ["<Ann> hello", { kind: "say", name: "Ann", text: "hello" }],
    ["<Ann> ", { kind: "say", name: "Ann", text: "" }],
    ["<Ann> <Bob> hi", { kind: "say", name: "Ann", text: "<Bob> hi" }],
    ["<Ann> *** Bob left", { kind: "say", name: "Ann", text: "*** Bob left" }],
    ["* 小明 waves", { kind: "act", name: "小明", text: "waves" }],
    ["[Ann] psst", { kind: "private", name: "Ann", text: "psst" }],
    ["*** Ann joined", { kind: "join", name: "Ann", text: "Ann joined" }],
    ["*** Ann left", { kind: "leave", name: "Ann", text: "Ann left" }],
    ["*** Ann left: bye, all", { kind: "leave", name: "Ann", text: "Ann left: bye, all" }],
    ["*** Ann was dropped: it does not read", {
      kind: "leave",
      name: "Ann",
      text: "Ann was dropped: it does not read",
    }],
    ["*** Ann was removed by the operator", { kind: "leave", name: "Ann", text: "Ann was removed by the operator" }],
    ["*** Ann left with their server", { kind: "leave", name: "Ann", text: "Ann left with their server" }],
    ["*** Ann is Bob now", { kind: "rename", name: "Ann", to: "Bob", text: "Ann is Bob now" }],
    ["*** Ann is Bob now: why", { kind: "rename", name: "Ann", to: "Bob", text: "Ann is Bob now: why" }],
    ["*** You are Ann now: why", { kind: "you", name: "Ann", text: "You are Ann now: why" }],
    ["*** You are Ann now", { kind: "you", name: "Ann", text: "You are Ann now" }],
    ["*** You are user3; nobody else is here. /help lists the commands", {
      kind: "you",
      name: "user3",
      text: "You are user3; nobody else is here. /help lists the commands",
    }],
    ["*** The server stops. Goodbye", { kind: "stop", text: "The server stops. Goodbye" }],
    ["*** You were removed by the operator", { kind: "removed", text: "You were removed by the operator" }],
    ["*** 2 here: Ann (you), Bob", { kind: "note", text: "2 here: Ann (you), Bob" }],
    ["*** You read and write gbk now", { kind: "note", text: "You read and write gbk now" }],
    ["anything else", { kind: "note", text: "anything else" }],
  ];
  for (const [line, expected] of cases) assertEquals<unknown>(parseLine(line), expected);
});

Deno.test("parseWish() takes what the protocol has, and leaves out what is of another kind", () => {
  const nothing = { name: undefined, session: undefined, run: undefined, last: undefined };
  const cases: [string | Uint8Array, unknown][] = [
    ['{"say":"hi"}', { say: "hi", id: undefined }],
    ['{"say":"hi","id":3,"more":1}', { say: "hi", id: 3 }],
    ['{"say":"hi","id":-1}', { say: "hi", id: undefined }],
    ['{"say":"hi","id":"3"}', { say: "hi", id: undefined }],
    ['{"ping":true}', { ping: true }],
    ['{"join":{}}', { join: nothing }],
    ['{"join":{"name":"Ann","last":7,"run":"r","session":"s"}}', {
      join: { name: "Ann", last: 7, run: "r", session: "s" },
    }],
    [`{"join":{"name":"${"a".repeat(300)}","last":1.5,"run":1}}`, { join: nothing }],
    ['{"say":3}', undefined],
    ["null", undefined],
    ["[]", undefined],
    ["hello", undefined],
    ["", undefined],
    [new Uint8Array(3), undefined],
  ];
  for (const [message, expected] of cases) assertEquals<unknown>(parseWish(message), expected, String(message));
});

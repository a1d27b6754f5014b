import { assertEquals } from "@std/assert";
import { addressed, messagesOf } from "../../../lib/chat/web/page/draft.js";

Deno.test("messagesOf() keeps what was pasted together, and nothing that was meant for one person goes to all", () => {
  const cases: readonly (readonly [draft: string, messages: string[]])[] = [
    ["hello", ["hello"]],
    ["  \n\n", []],
    ["one\n\ntwo\r\n", ["one\n\ntwo"]],
    ["\n  indented\n  code", ["  indented\n  code"]],
    ["/help", ["/help"]],
    ["/quit\nnot any more", ["/quit", "not any more"]],
    ["/nick Bob\n/list\nhi\nthere", ["/nick Bob", "/list", "hi\nthere"]],
    ["/msg Bob one\ntwo", ["/msg Bob one\ntwo"]],
    ["hello\n/msg Bob secret\nmore", ["hello", "/msg Bob secret\nmore"]],
    ["hello\n／msg Bob secret", ["hello", "／msg Bob secret"]],
    ["cd /tmp\n/usr/bin/env\n/listen", ["cd /tmp\n/usr/bin/env\n/listen"]],
    ["//slash", ["//slash"]],
    ["// a comment\nlet x;", ["/// a comment\nlet x;"]],
  ];
  for (const [draft, messages] of cases) assertEquals(messagesOf(draft), messages, draft);
});

Deno.test("addressed() is for one person, whoever it was for before", () => {
  assertEquals(addressed("", "Bob"), "/msg Bob ");
  assertEquals(addressed("one\ntwo", "Bob"), "/msg Bob one\ntwo");
  assertEquals(addressed("/msg Bob one\ntwo", "Cid"), "/msg Cid one\ntwo");
});

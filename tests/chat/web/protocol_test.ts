import { assertEquals } from "@std/assert";
import { parseClientMessage } from "../../../lib/chat/web/protocol.ts";

const NOTHING = {
  name: undefined,
  session: undefined,
  run: undefined,
  last: undefined,
  password: undefined,
  strict: false,
};

Deno.test("parseClientMessage() takes what the protocol has, and leaves out what is of another kind", () => {
  const cases: [string, unknown][] = [
    ['{"say":"hi"}', { say: "hi", id: undefined }],
    ['{"say":""}', { say: "", id: undefined }],
    ['{"say":"hi","id":3,"more":1}', { say: "hi", id: 3 }],
    ['{"say":"hi","id":0}', { say: "hi", id: 0 }],
    ['{"say":"hi","id":-1}', { say: "hi", id: undefined }],
    ['{"say":"hi","id":1.5}', { say: "hi", id: undefined }],
    ['{"say":"hi","id":9007199254740992}', { say: "hi", id: undefined }],
    ['{"say":"hi","id":"3"}', { say: "hi", id: undefined }],
    ['{"ping":true}', { ping: true }],
    ['{"join":{}}', { join: NOTHING }],
    ['{"join":[]}', { join: NOTHING }],
    ['{"join":{"name":"Ann","last":7,"run":"r","session":"s"}}', {
      join: { ...NOTHING, name: "Ann", last: 7, run: "r", session: "s" },
    }],
    ['{"join":{"password":"p","strict":true}}', { join: { ...NOTHING, password: "p", strict: true } }],
    ['{"join":{"password":7,"strict":1}}', { join: NOTHING }],
    ['{"older":{"t":5,"skip":2}}', { older: { t: 5, skip: 2 } }],
    ['{"older":{"t":-5}}', { older: { t: Number.MAX_SAFE_INTEGER, skip: 0 } }],
    ['{"join":{"last":0}}', { join: { ...NOTHING, last: 0 } }],
    [`{"join":{"name":"${"a".repeat(256)}"}}`, { join: { ...NOTHING, name: "a".repeat(256) } }],
    [`{"join":{"name":"${"a".repeat(257)}","session":"","last":1.5,"run":1}}`, { join: NOTHING }],
  ];
  for (const [text, expected] of cases) assertEquals<unknown>(parseClientMessage(text), expected, text);
});

Deno.test("parseClientMessage() refuses what is no message", () => {
  const objects =
    '{"say":3} {"say":null} {"ping":1} {"ping":false} {"join":null} {"join":"Ann"} {"older":7} {"JOIN":{}} {}';
  const texts = ["", "null", "[]", '"say"', "3", "hello", '{"say":"hi"', ...objects.split(" ")];
  for (const text of texts) assertEquals(parseClientMessage(text), undefined, text);
});

import { assertEquals } from "@std/assert";
import { inEnglish, loadTranslate } from "../../lib/output/translate.ts";
import { Phrase, say } from "../../lib/phrase.ts";

const REFUSED = say("cannot")`Cannot ${say("connect")`connect to ${"localhost:9"}`}: ${say(
  "ECONNREFUSED",
)`nothing listens there (connection refused)`}`;

Deno.test("a phrase is English text for programs and logs", () => {
  const text = "Cannot connect to localhost:9: nothing listens there (connection refused)";
  assertEquals([String(REFUSED), JSON.stringify({ REFUSED }), inEnglish(REFUSED)], [
    text,
    JSON.stringify({ REFUSED: text }),
    text,
  ]);
});

Deno.test("loadTranslate() renders a phrase with the phrases in it", async () => {
  assertEquals((await loadTranslate("en"))(REFUSED), REFUSED.english);
  assertEquals((await loadTranslate("zh"))(REFUSED), "无法连接 localhost:9：该端口没有程序在监听（连接被拒绝）");
});

Deno.test("loadTranslate() leaves in English what is no phrase, and what the language lacks", async () => {
  const translate = await loadTranslate("zh");
  assertEquals(translate("plain"), "plain");
  assertEquals(translate(new Phrase("no such code", "rare")), "rare");
  assertEquals(translate(new Phrase("toString", "rare")), "rare");
});

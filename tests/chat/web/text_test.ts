import { assertEquals } from "@std/assert";
import { mentions } from "../../../lib/chat/web/page/text.js";

Deno.test("mentions() finds a name behind @, also where no blank follows", () => {
  for (const text of ["@Ann", "hi @ann!", "(@ANN)", "@Ann, look", "你好@Ann你在吗", "@bob @Ann"]) {
    assertEquals(mentions(text, "Ann"), true, text);
  }
  for (const text of ["Ann", "@Anna", "mail@Ann", "a.@Ann", "@", "@An", "@@", "@ Ann"]) {
    assertEquals(mentions(text, "Ann"), false, text);
  }
  assertEquals(mentions("@小明你能帮我吗？", "小明"), true);
  assertEquals(mentions("@a_b-c.", "a_b-c"), true);
  assertEquals(mentions("@anything", ""), false);
});

Deno.test("mentions() takes as long as the text, not longer", () => {
  const start = performance.now();
  for (const text of ["@".repeat(65_536), "@a".repeat(32_768), `@${"a".repeat(65_535)}`]) mentions(text, "Ann");
  const took = performance.now() - start;
  assertEquals(took < 2_000, true, `${took} ms`);
});

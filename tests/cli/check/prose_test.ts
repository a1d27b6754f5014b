import { assert, assertEquals } from "@std/assert";
import { wrapProse } from "../../../lib/cli/check/prose.ts";
import { textWidth } from "../../../lib/text/graphemes.ts";

Deno.test("wrapProse() breaks English at blanks", () => {
  assertEquals(wrapProse("read until the newline, or the end", 12), ["read until", "the newline,", "or the end"]);
  assertEquals(wrapProse("one two three", 9, 5), ["one", "two three"]);
});

Deno.test("wrapProse() breaks Chinese between words, and leaves Latin words whole", () => {
  const text = "recv() 返回的是已到达的数据，不是对方一次 send() 发出的数据。请循环读取，直到收到换行符（“\\n”）为止。";
  for (let width = 16; width <= 60; width++) {
    const lines = wrapProse(text, width);
    assertEquals(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    for (const line of lines) {
      assert(textWidth(line) <= width, `${width}: ${line}`);
      assert(!/^[，。）”]/.test(line) && !/[（“]$/.test(line), line);
      assert(!/(?:^|[^A-Za-z])(?:end|nd|cv|ecv)\(/.test(line), line);
    }
  }
});

/** How much a page keeps that nobody sees. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { LineList } from "../../../lib/chat/web/page/list.js";
import { FakeClock } from "../../support/clock.ts";

Deno.test("a page that nobody sees keeps no more lines, and no more characters, than others", () => {
  const globals = globalThis as { document?: unknown };
  const element = { addEventListener() {}, lastElementChild: null, scrollTop: 0 } as unknown as ConstructorParameters<
    typeof LineList
  >[0];
  globals.document = { addEventListener() {}, hidden: true };
  using _clock = new FakeClock();
  try {
    for (const length of [10, 60_000]) {
      const list = new LineList(element, element, element);
      for (let i = 0; i < 11_000; i++) list.add({ kind: "say", text: String(i).padStart(length, "0") });
      const kept = list.newest(Infinity);
      assertLessOrEqual(kept.length, 10_200);
      assertLessOrEqual(kept.length * length, 5 * 1024 * 1024);
      assertEquals(Number(kept.at(-1)?.text), 10_999);
    }
  } finally {
    delete globals.document;
  }
});

import { assertEquals } from "@std/assert";
import { lookOf } from "../../lib/chat/look_alikes.ts";

Deno.test("lookOf() is the same for texts that look alike", () => {
  const twins: [one: string, other: string][] = [
    ["ace", "асе"],
    ["scope", "ѕсоре"],
    ["HAPPY", "НАРРУ"],
    ["NIKO", "ΝΙΚΟ"],
    ["ADMIN", "ꓮꓓꓟꓲꓠ"],
    ["CALLED", "ᏟᎪᏞᏞᎬᎠ"],
    ["ë", "ё"],
    ["c", "\u03f2"],
    ["bob1", "bobl"],
    ["alice", "aIice"],
    ["O0", "0O"],
    ["口", "ロ"],
    ["口", "ﾛ"],
    ["力二一エ", "カニー工"],
    ["己", "已"],
    ["a\u0301", "a\u0301\u0301"],
    ["i", "i\u0307"],
    ["İ", "I"],
  ];
  for (const [one, other] of twins) assertEquals(lookOf(one), lookOf(other), `${one} ${other}`);
});

Deno.test("lookOf() tells apart what people tell apart", () => {
  const names =
    "bob böb bób b.ob bo_b bo user3 user4 小明 小名 小朋 アリス 한글 Иван Ивен Νίκος нина ナナ ハナ バナ パナ 😀 😁"
      .split(" ");
  assertEquals(new Set(names.map(lookOf)).size, names.length);
});

import { assertEquals, assertNotEquals } from "@std/assert";
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
    ["kate", "κατε"],
    ["bop", "вор"],
    ["toto", "тото"],
    ["wow", "ѡоѡ"],
    ["bob", "bסb"],
    ["oo", "ഠഠ"],
    ["oo", "סo"],
    ["l1", "\u05d5\u05df"],
    ["ABE", "\uab7a\u13f4\uab7c"],
    ["三ルシソ一", "ミ儿ツンー"],
    ["ロニハトエカタ", "口二八卜工力夕"],
    ["sam", "5am"],
    ["bob", "8o8"],
    ["zoe", "2oe"],
    ["corner", "comer"],
    ["wally", "vvally"],
    ["dara", "clara"],
    ["dara", "c1ara"],
    ["dara", "сӏаrа"],
    ["bob", "bob_"],
    ["bob", "bob.-_"],
    ["b.ob", "b..ob"],
    ["小一", "小ー"],
    ["小一小", "小-小"],
  ];
  for (const [one, other] of twins) assertEquals(lookOf(one), lookOf(other), `${one} ${other}`);
});

Deno.test("lookOf() tells apart what people tell apart", () => {
  const names =
    "bob böb bób b.ob bo_b bo user3 user4 小明 小名 小朋 アリス 한글 Иван Ивен Νίκος нина ナナ ハナ バナ パナ 😀 😁"
      .split(" ");
  assertEquals(new Set(names.map(lookOf)).size, names.length);
});

Deno.test("lookOf() tells apart common names that differ, though their letters or parts are near to one another", () => {
  const pairs: [one: string, other: string][] = [
    ["Clara", "Dara"],
    ["Lucia", "Luda"],
    ["BARN", "BAM"],
    ["小", "小一"],
    ["王", "王一"],
    ["マリ", "マリー"],
    ["大", "太"],
    ["b.ob", "b_ob"],
    ["anna", "annna"],
    ["つ", "っ"],
    ["Ανα", "Ανδ"],
    ["Пётр", "Петр"],
  ];
  for (const [one, other] of pairs) assertNotEquals(lookOf(one), lookOf(other), `${one} ${other}`);
});

import { assertEquals } from "@std/assert";
import {
  foldName,
  givenName,
  isName,
  NAME_LIMIT,
  OPERATOR_NAME,
  operatorName,
  refusedName,
  whyNotName,
} from "../../lib/chat/names.ts";

const MARKED = "name-marks",
  MALFORMED = "name-letters",
  TOO_LONG = "name-long",
  MIXED = "name-mixed",
  RESERVED = "name-given";

Deno.test("foldName() takes for one what people take for one", () => {
  const cases: [one: string, other: string][] = [
    ["Bob", "bob"],
    ["ＢＯＢ", "bob"],
    ["𝐁𝑜𝓫", "bob"],
    ["ﬁn", "Fin"],
    ["Zoe\u0308", "ZOË"],
    ["\u212bngström", "Ångström"],
    ["ΝΙΚΟΣ", "νικος"],
    ["ИВАН", "иван"],
    ["ｱﾘｽ", "アリス"],
    ["user\u00b9", "user1"],
    // Letters that have their accent in one case only.
    ["J\u030c", "\u01f0"],
    ["H\u0331", "\u1e96"],
  ];
  for (const [one, other] of cases) assertEquals(foldName(one), foldName(other), `${one} ${other}`);
});

Deno.test("foldName() tells apart what people tell apart", () => {
  const names = ["bob", "bob1", "bob_", "b.ob", "böb", "小明", "小名", "😀", "😁"];
  assertEquals(new Set(names.map(foldName)).size, names.length);
});

Deno.test("whyNotName() takes names of every script", () => {
  const names = "b 7 Bob_the.2nd- Zoë Nguyễn 小明 アリス 한글 Иван Νίκος हिन्दी עברית 😀 🇩🇪";
  for (const name of names.split(" ")) assertEquals(whyNotName(name, "user1"), undefined, name);
});

Deno.test("whyNotName() refuses what is no name", () => {
  const bare = ["", " ", "a b", " a", "a\n", "a\t", ...'-a _a .a <a> [a] * a: a/b /a a" a,b a@b'.split(" ")];
  const unseen = "\0 a\x1b[2J a\u0085 a\u00a0 a\u3000b a\u200bb a\u200d a\u00ad a\u202eb a\ufeff \u3164 a\ufe0f".split(
    " ",
  );
  const parts = ["\u0301a", "\ud83d", "a\ude00"];
  for (const name of [...bare, ...unseen, ...parts]) {
    assertEquals(whyNotName(name, "user1"), MALFORMED, JSON.stringify(name));
  }
});

Deno.test("whyNotName() counts characters, not what they are made of", () => {
  for (const letter of ["x", "名", "😀"]) {
    assertEquals(whyNotName(letter.repeat(NAME_LIMIT), "user1"), undefined, letter);
    assertEquals(whyNotName(letter.repeat(NAME_LIMIT + 1), "user1"), TOO_LONG, letter);
  }
});

Deno.test("whyNotName() takes two marks upon a letter, and no more", () => {
  for (const name of ["x\u0301\u0302", "ệ", "\u00e9\u0302", "हिन्दी", "ที่", "x\u0301\u0302y\u0301\u0302"]) {
    assertEquals(whyNotName(name, "user1"), undefined, name);
  }
  for (
    const name of [
      "x\u0301\u0302\u0303",
      "\u1ec7\u0301",
      "\u1ea5\u0303",
      "a\u0302\u0301\u0323",
      "ax\u0301\u0301\u0301",
      "x" + "\u0336".repeat(20),
    ]
  ) {
    assertEquals(whyNotName(name, "user1"), MARKED, name);
  }
});

Deno.test("whyNotName() keeps the names of authority in letters that look like them", () => {
  const wide = "ａｄｍｉｎ 𝐚𝐝𝐦𝐢𝐧 𝓼𝓮𝓻𝓿𝓮𝓻 ᵃᵈᵐⁱⁿ ˢᵉʳᵛᵉʳ ₐdmin ſerver admın".split(" ");
  const alike = "ꓮꓓꓟꓲꓠ 0perator operat0r adm1n adrnin systern 5erver ꓢꓰꓣꓦꓰꓣ ѕоскеуе".split(" ");
  const more = "SERVER Server_ s-e-r-v-e-r server. Admin1 admin_01 root 系统 系統 管理员 管理員 伺服器 sockeye-".split(
    " ",
  );
  for (const name of [...wide, ...alike, ...more]) assertEquals(whyNotName(name, "user1"), RESERVED, name);
  for (const name of "administra servers adminton rooty 系 sysop1 sockeyes".split(" ")) {
    assertEquals(whyNotName(name, "user1"), undefined, name);
  }
});

Deno.test("whyNotName() refuses what is seen as nothing, as a sign, or as a picture of letters", () => {
  const nothing =
    "\u202eadmin ad\u200dmin ad\u200cmin a\u{e0061} \u{e0061} a\ufe0f a\u{e0100} \u3164 \u115f \u1160 \uffa0 \u2800";
  const signs = "#2 * *** @all <bob> [bob] (you) ½ ﷺ ㎏ ㍿ a\u20dd a\u20e3 bob· bob• \u0301a";
  const pictures = "ⓐⓓⓜⓘⓝ 🄰🄳🄼🄸🄽 🅐 👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3";
  for (const name of [nothing, signs, pictures].flatMap((names) => names.split(" "))) {
    assertEquals(whyNotName(name, "user1"), MALFORMED, JSON.stringify(name));
  }
  for (const name of "ᴀᴅᴍɪɴ ꜱᴇʀᴠᴇʀ ꜱerver servеr оperator ореrаtоr аdmіn ѕегvег".split(" ")) {
    assertEquals(whyNotName(name, "user1"), MIXED, name);
  }
  for (const name of "👍🏽 😀 🇩🇪 ① Ⅷ ß ı ǆ".split(" ")) assertEquals(whyNotName(name, "user1"), undefined, name);
});

Deno.test("whyNotName() refuses a mixture of alphabets that look the same", () => {
  for (const name of ["b\u043eb", "\u0391lice", "\u0391\u0430", "ｂ\u043e", "𝐛\u043e𝐛"]) {
    assertEquals(whyNotName(name, "user1"), MIXED, name);
  }
  for (const name of ["bob小明", "Иван2", "Νίκος_1", "Taro太郎タロウ"]) {
    assertEquals(whyNotName(name, "user1"), undefined, name);
  }
});

Deno.test("whyNotName() keeps the names that the server gives, however they are written", () => {
  const names = "operator Operator ｏｐｅｒａｔｏｒ 𝐨perator user8 USER8 ｕｓｅｒ８ user⁸ user08 User1";
  for (const name of names.split(" ")) assertEquals(whyNotName(name, "user1"), RESERVED, name);
  for (const name of ["user", "users", "user8x", "xuser8", "operators"]) {
    assertEquals(whyNotName(name, "user1"), undefined, name);
  }
});

Deno.test("whyNotName() keeps the names that servers of one room give; isName() takes them from other servers", () => {
  const given = [givenName(7, "k3f9"), operatorName("k3f9")];
  assertEquals(given, ["user7-k3f9", "operator-k3f9"]);
  for (const name of [...given, "User7.K3F9", "operatork3f9"]) {
    assertEquals([whyNotName(name, "user1"), isName(name)], [RESERVED, true], name);
  }
  for (const name of ["user7", OPERATOR_NAME, "管理员", "", "a b", "x".repeat(33)]) {
    assertEquals(isName(name), false, name);
  }
  for (const name of ["Bob", "小明"]) assertEquals(isName(name), true, name);
});

Deno.test("refusedName() repeats a name so that it is safe for a terminal, and not all of a long one", () => {
  assertEquals(refusedName("a\x1b[2J\n", MALFORMED).args, ['"a\\x1b[2J\\n"']);
  assertEquals(refusedName("x".repeat(100), TOO_LONG).args, [`"${"x".repeat(60)}…"`, "32"]);
});

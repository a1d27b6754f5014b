import { assert, assertEquals } from "@std/assert";
import { initialsOf, lookOf, renameLook, tellApart } from "../../../lib/chat/web/page/hues.js";

/** A document in which nothing has to be painted anew. */
Object.assign(globalThis, { document: { querySelectorAll: () => [] }, CSS: { escape: (text: string) => text } });

/** Degrees of the hue, of which there are sixteen. */
function hueOf(name: string): number {
  return Number(/hue(\d+)/.exec(lookOf(name))?.[1]) * 360 / 16;
}

Deno.test("five people are far apart in hue, whatever they are called", () => {
  for (let round = 0; round < 200; round++) {
    const names = Array.from({ length: 5 }, (_, at) => `${round}-${at}`);
    for (let count = 1; count <= 5; count++) tellApart(names.slice(0, count));
    for (const one of names) {
      for (const other of names.filter((name) => name !== one)) {
        const apart = Math.abs(hueOf(one) - hueOf(other));
        assert(Math.min(apart, 360 - apart) >= 45, `${one} ${lookOf(one)}, ${other} ${lookOf(other)}`);
      }
    }
  }
});

Deno.test("as many people as there are looks are all different, in whatever order they come", () => {
  const names = Array.from({ length: 32 }, (_, at) => `person ${at}`);
  for (const name of names) lookOf(name); // As their lines are shown, before it is known who is here.
  tellApart(names);
  assertEquals(new Set(names.map(lookOf)).size, 32);
  tellApart([...names, "one", "more"]);
  assertEquals(new Set(names.map(lookOf)).size, 32);
});

Deno.test("somebody who comes back or takes another name looks as before", () => {
  tellApart(["Ann", "Bob"]);
  const [ann, bob] = [lookOf("Ann"), lookOf("Bob")];
  tellApart(["Bob"]);
  tellApart(["Bob", "Ann"]);
  assertEquals([lookOf("Ann"), lookOf("Bob")], [ann, bob]);
  renameLook("Ann", "Anna");
  tellApart(["Bob", "Anna"]);
  assertEquals(lookOf("Anna"), ann);
});

Deno.test("initialsOf() is what people of each language expect", () => {
  const cases = [["Ann", "A"], ["ann_lee", "AL"], ["王小明", "小明"], ["小明", "小明"], ["明", "明"], [
    "欧阳娜娜酱",
    "欧",
  ]];
  cases.push(["user12", "12"], ["user7-k3f9", "7"], ["😀cat", "😀"], ["élan", "É"], ["", ""]);
  for (const [name = "", initials] of cases) assertEquals(initialsOf(name), initials, name);
});

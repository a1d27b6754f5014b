import { assert, assertEquals } from "@std/assert";
import { SUITES } from "../../lib/check/suites.ts";

for (const { name, summary, tests, load, explanations } of SUITES) {
  Deno.test(`the table of suites says of ${name} what the suite says`, async () => {
    const suite = await load();
    assertEquals([suite.name, suite.title.en, suite.tests], [name, summary, tests]);
  });

  Deno.test(`each case of ${name} has a name of its own, a title in both languages, and a page`, async () => {
    const { cases } = await load();
    const names = cases.map((one) => one.name);
    assertEquals(names, Array.from({ length: cases.length }, (_, i) => String(i + 1)));
    for (const { title, needs = [] } of cases) {
      assert(title.en !== "" && /\p{Script=Han}/u.test(title.zh), title.en);
      assert(needs.every((one) => names.includes(one)), `${title.en} needs ${needs}`);
    }
    assertEquals(Object.keys(await explanations()).toSorted(), names.toSorted());
  });
}

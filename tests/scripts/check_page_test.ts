import { assertEquals } from "@std/assert";
import { checkPage } from "../../scripts/check_page.ts";
import { ROOT } from "../../scripts/root.ts";

Deno.test("docs/check.md has every case (scripts/check_page.ts writes them)", async () => {
  const page = await Deno.readTextFile(`${ROOT}/docs/check.md`);
  assertEquals(page, await checkPage(page));
});

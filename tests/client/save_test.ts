import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SavedAnswer } from "../../lib/client/save.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { inFolder } from "../fetch/helpers.ts";
import { bytesOf } from "../support/net.ts";

inFolder("SavedAnswer gives the file its name at the end, and replaces what was there then", async (folder) => {
  await folder.put("a", "old");
  const saved = await SavedAnswer.open(folder.at("a"));
  await saved.write(bytesOf("one"));
  await saved.write(bytesOf("two"));
  assertEquals([await folder.get("a"), await folder.get("a.part")], ["old", "onetwo"]);
  await saved.finish();
  assertEquals([await folder.names(), await folder.get("a")], [["a"], "onetwo"]);
});

inFolder("SavedAnswer keeps a part after a failure, unless it is empty", async (folder) => {
  await folder.put("a", "old");
  const empty = await SavedAnswer.open(folder.at("a"));
  assertEquals([await empty.giveUp(), await folder.names()], [undefined, ["a"]]);
  const saved = await SavedAnswer.open(folder.at("a"));
  await saved.write(bytesOf("part"));
  assertEquals(await saved.giveUp(), folder.at("a.part"));
  assertEquals([await folder.get("a"), await folder.get("a.part")], ["old", "part"]);
});

inFolder("SavedAnswer.open() follows no link and replaces no folder", async (folder) => {
  await folder.put("victim", "untouched");
  await Deno.symlink(folder.at("victim"), folder.at("a.part"));
  const saved = await SavedAnswer.open(folder.at("a"));
  await saved.write(bytesOf("x"));
  await saved.finish();
  assertEquals([await folder.get("victim"), await folder.get("a")], ["untouched", "x"]);
  await Deno.mkdir(folder.at("b"));
  for (const [name, why] of [["b", "it is a folder"], ["none/c", "No such file or directory"]] as const) {
    const error = await assertRejects(() => SavedAnswer.open(folder.at(name)), SockeyeError, why);
    assertEquals(error.kind, "file");
  }
});

Deno.test("SavedAnswer.demand() refuses devices", () => {
  assertEquals(assertThrows(() => SavedAnswer.demand("/dev/full"), SockeyeError).kind, "permission");
});

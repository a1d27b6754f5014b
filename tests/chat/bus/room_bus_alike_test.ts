/** Names at several servers that look alike. */

import { assertEquals } from "@std/assert";
import { settle, withSites } from "./fake.ts";

Deno.test("RoomBus gives a name to the one whose claim comes first, also against one that looks like it", async () => {
  await withSites(3, async ([a, b, c]) => {
    const [one, two] = [a!.room.join("one"), b!.room.join("two")];
    await settle();
    a!.room.rename(one, "ace");
    b!.room.rename(two, "асе");
    await settle();
    assertEquals([one.name, two.name, two.told], [
      "ace",
      "two",
      ['Not "асе": it looks like "ace", the name of somebody else'],
    ]);
    assertEquals(c!.bus.elsewhere.map(({ name }) => name).sort(), ["ace", "two"]);
    // One that joins with such a name gets another one; those that servers give are not compared.
    const three = c!.room.join("ace_");
    const [four, five] = [a!.room.join("user5-a0b8"), b!.room.join("user5-aob8")];
    await settle();
    assertEquals([three.name.startsWith("spare"), four.name, five.name], [true, "user5-a0b8", "user5-aob8"]);
    a!.room.rename(one, "eve");
    await settle();
    b!.room.rename(two, "асе");
    await settle();
    assertEquals(two.name, "асе");
  });
});

Deno.test("RoomBus finds whose name at another server looks like one, and no more where that has changed", async () => {
  await withSites(2, async ([a, b]) => {
    const ann = a!.room.join("ann");
    await settle();
    assertEquals([b!.bus.findAlike("аnn")?.name, b!.bus.find("аnn"), a!.bus.findAlike("ann")], [
      "ann",
      undefined,
      undefined,
    ]);
    a!.room.rename(ann, "eve");
    await settle();
    assertEquals([b!.bus.findAlike("аnn"), b!.bus.findAlike("ЕVЕ")?.name], [undefined, "eve"]);
  });
});

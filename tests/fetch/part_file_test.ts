/** Part files: written, locked, continued, and renamed when they are complete. */

import { assert, assertEquals } from "@std/assert";
import { findPart, openTarget, sizeOf } from "../../lib/fetch/target.ts";
import type { Target } from "../../lib/fetch/target_contract.ts";
import { readVersion } from "../../lib/http/range.ts";
import { Folder, FRESH, KEEP, NOTE, refusal } from "./helpers.ts";
import { bytesOf } from "./server.ts";

/** What an earlier run left of `a`. */
const LEFT = { "a.part": "begin", "a.part.json": JSON.stringify(NOTE) };

/** Opens the target of `a`, notes it if there is a note, and writes. */
async function begin(folder: Folder, text: string, note?: typeof NOTE, options = FRESH): Promise<Target> {
  const target = await openTarget(folder.at("a"), options);
  if (note) await target.note?.(note);
  if (text !== "") await target.write(bytesOf(text));
  return target;
}

Deno.test("a part file becomes NAME only by commit()", async () => {
  await using folder = await Folder.make({ a: "old" });
  const target = await begin(folder, "new ");
  await target.write(bytesOf("text"));
  assertEquals([await folder.get("a"), await folder.get("a.part"), target.size], ["old", "new text", 8]);
  await target.commit();
  assertEquals(await folder.files(), { a: "new text" });
});

Deno.test("abandon() leaves NAME alone, and keeps what came beside it", async () => {
  await using folder = await Folder.make({ a: "old" });
  assertEquals(await (await begin(folder, "new")).abandon(), true);
  assertEquals(await folder.files(), { a: "old", "a.part": "new" });
});

Deno.test("abandon() keeps a part and the note that says how it can be continued", async () => {
  await using folder = await Folder.make();
  assertEquals(await (await begin(folder, "begin", NOTE)).abandon(), true);
  assertEquals(await folder.names(), ["a.part", "a.part.json"]);
  const path = folder.at("a");
  assertEquals(await findPart(NOTE.url, path), { path, offset: 5, version: readVersion(NOTE) });
});

Deno.test("abandon() keeps no empty part, and no note that was withdrawn", async () => {
  await using folder = await Folder.make();
  assertEquals(await (await begin(folder, "", NOTE)).abandon(), false);
  assertEquals(await folder.names(), []);
  const withdrawn = await begin(folder, "x", NOTE);
  await withdrawn.note?.(undefined);
  assertEquals(await withdrawn.abandon(), true);
  assertEquals(await folder.files(), { "a.part": "x" });
});

Deno.test("abandon() keeps no part beside a note about other bytes", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part.json/full"), { recursive: true });
  const target = await begin(folder, "x");
  await target.note?.(undefined);
  assertEquals(await target.abandon(), false);
  assertEquals(await folder.names(), ["a.part.json"]);
});

Deno.test("a part is continued: replay() gives what is there, commit() makes all of it NAME", async () => {
  await using folder = await Folder.make(LEFT);
  const target = await begin(folder, "", undefined, KEEP);
  assertEquals(target.size, 5);
  const seen: string[] = [];
  await target.replay?.((bytes) => seen.push(new TextDecoder().decode(bytes)));
  await target.write(bytesOf(" end"));
  await target.commit();
  assertEquals([seen.join(""), await folder.names(), await folder.get("a")], ["begin", ["a"], "begin end"]);
});

Deno.test("abandon() leaves an earlier run's part as it was, before anything new came", async () => {
  await using folder = await Folder.make(LEFT);
  assertEquals(await (await begin(folder, "", undefined, KEEP)).abandon(), true);
  assertEquals([await folder.names(), await folder.get("a.part")], [["a.part", "a.part.json"], "begin"]);
});

Deno.test("a part of another run is overwritten, and its note is gone, unless it is to be continued", async () => {
  await using folder = await Folder.make(LEFT);
  await (await begin(folder, "new")).commit();
  assertEquals(await folder.files(), { a: "new" });
});

Deno.test("restart() throws away what was written", async () => {
  await using folder = await Folder.make();
  const target = await begin(folder, "a long beginning");
  await target.restart();
  assertEquals(target.size, 0);
  await target.write(bytesOf("short"));
  await target.commit();
  assertEquals(await folder.get("a"), "short");
});

/** Counts the flushes of part files, and replaces each by `sync`. */
function watchSyncs(sync: (this: Deno.FsFile) => Promise<void>): { readonly count: number } & Disposable {
  const { syncData } = Deno.FsFile.prototype;
  let count = 0;
  Deno.FsFile.prototype.syncData = function () {
    count++;
    return sync.call(this);
  };
  return {
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void (Deno.FsFile.prototype.syncData = syncData),
  };
}

/** Writes many bytes. */
async function pour(target: Target, mebibytes: number): Promise<void> {
  const part = new Uint8Array(1024 * 1024).fill(7);
  for (let written = 0; written < mebibytes; written++) await target.write(part);
}

Deno.test("a large body goes to the disk while it comes, a small one only at its end", async () => {
  const { syncData } = Deno.FsFile.prototype;
  using syncs = watchSyncs(syncData);
  await using folder = await Folder.make();
  const small = await openTarget(folder.at("small"), FRESH);
  await pour(small, 15);
  await small.commit();
  assertEquals(syncs.count, 0);
  const large = await openTarget(folder.at("large"), FRESH);
  await pour(large, 48);
  await large.commit();
  assert(syncs.count >= 1, "no sync on the way");
  const left = await openTarget(folder.at("left"), FRESH);
  await pour(left, 17);
  await left.abandon();
  assertEquals(await folder.names(), ["large", "left.part", "small"]);
  assertEquals(await sizeOf(folder.at("large")), 48 * 1024 * 1024);
});

Deno.test("only one sync runs at a time, and the end waits for it", async () => {
  const syncing = Promise.withResolvers<void>();
  using syncs = watchSyncs(() => syncing.promise);
  await using folder = await Folder.make();
  const target = await openTarget(folder.at("a"), FRESH);
  await pour(target, 64);
  const committing = target.commit();
  assertEquals(await folder.names(), ["a.part"]);
  syncing.resolve();
  await committing;
  assertEquals([await folder.names(), syncs.count], [["a"], 1]);
});

Deno.test("a sync on the way that fails leaves it to the one at the end", async () => {
  using syncs = watchSyncs(() => Promise.reject(new Error("the disk is gone")));
  await using folder = await Folder.make();
  const target = await openTarget(folder.at("a"), FRESH);
  await pour(target, 33);
  await target.commit();
  assert(syncs.count >= 1);
  assertEquals(await folder.names(), ["a"]);
});

Deno.test("a large body can be abandoned after its commit() was refused", async () => {
  await using folder = await Folder.make();
  const target = await openTarget(folder.at("a"), { keep: false, keepExisting: "so" });
  await pour(target, 17);
  await folder.put("a", "meanwhile");
  await refusal(() => target.commit(), 'a": it exists, and so');
  await target.abandon();
  assertEquals([await folder.names(), await folder.get("a")], [["a", "a.part"], "meanwhile"]);
});

for (const [what, to] of [["a file", "victim"], ["nothing", "/nowhere/x"], ["itself", "a.part"]] as const) {
  Deno.test(`a part that is a link to ${what} is refused by its own name`, async () => {
    await using folder = await Folder.make({ victim: "old" });
    await Deno.symlink(to, folder.at("a.part"));
    await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": it is a link');
    assertEquals([await folder.get("victim"), await folder.names()], ["old", ["a.part", "victim"]]);
  });
}

Deno.test("a part that has a second name is not written to", async () => {
  await using folder = await Folder.make({ victim: "old" });
  await Deno.link(folder.at("victim"), folder.at("a.part"));
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": the file has another name as well');
  assertEquals(await folder.get("victim"), "old");
});

Deno.test("a note does not follow a link that stands at its name", async () => {
  await using folder = await Folder.make({ victim: "old" });
  await Deno.symlink("victim", folder.at("a.part.json"));
  await (await begin(folder, "new", NOTE)).commit();
  assertEquals([await folder.names(), await folder.get("victim")], [["a", "victim"], "old"]);
});

Deno.test("a part that cannot be opened is named", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part"));
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": Is a directory');
});

Deno.test("two downloads cannot write one part", async () => {
  await using folder = await Folder.make();
  const first = await begin(folder, "first");
  for (const options of [FRESH, KEEP]) {
    await refusal(() => openTarget(folder.at("a"), options), "another download is writing it");
  }
  assertEquals(await folder.get("a.part"), "first", "the second one harmed nothing");
  await first.commit();
  await (await begin(folder, "")).abandon();
  assertEquals(await folder.get("a"), "first");
});

Deno.test("a note that cannot be written is a failure of the file", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part.json/full"), { recursive: true });
  const target = await begin(folder, "");
  await refusal(() => target.note?.(NOTE), "Cannot write");
  await target.abandon();
});

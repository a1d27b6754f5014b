import { assert, assertEquals, assertRejects } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { noteOf, partOf } from "../../lib/fetch/files.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { findPart, openTarget, sizeOf } from "../../lib/fetch/target.ts";
import type { Target } from "../../lib/fetch/target_contract.ts";
import { has } from "../e2e/harness.ts";
import { bytesOf } from "./server.ts";
import { Folder } from "./helpers.ts";

const FRESH = { keep: false, keepExisting: undefined };
const KEEP = { keep: true, keepExisting: undefined };
const NOTE = { url: "http://h/file", validator: '"v1"' };

/** The message of a failure of kind `file`. */
async function refusal(work: () => Promise<unknown>, words: string): Promise<void> {
  const error = await assertRejects(work, SockeyeError, words);
  assertEquals(error.kind, "file");
}

Deno.test("a part file becomes NAME only by commit()", async () => {
  await using folder = await Folder.make();
  await folder.put("a", "old");
  const target = await openTarget(folder.at("a"), FRESH);
  await target.write(bytesOf("new "));
  await target.write(bytesOf("text"));
  assertEquals([await folder.get("a"), await folder.get("a.part"), target.size], ["old", "new text", 8]);
  await target.commit();
  assertEquals(await folder.names(), ["a"]);
  assertEquals(await folder.get("a"), "new text");
});

Deno.test("abandon() leaves NAME alone and nothing else", async () => {
  await using folder = await Folder.make();
  await folder.put("a", "old");
  const target = await openTarget(folder.at("a"), FRESH);
  await target.write(bytesOf("new"));
  await target.abandon();
  assertEquals([await folder.names(), await folder.get("a")], [["a"], "old"]);
});

Deno.test("abandon() keeps a part that a note says can be continued", async () => {
  await using folder = await Folder.make();
  const path = folder.at("a");
  const target = await openTarget(path, FRESH);
  await target.note(NOTE);
  await target.write(bytesOf("begin"));
  await target.abandon();
  assertEquals(await folder.names(), ["a.part", "a.part.json"]);
  assertEquals(await findPart(NOTE.url, path), { path, size: 5, validator: NOTE.validator });
});

Deno.test("abandon() keeps no empty part, and none whose note was withdrawn", async () => {
  await using folder = await Folder.make();
  const empty = await openTarget(folder.at("a"), FRESH);
  await empty.note(NOTE);
  await empty.abandon();
  const withdrawn = await openTarget(folder.at("b"), FRESH);
  await withdrawn.note(NOTE);
  await withdrawn.write(bytesOf("x"));
  await withdrawn.note(undefined);
  await withdrawn.abandon();
  assertEquals(await folder.names(), []);
});

Deno.test("a part is continued: replay() gives what is there, commit() makes all of it NAME", async () => {
  await using folder = await Folder.make();
  await folder.put("a.part", "begin");
  await folder.put("a.part.json", JSON.stringify(NOTE));
  const target = await openTarget(folder.at("a"), KEEP);
  assertEquals(target.size, 5);
  const seen: string[] = [];
  await target.replay?.((bytes) => seen.push(new TextDecoder().decode(bytes)));
  await target.write(bytesOf(" end"));
  await target.commit();
  assertEquals([seen.join(""), await folder.names(), await folder.get("a")], ["begin", ["a"], "begin end"]);
});

Deno.test("abandon() leaves an earlier run's part as it was, before anything new came", async () => {
  await using folder = await Folder.make();
  await folder.put("a.part", "begin");
  await folder.put("a.part.json", JSON.stringify(NOTE));
  const target = await openTarget(folder.at("a"), KEEP);
  await target.abandon();
  assertEquals([await folder.names(), await folder.get("a.part")], [["a.part", "a.part.json"], "begin"]);
});

Deno.test("a part that begins anew has no use for an old note", async () => {
  await using folder = await Folder.make();
  await folder.put("a.part", "begin");
  await folder.put("a.part.json", JSON.stringify(NOTE));
  const target = await openTarget(folder.at("a"), FRESH);
  await target.write(bytesOf("new"));
  await target.commit();
  assertEquals([await folder.names(), await folder.get("a")], [["a"], "new"]);
});

/** Counts the times that the disk is asked to take what there is, and lets `sync` do it. */
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
  assertEquals(await folder.names(), ["large", "small"]);
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

Deno.test("restart() throws away what was written", async () => {
  await using folder = await Folder.make();
  const target = await openTarget(folder.at("a"), FRESH);
  await target.write(bytesOf("a long beginning"));
  await target.restart();
  assertEquals(target.size, 0);
  await target.write(bytesOf("short"));
  await target.commit();
  assertEquals(await folder.get("a"), "short");
});

Deno.test("a part of another run is overwritten unless it is to be continued", async () => {
  await using folder = await Folder.make();
  await folder.put("a.part", "something longer");
  const target = await openTarget(folder.at("a"), FRESH);
  await target.write(bytesOf("new"));
  await target.commit();
  assertEquals(await folder.get("a"), "new");
});

Deno.test("findPart() finds only what was noted", async () => {
  await using folder = await Folder.make();
  const path = folder.at("a");
  assertEquals(await findPart(NOTE.url, path), undefined);
  await Deno.writeTextFile(partOf(path), "x");
  assertEquals(await findPart(NOTE.url, path), undefined, "no note");
  for (const bad of ["", "{", "null", "[]", '{"url":"http://h/"}', '{"url":1,"validator":"x"}']) {
    await Deno.writeTextFile(noteOf(path), bad);
    assertEquals(await findPart(NOTE.url, path), undefined, bad);
  }
  await Deno.writeTextFile(noteOf(path), JSON.stringify(NOTE));
  assertEquals(await findPart(NOTE.url, path), { path, size: 1, validator: NOTE.validator });
  await Deno.writeTextFile(partOf(path), "");
  assertEquals(await findPart(NOTE.url, path), undefined, "nothing to go on with");
});

Deno.test("sizeOf() knows files only", async () => {
  await using folder = await Folder.make();
  await folder.put("a", "12345");
  assertEquals(await sizeOf(folder.at("a")), 5);
  assertEquals(await sizeOf(folder.at("b")), undefined);
  assertEquals(await sizeOf(folder.path), undefined);
});

Deno.test("noClobber refuses a NAME that is there, and one that comes meanwhile", async () => {
  await using folder = await Folder.make();
  const options = { keep: false, keepExisting: "--no-clobber keeps it" };
  const path = await folder.put("a", "old");
  await refusal(() => openTarget(path, options), "--no-clobber keeps it");
  assertEquals(await folder.names(), ["a"]);
  const target = await openTarget(folder.at("b"), options);
  await target.write(bytesOf("new"));
  await folder.put("b", "meanwhile");
  await refusal(() => target.commit(), "--no-clobber keeps it");
  await target.abandon();
  assertEquals([await folder.names(), await folder.get("b")], [["a", "b"], "meanwhile"]);
});

Deno.test("a folder cannot be written, nor a file in one that is not there", async () => {
  await using folder = await Folder.make();
  await refusal(() => openTarget(folder.path, FRESH), "it is a folder");
  await refusal(() => openTarget(folder.at("no/a"), FRESH), "Cannot write");
  assertEquals(await folder.names(), []);
});

Deno.test("a symbolic link stays one: what it points to is replaced", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("far"));
  await folder.put("far/real", "old");
  await Deno.symlink("far/real", folder.at("link"));
  const target = await openTarget(folder.at("link"), FRESH);
  await target.write(bytesOf("new"));
  assert((await folder.names()).join() === "far,link", "the part is beside the real file");
  await target.commit();
  assert((await Deno.lstat(folder.at("link"))).isSymlink);
  assertEquals(await folder.get("far/real"), "new");
});

for (const [what, to] of [["a file", "victim"], ["nothing", "/nowhere/x"], ["itself", "a.part"]] as const) {
  Deno.test(`a part that is a link to ${what} is refused by its own name`, async () => {
    await using folder = await Folder.make();
    await folder.put("victim", "old");
    await Deno.symlink(to, folder.at("a.part"));
    await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": it is a link');
    assertEquals([await folder.get("victim"), await folder.names()], ["old", ["a.part", "victim"]]);
  });
}

Deno.test("a part that has a second name is not written to", async () => {
  await using folder = await Folder.make();
  await folder.put("victim", "old");
  await Deno.link(folder.at("victim"), folder.at("a.part"));
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": the file has another name as well');
  assertEquals(await folder.get("victim"), "old");
});

Deno.test("a note does not follow a link that stands at its name", async () => {
  await using folder = await Folder.make();
  await folder.put("victim", "old");
  await Deno.symlink("victim", folder.at("a.part.json"));
  const target = await openTarget(folder.at("a"), FRESH);
  await target.note(NOTE);
  await target.write(bytesOf("new"));
  await target.commit();
  assertEquals([await folder.names(), await folder.get("victim")], [["a", "victim"], "old"]);
});

Deno.test("pipes are no part and no note", { ignore: !has("mkfifo") }, async () => {
  await using folder = await Folder.make();
  await new Deno.Command("mkfifo", { args: [folder.at("a.part"), folder.at("b.part.json")] }).output();
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": it is no file');
  await folder.put("b.part", "begin");
  assertEquals(await findPart(NOTE.url, folder.at("b")), undefined);
});

Deno.test("a link that leads nowhere is there for --no-clobber", async () => {
  await using folder = await Folder.make();
  await Deno.symlink("nowhere", folder.at("a"));
  await refusal(() => openTarget(folder.at("a"), { keep: false, keepExisting: "so" }), 'a": it exists, and so');
});

Deno.test("a part that cannot be opened is named", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part"));
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": Is a directory');
});

Deno.test("two downloads cannot write one part", async () => {
  await using folder = await Folder.make();
  const first = await openTarget(folder.at("a"), FRESH);
  await first.write(bytesOf("first"));
  for (const options of [FRESH, KEEP]) {
    await refusal(() => openTarget(folder.at("a"), options), "another download is writing it");
  }
  assertEquals(await folder.get("a.part"), "first", "the second one harmed nothing");
  await first.commit();
  const next = await openTarget(folder.at("a"), FRESH);
  await next.abandon();
  assertEquals(await folder.get("a"), "first");
});

Deno.test("a note that cannot be written is a failure of the file", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("a.part.json/full"), { recursive: true });
  const target = await openTarget(folder.at("a"), FRESH);
  await refusal(() => target.note(NOTE), "Cannot write");
  await target.abandon();
});

Deno.test("/dev/null takes everything and stays a device", { ignore: Deno.build.os === "windows" }, async () => {
  const target = await openTarget("/dev/null", FRESH);
  await target.note(NOTE);
  await target.write(bytesOf("gone"));
  assertEquals(target.size, 4);
  await target.commit();
  assert((await Deno.stat("/dev/null")).isCharDevice);
});

Deno.test("a device that has taken nothing yet can start anew", { ignore: Deno.build.os === "windows" }, async () => {
  const target = await openTarget("/dev/null", FRESH);
  await target.restart();
  await target.write(bytesOf("x"));
  await refusal(() => target.restart(), "Cannot start anew");
  await target.abandon();
});

Deno.test("StreamTarget hands copies on and waits for whoever takes them", async () => {
  const taken: Uint8Array[] = [];
  const slow = Promise.withResolvers<void>();
  const target = new StreamTarget((bytes) => {
    taken.push(bytes);
    return slow.promise;
  });
  await target.restart();
  const bytes = bytesOf("abc");
  let settled = false;
  const writing = target.write(bytes).then(() => settled = true);
  bytes.fill(0);
  await Promise.resolve();
  assertEquals(settled, false);
  slow.resolve();
  await writing;
  assertEquals([new TextDecoder().decode(taken[0]), target.size], ["abc", 3]);
  await assertRejects(() => target.restart(), SockeyeError, "Cannot start anew");
  await target.abandon();
});

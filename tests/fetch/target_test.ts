/** Which target is opened for a name, and what is found of an earlier run. */

import { assert, assertEquals } from "@std/assert";
import { noteOf, partOf } from "../../lib/fetch/part_file.ts";
import { findPart, openTarget, sizeOf } from "../../lib/fetch/target.ts";
import { readVersion } from "../../lib/http/range.ts";
import { has } from "../support/harness.ts";
import { Folder, FRESH, NOTE, refusal } from "./helpers.ts";
import { bytesOf } from "./server.ts";

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
  assertEquals(await findPart(NOTE.url, path), { path, offset: 1, version: readVersion(NOTE) });
  await Deno.writeTextFile(noteOf(path), JSON.stringify({ ...NOTE, total: 0 }));
  assertEquals(await findPart(NOTE.url, path), undefined, "more than the whole");
  await Deno.writeTextFile(partOf(path), "");
  assertEquals(await findPart(NOTE.url, path), undefined, "nothing to go on with");
});

Deno.test("sizeOf() knows files only", async () => {
  await using folder = await Folder.make({ a: "12345" });
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
  assertEquals(await folder.files(), { a: "old", b: "meanwhile", "b.part": "new" });
  await Deno.symlink("nowhere", folder.at("link"));
  await refusal(() => openTarget(folder.at("link"), options), 'link": it exists, and --no-clobber keeps it');
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

Deno.test("pipes are no part and no note", { ignore: !has("mkfifo") }, async () => {
  await using folder = await Folder.make();
  await new Deno.Command("mkfifo", { args: [folder.at("a.part"), folder.at("b.part.json")] }).output();
  await refusal(() => openTarget(folder.at("a"), FRESH), 'a.part": it is no file');
  await folder.put("b.part", "begin");
  assertEquals(await findPart(NOTE.url, folder.at("b")), undefined);
});

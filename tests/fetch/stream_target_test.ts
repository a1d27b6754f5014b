/** Standard output, devices, and files without read permission. */

import { assert, assertEquals } from "@std/assert";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { openTarget } from "../../lib/fetch/target.ts";
import { Folder, FRESH, NOTE } from "./helpers.ts";
import { bytesOf } from "./server.ts";
import { hasSmallDisk } from "./small_disk.ts";

Deno.test("/dev/null takes everything and stays a device", { ignore: Deno.build.os === "windows" }, async () => {
  const target = await openTarget("/dev/null", FRESH);
  await target.note?.(NOTE);
  await target.write(bytesOf("gone"));
  assertEquals(target.size, 4);
  await target.commit();
  assert((await Deno.stat("/dev/null")).isCharDevice);
});

Deno.test("a device that has taken nothing yet can start again", { ignore: Deno.build.os === "windows" }, async () => {
  const target = await openTarget("/dev/null", FRESH);
  assertEquals(target.passesOn, true);
  await target.restart();
  await target.write(bytesOf("x"));
  await target.abandon();
});

Deno.test("StreamTarget tells its consumer that the bytes have ended, also early", async () => {
  for (const how of ["commit", "abandon"] as const) {
    let ends = 0;
    await new StreamTarget(() => {}, () => void ends++)[how]();
    assertEquals(ends, 1, how);
  }
});

Deno.test("StreamTarget hands copies on and waits for their consumer", async () => {
  const taken: Uint8Array[] = [];
  const slow = Promise.withResolvers<void>();
  const target = new StreamTarget((bytes) => {
    taken.push(bytes);
    return slow.promise;
  });
  const bytes = bytesOf("abc");
  let settled = false;
  const writing = target.write(bytes).then(() => settled = true);
  bytes.fill(0);
  await Promise.resolve();
  assertEquals(settled, false);
  slow.resolve();
  await writing;
  assertEquals([new TextDecoder().decode(taken[0]), target.size], ["abc", 3]);
  assertEquals(target.passesOn, true);
  await target.abandon();
});

const ROOT = new URL("../../", import.meta.url);

/**
 * Runs code that has `openTarget`, in a folder that it may write and not read; every line that it prints is JSON.
 * Permissions can only be taken away from a process, so each test starts one of its own.
 */
async function linesIn(folder: Folder, code: string, via = `exec "$@"`): Promise<unknown[]> {
  const source = `
    import { openTarget } from "${new URL("lib/fetch/target.ts", ROOT)}";
    const write = (target, text) => target.write(new TextEncoder().encode(text));
    const tell = (value) => console.log(JSON.stringify(value));
    const failure = (work) => work().then(() => null, ({ kind, message }) => kind + ": " + message);
    const open = (name, keepExisting = undefined) => openTarget(name, { keep: false, keepExisting });
    ${code}`;
  const child = new Deno.Command("sh", {
    args: ["-c", via, "sh", Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock", "--allow-write=.", "-"],
    cwd: folder.path,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(source));
  await stdin.close();
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** What code does to the files of a folder that it may not read, and what it prints. */
type Files = Record<string, string>;
type Unreadable = { what: string; before?: Files; links?: Files; code: string; prints: unknown; after?: Files };

const UNREADABLE: Unreadable[] = [{
  what: "NAME is written when the body is complete",
  before: { a: "something old and long" },
  code: `
    const target = await open("a");
    await write(target, "gone");
    await target.restart();
    await write(target, "new ");
    await target.note?.({ url: "u", validator: "v" });
    await write(target, "text");
    await target.commit();
    tell(target.size);`,
  prints: 8,
  after: { a: "new text" },
}, {
  what: "a body that is cut off is kept beside NAME, without the note of another one",
  before: { a: "old", "a.part": "long ago", "a.part.json": "{}" },
  code: `
    const target = await open("a");
    await write(target, "new");
    tell(await target.abandon());`,
  prints: true,
  after: { a: "old", "a.part": "new" },
}, {
  what: "noClobber keeps a NAME that is there",
  before: { a: "old" },
  code: `
    const target = await open("a", "--no-clobber keeps it");
    await write(target, "new");
    tell((await failure(() => target.commit())).split(":")[0]);
    await target.abandon();`,
  prints: "file",
  after: { a: "old", "a.part": "new" },
}, {
  what: "64 MiB are the limit, and the message says what to add",
  code: `
    const target = await open("a");
    const piece = new Uint8Array(32 * 1024 * 1024);
    await target.write(piece);
    await target.write(piece);
    tell(await failure(() => target.write(piece.subarray(0, 1))));
    await target.abandon();
    await Deno.remove("a.part");`,
  prints: "permission: Cannot save more than 64 MiB safely: add --allow-read to deno run, before main.ts",
}, {
  what: "a folder that may not be written is told with the flag to add",
  code: `tell(await failure(() => open("/nowhere/a")));`,
  prints:
    'permission: Cannot write "/nowhere/a": the permission is missing; add --allow-write to deno run, before main.ts',
}, {
  what: "a link at NAME that leads nowhere is replaced and not followed",
  code: `
    for (const name of ["a", "b"]) {
      const target = await open(name);
      await write(target, "new");
      await target.commit();
    }
    tell((await failure(async () => {
      const target = await open("c", "--no-clobber keeps it");
      await target.commit().finally(() => target.abandon());
    })));
    await Deno.remove("c");`,
  links: { a: "nowhere", b: "no/where", c: "nowhere" },
  prints: 'file: Cannot write "c": it exists, and --no-clobber keeps it',
  after: { a: "new", b: "new" },
}, {
  what: "a link at the part's name is not followed, and one at NAME is",
  before: { victim: "mine", real: "old" },
  code: `
    const target = await open("a");
    await write(target, "new");
    await target.commit();
    tell(target.size);`,
  links: { "a.part": "victim", a: "real" },
  prints: 3,
  after: { victim: "mine", real: "new", a: "new" },
}, {
  what: "a link to nowhere at the part's name makes no file there",
  code: `
    const target = await open("a");
    await write(target, "new");
    tell(await target.abandon());`,
  links: { "a.part": "nowhere" },
  prints: true,
  after: { "a.part": "new" },
}, {
  what: "a part that cannot be opened is named as well",
  code: `
    await Deno.mkdir("a.part");
    tell(await failure(() => open("a")));
    await Deno.remove("a.part");`,
  prints: 'file: Cannot write "a.part": Is a directory',
}];

for (const { what, before, links = {}, code, prints, after = {} } of UNREADABLE) {
  Deno.test(`without read permission ${what}`, async () => {
    await using folder = await Folder.make(before);
    for (const [name, to] of Object.entries(links)) await Deno.symlink(to, folder.at(name));
    assertEquals(await linesIn(folder, code), [prints]);
    assertEquals(await folder.files(), after);
  });
}

/** A small disk that only the started processes see. */
const SMALL_DISK = `exec unshare -rm sh -c '
  mount -t tmpfs -o size=1m sockeye small && head -c 100000 /dev/zero >small/a && "$@" && wc -c <small/a
  wc -c <small/a.part || echo 0' sh "$@"`;

Deno.test(
  "without read permission a disk that is too full for NAME leaves the old bytes or the new ones in the part",
  { ignore: !hasSmallDisk },
  async () => {
    await using folder = await Folder.make();
    await Deno.mkdir(folder.at("small"));
    const code = `
      const target = await open("small/a");
      await target.write(new Uint8Array(600_000));
      tell(await failure(() => target.commit()));
      await target.abandon();`;
    const [failure, name, part] = await linesIn(folder, code, SMALL_DISK) as [string | null, number, number];
    assertEquals(failure?.split(":")[0], "file", "there is no room for part and NAME");
    assert(name === 100_000 || part === 600_000, `NAME has ${name} bytes and the part has ${part}`);
  },
);

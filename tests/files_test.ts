import { writeAll } from "../lib/bytes.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../lib/errors.ts";
import { isSameFile, readBytes, readText, withFileErrors } from "../lib/files.ts";
import { Folder } from "./fetch/helpers.ts";

/** How a failure of a file operation is told. */
async function failure(operate: () => Promise<unknown>): Promise<SockeyeError> {
  return await assertRejects(() => withFileErrors("do it", operate), SockeyeError);
}

/** How a failure is told that throws this. */
async function tellingOf(cause: unknown): Promise<[string, string]> {
  const error = await failure(() => Promise.reject(cause));
  assertStrictEquals(error.cause, cause);
  return [error.kind, error.message];
}

Deno.test("withFileErrors() gives what the operation gives", async () => {
  assertEquals(await withFileErrors("do it", () => Promise.resolve(7)), 7);
});

Deno.test("withFileErrors() tells the state that the system names, without its number and what Deno adds", async () => {
  const cases: [string, string][] = [
    ["No space left on device (os error 28)", "No space left on device"],
    ["No such file or directory (os error 2): open '/a (os error 1) b'", "No such file or directory"],
    ["Too odd (for us)", "Too odd (for us)"],
    ["first line\nsecond line", "first line"],
  ];
  for (const [message, state] of cases) {
    assertEquals(await tellingOf(new Error(message)), ["file", `Cannot do it: ${state}`]);
  }
  assertEquals(await tellingOf("text"), ["file", "Cannot do it: text"]);
});

Deno.test("withFileErrors() tells what an operation throws before it gives a promise", async () => {
  const error = await failure(() => {
    throw new TypeError("at once");
  });
  assertEquals([error.kind, error.message], ["file", "Cannot do it: at once"]);
});

Deno.test("withFileErrors() leaves a SockeyeError as it is", async () => {
  const own = new SockeyeError("timeout", "Not done after 5 s");
  assertStrictEquals(await failure(() => Promise.reject(own)), own);
});

Deno.test({
  name: "withFileErrors() names the flag for a permission that is missing",
  permissions: { write: false },
  fn: async () => {
    const error = await failure(() => Deno.open("a.log", { append: true, create: true }));
    const message = "Cannot do it: the permission is missing; add --allow-write to deno run, before main.ts";
    assertEquals([error.kind, error.message], ["permission", message]);
  },
});

const GUARDED = "files below /dev, /proc and /sys need --allow-all; " +
  "pipe standard input or output instead (fetch: -d @-, -o -)";

Deno.test({
  name: "withFileErrors() and readBytes() say what to do where Deno asks for everything",
  ignore: Deno.build.os !== "linux",
  permissions: { read: true, write: true },
  fn: async () => {
    const error = await failure(() => Deno.open("/dev/full", { write: true }));
    assertEquals([error.kind, error.message], ["permission", `Cannot do it: ${GUARDED}`]);
    const unread = await assertRejects(() => readBytes("/dev/stdin"), SockeyeError);
    assertEquals([unread.kind, unread.message], ["permission", `Cannot read "/dev/stdin": ${GUARDED}`]);
  },
});

Deno.test("readText() keeps characters whole, and reads no file that is too large to be meant", async () => {
  await using folder = await Folder.make();
  const text = "证".repeat(4 * 1024 * 1024 / 3);
  const path = await folder.put("file", text);
  assert(await readText(path) === text);
  await Deno.writeTextFile(path, "more", { append: true });
  const error = await assertRejects(() => readText(path), SockeyeError);
  assertEquals([error.kind, error.message], ["file", `Cannot read ${JSON.stringify(path)}: it has more than 4 MiB`]);
});

Deno.test("writeAll() writes what the system takes in parts", async () => {
  await using folder = await Folder.make();
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => at);
  {
    using file = await Deno.create(folder.at("a"));
    const sizes: number[] = [];
    const write = file.write.bind(file);
    file.write = (part) => write(part.subarray(0, sizes.push(part.length) * 100));
    await writeAll(file, bytes);
    assertEquals(sizes, [1000, 900, 700, 400]);
  }
  assertEquals(await Deno.readFile(folder.at("a")), bytes);
});

Deno.test("writeAll() asks nothing of the system for no bytes", async () => {
  await using folder = await Folder.make();
  using file = await Deno.create(folder.at("a"));
  file.write = () => {
    throw new Error("asked");
  };
  await writeAll(file, new Uint8Array());
});

Deno.test("writeAll() throws what the system throws, in the middle too", async () => {
  await using folder = await Folder.make();
  using file = await Deno.create(folder.at("a"));
  const full = new Error("No space left on device (os error 28)");
  let room = 3;
  file.write = (part) => {
    if (room === 0) return Promise.reject(full);
    const count = Math.min(part.length, room);
    room -= count;
    return Promise.resolve(count);
  };
  assertStrictEquals(await assertRejects(() => writeAll(file, new Uint8Array(5))), full);
});

Deno.test("isSameFile() knows a file by whatever path or link, also one that is not there yet", async () => {
  await using folder = await Folder.make();
  await Deno.mkdir(folder.at("sub"));
  await folder.put("file", "x");
  await Deno.link(folder.at("file"), folder.at("hard"));
  if (Deno.build.os !== "windows") {
    await Deno.symlink("file", folder.at("soft"));
    await Deno.symlink("sub", folder.at("way"));
  }
  const links = Deno.build.os === "windows" ? [] : [["file", "soft"], ["sub/new", "way/new"], ["hard", "soft"]];
  for (const [one = "", other = ""] of [["file", "./file"], ["new", "sub/../new"], ["file", "hard"], ...links]) {
    assertEquals(await isSameFile(folder.at(one), folder.at(other)), true, `${one} ${other}`);
  }
  for (const [one = "", other = ""] of [["file", "new"], ["new", "sub/new"], ["nowhere/new", "nowhere/old"]]) {
    assertEquals(await isSameFile(folder.at(one), folder.at(other)), false, `${one} ${other}`);
  }
});

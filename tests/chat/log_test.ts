import { assert, assertEquals, assertRejects } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { type ErrorKind, SockeyeError } from "../../lib/errors.ts";
import { Log } from "../../lib/chat/log.ts";
import { noSpace } from "../cli/helpers.ts";
import { Folder } from "../fetch/helpers.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { isSettled, turn } from "../support/clock.ts";
import { tool } from "../support/harness.ts";
import { textOf } from "../support/net.ts";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

/** Characters that may wait. */
const LIMIT = 16 * 1024 * 1024;

/** The lines of a log without their times; one that has none, or no end, is told whole. */
function untimed(text: string): string[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.map((line) => TIME.test(line) && line.endsWith("\n") ? line.replace(TIME, "").slice(0, -1) : `?${line}`);
}

function open(path: string): Promise<Log> {
  return Log.open(path, () => {});
}

/** All open files write to this disk, in memory, until it is disposed of. */
class FakeDisk implements Disposable {
  /** What each write took. */
  readonly writes: Uint8Array[] = [];
  /** The most bytes that one write takes. */
  most = Infinity;
  /** Bytes that it still has room for; a write that finds none fails. */
  room = Infinity;
  readonly #write = Deno.FsFile.prototype.write;
  #gate: Promise<void> | undefined;

  constructor() {
    Deno.FsFile.prototype.write = async (bytes) => {
      await this.#gate;
      if (this.room === 0) throw noSpace();
      const taken = bytes.slice(0, Math.min(this.most, this.room));
      this.room -= taken.length;
      this.writes.push(taken);
      return taken.length;
    };
  }

  get text(): string {
    return textOf(concat(this.writes));
  }

  /** Stalls every write until the returned function is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  [Symbol.dispose](): void {
    Deno.FsFile.prototype.write = this.#write;
  }
}

/** A log on a disk in memory. */
interface OnFakeDisk {
  readonly disk: FakeDisk;
  readonly log: Log;
  readonly told: string[];
  /** What is told when lines are lost. */
  lost(why: string): string;
  /** Adds lines, each in a turn of its own. */
  say(...texts: string[]): Promise<void>;
}

/** A test of a log on a disk in memory, which is disposed of at the end. */
function onFakeDisk(name: string, test: (given: OnFakeDisk) => Promise<void>): void {
  Deno.test(name, async () => {
    await using folder = await Folder.make();
    using disk = new FakeDisk();
    const told: string[] = [];
    await using log = await Log.open(folder.at("a.log"), (message) => told.push(message));
    const lost = (why: string) => `Cannot write "${folder.at("a.log")}": ${why}; lines are missing in it`;
    const say = async (...texts: string[]) => {
      for (const text of texts) {
        log.add(text);
        await turn();
      }
    };
    await test({ disk, log, told, lost, say });
  });
}

Deno.test("Log writes each line with the time at which it was said", async () => {
  await using folder = await Folder.make();
  const before = new Date().toISOString();
  {
    await using log = await open(folder.at("a.log"));
    log.add("<user1> hello");
    log.add("");
    log.add("*** 你好 left");
  }
  const after = new Date().toISOString();
  const text = await Deno.readTextFile(folder.at("a.log"));
  assertEquals(untimed(text), ["<user1> hello", "", "*** 你好 left"]);
  for (const line of text.trimEnd().split("\n")) {
    const [time = ""] = line.split(" ");
    assert(before <= time && time <= after, line);
  }
});

Deno.test("Log makes its file before anything is said", async () => {
  await using folder = await Folder.make();
  await using _log = await open(folder.at("a.log"));
  assertEquals(await folder.get("a.log"), "");
});

Deno.test("Log writes behind what somebody else appends meanwhile", async () => {
  await using folder = await Folder.make();
  {
    await using one = await open(folder.at("a.log"));
    {
      await using other = await open(folder.at("a.log"));
      other.add("other");
    }
    one.add("one");
  }
  assertEquals(untimed(await Deno.readTextFile(folder.at("a.log"))), ["other", "one"]);
});

onFakeDisk("Log joins what is said in one turn, and what is said during a write", async ({ disk, log, told, say }) => {
  const release = disk.stall();
  log.add("a");
  await say("b");
  for (const text of ["c", "d"]) log.add(text);
  await say("e", "f");
  release();
  await turn();
  assertEquals(disk.writes.map((bytes) => untimed(textOf(bytes))), [["a", "b"], ["c", "d", "e", "f"]]);
  assertEquals(told, []);
});

onFakeDisk("Log finishes a write that the system takes in parts", async ({ disk, log, told, say }) => {
  disk.most = 3;
  log.add("<user1> hello");
  await say("<user2> 你好");
  assertEquals(disk.writes.filter((part) => part.length > 3), []);
  assertEquals([untimed(disk.text), told], [["<user1> hello", "<user2> 你好"], []]);
});

Deno.test("Log that is disposed of writes what waits", async () => {
  await using folder = await Folder.make();
  using disk = new FakeDisk();
  const release = disk.stall();
  const log = await open(folder.at("a.log"));
  log.add("a");
  await turn();
  log.add("b");
  const disposed = log[Symbol.asyncDispose]();
  log.add("c");
  assertEquals(await isSettled(disposed), false);
  release();
  await disposed;
  assertEquals(untimed(disk.text), ["a", "b", "c"]);
});

onFakeDisk("Log tells a disk that is full once until it works again", async ({ disk, told, lost, say }) => {
  const full = lost("No space left on device");
  disk.room = 0;
  await say("a", "b", "c");
  assertEquals(told, [full]);
  disk.room = Infinity;
  await say("d", "e");
  assertEquals([told, untimed(disk.text)], [[full], ["d", "e"]]);
  disk.room = 0;
  await say("f", "g");
  assertEquals(told, [full, full]);
});

onFakeDisk("Log begins a line of its own behind one that the full disk cut", async ({ disk, say }) => {
  await say("whole");
  disk.room = 10;
  await say("cut");
  disk.room = Infinity;
  await say("whole again");
  const lines = untimed(disk.text);
  assertEquals([lines[0], lines.at(-1)], ["whole", "whole again"]);
});

onFakeDisk(
  "Log loses lines rather than let too many wait, and tells it once",
  async ({ disk, log, told, lost, say }) => {
    const release = disk.stall();
    await say("being written");
    log.add("x".repeat(LIMIT)); // A line may come as long as the limit is not reached.
    for (let i = 0; i < 3; i++) log.add("lost");
    const slow = lost("it takes too long");
    assertEquals(told, [slow]);
    release();
    await turn();
    await say("after");
    assertEquals(untimed(disk.text).map((text) => text.slice(0, 20)), ["being written", "x".repeat(20), "after"]);
    assertEquals(told, [slow]);
  },
);

onFakeDisk(
  "Log tells again that too much waits when it did write meanwhile",
  async ({ disk, log, told, lost, say }) => {
    for (let i = 0; i < 2; i++) {
      log.add("x".repeat(LIMIT));
      await say("lost");
    }
    assertEquals(told, Array(2).fill(lost("it takes too long")));
    assertEquals(disk.writes.length, 2);
  },
);

async function refusal(path: string): Promise<[ErrorKind, string]> {
  const error = await assertRejects(() => open(path), SockeyeError);
  assert(error.cause instanceof Error);
  return [error.kind, error.message];
}

Deno.test("Log.open() tells what stands in the way of the file", async () => {
  await using folder = await Folder.make();
  const missing = folder.at("missing/a.log");
  assertEquals(await refusal(missing), ["file", `Cannot write "${missing}": No such file or directory`]);
  assertEquals(await refusal(folder.path), ["file", `Cannot write "${folder.path}": Is a directory`]);
});

Deno.test({
  name: "Log.open() names the permission that is missing",
  permissions: { write: false },
  fn: async () => {
    const message = 'Cannot write "a.log": the permission is missing; add --allow-write to deno run, before main.ts';
    assertEquals(await refusal("a.log"), ["permission", message]);
  },
});

Deno.test({
  name: "Log goes on when there is room on its disk again",
  ignore: !hasSmallDisk,
  fn: async () => {
    // The process must wait for the disk as the program never does: a failure and a write that works can both be seen.
    const source = `
      import { Log } from "${new URL("../../lib/chat/log.ts", import.meta.url)}";
      let failed;
      const log = await Log.open("/mnt/a.log", (message) => (console.log(message), failed.resolve()));
      const full = async () => {
        failed = Promise.withResolvers();
        log.add("x".repeat(2_000_000));
        await failed.promise;
        await Deno.remove("/mnt/filler").catch(() => {});
        await Deno.truncate("/mnt/a.log");
      };
      await Deno.writeTextFile("/mnt/filler", "x".repeat(200_000));
      await full();
      log.add("written");
      while (!/written\\n$/.test(await Deno.readTextFile("/mnt/a.log")));
      await full();
      await log[Symbol.asyncDispose]();`;
    const via = `exec unshare -rm sh -c 'mount -t tmpfs -o size=1m sockeye /mnt && exec "$@"' sh "$@"`;
    const args = ["run", "--quiet", "--no-lock", "--allow-all", "-"];
    await using child = tool(Deno.execPath(), args, { via, stdin: { content: source } });
    const message = 'Cannot write "/mnt/a.log": No space left on device; lines are missing in it\n';
    assertEquals((await child.ends(0)).stdout, message.repeat(2));
  },
});

Deno.test("Log.reopen() loses no line and cuts none, whatever is being written", async () => {
  await using folder = await Folder.make();
  const [path, moved] = [folder.at("a.log"), folder.at("a.log.1")];
  const texts = Array.from({ length: 200 }, (_, i) => `line ${i}`);
  {
    await using log = await open(path);
    for (const [i, text] of texts.entries()) {
      if (i === 100) await Deno.rename(path, moved);
      log.add(text);
      if (i % 10 === 0) await turn();
      if (i === 100) await log.reopen();
    }
  }
  const [before, after] = [untimed(await Deno.readTextFile(moved)), untimed(await Deno.readTextFile(path))];
  assertEquals([...before, ...after], texts);
  assert(before.length >= 100 && after.length > 50, `${before.length} and ${after.length}`);
});

Deno.test("Log.reopen() after the end opens nothing", async () => {
  await using folder = await Folder.make();
  const log = await open(folder.at("a.log"));
  log.add("x");
  const reopened = log.reopen();
  await log[Symbol.asyncDispose]();
  await reopened;
});

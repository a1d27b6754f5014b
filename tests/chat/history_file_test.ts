import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SockeyeError } from "../../lib/errors.ts";
import { HistoryFile } from "../../lib/chat/history_file.ts";
import { FakeClock } from "../support/clock.ts";

/** A test with a folder of its own. */
function inFolder(name: string, test: (folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await test(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const fail = (message: string) => assert(false, message);

/** What is in the file, as another program reads it. */
function read(path: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare("SELECT text FROM line ORDER BY id").all().map(({ text }) => text);
  } finally {
    database.close();
  }
}

inFolder("HistoryFile gives back what was added, also after it was closed", async (folder) => {
  const path = `${folder}/room.db`;
  {
    using file = await HistoryFile.open(path, fail);
    assertEquals(file.last(10), []);
    file.add(["one", "你好"]);
    file.add(["", "four"]);
  }
  using file = await HistoryFile.open(path, fail);
  assertEquals(file.last(10), ["one", "你好", "", "four"]);
  assertEquals(file.last(2), ["", "four"]);
});

inFolder("HistoryFile keeps so many lines", async (folder) => {
  const path = `${folder}/room.db`;
  {
    using file = await HistoryFile.open(path, fail, 3);
    for (const line of ["1", "2", "3", "4", "5"]) file.add([line]);
  }
  {
    using file = await HistoryFile.open(path, fail, 3);
    assertEquals(file.last(10), ["3", "4", "5"]);
    file.add(["6"]);
  }
  assertEquals(read(path), ["4", "5", "6"]);
});

inFolder("HistoryFile writes together what was said within half a second", async (folder) => {
  using clock = new FakeClock();
  const path = `${folder}/room.db`;
  using file = await HistoryFile.open(path, fail);
  file.add(["one"]);
  await clock.advance(300);
  file.add(["two"]);
  assertEquals([file.last(9), clock.pending], [[], 1]);
  await clock.advance(200);
  assertEquals([file.last(9), clock.pending], [["one", "two"], 0]);
});

inFolder("HistoryFile does not keep much in memory", async (folder) => {
  using file = await HistoryFile.open(`${folder}/room.db`, fail);
  file.add(["x".repeat(4 * 1024 * 1024), "y"]);
  assertEquals(file.last(1), ["y"]);
});

inFolder("HistoryFile is safe for a terminal whoever wrote it", async (folder) => {
  const path = `${folder}/room.db`;
  (await HistoryFile.open(path, fail))[Symbol.dispose]();
  const database = new DatabaseSync(path);
  database.prepare("INSERT INTO line (at, text) VALUES (0, ?)").run("\x1b[2J\n*** forged");
  database.close();
  using file = await HistoryFile.open(path, fail);
  assertEquals(file.last(1), ["\\x1b[2J\\n*** forged"]);
});

inFolder("HistoryFile.open() takes an empty file, and no file that is something else", async (folder) => {
  const path = `${folder}/room.db`;
  await Deno.writeTextFile(path, "");
  (await HistoryFile.open(path, fail))[Symbol.dispose]();
  const refused = async (path: string, state: string) => {
    const error = await assertRejects(() => HistoryFile.open(path, fail), SockeyeError);
    assertEquals([error.kind, error.message], ["file", `Cannot keep the history in "${path}": ${state}`]);
  };
  await Deno.writeTextFile(`${folder}/text`, "these are no lines of a chat, and no database\n".repeat(10));
  await refused(`${folder}/text`, "it is no history");
  assertEquals((await Deno.stat(`${folder}/text`)).size, 460);
  const other = new DatabaseSync(`${folder}/other.db`);
  other.exec("CREATE TABLE line (id INTEGER PRIMARY KEY)");
  other.close();
  await refused(`${folder}/other.db`, "it is no history");
  const later = new DatabaseSync(path);
  later.exec("PRAGMA user_version=2");
  later.close();
  await refused(path, "another version of sockeye wrote it");
  await refused(folder, "it cannot be opened");
  await refused(`${folder}/none/room.db`, "it cannot be opened");
});

inFolder("HistoryFile.open() finds damage", async (folder) => {
  const path = `${folder}/room.db`;
  {
    using file = await HistoryFile.open(path, fail);
    file.add(Array.from({ length: 2000 }, (_, i) => `line ${i}`));
  }
  using file = await Deno.open(path, { write: true });
  await file.seek(4096 * 3, Deno.SeekMode.Start);
  await file.write(new Uint8Array(4096).fill(0x55));
  const error = await assertRejects(() => HistoryFile.open(path, fail), SockeyeError);
  assertEquals([error.kind, error.message], ["file", `Cannot keep the history in "${path}": it is damaged`]);
});

inFolder("HistoryFile.open() leaves a file alone that is open elsewhere", async (folder) => {
  const path = `${folder}/room.db`;
  using file = await HistoryFile.open(path, fail);
  file.add(["one"]);
  const error = await assertRejects(() => HistoryFile.open(path, fail), SockeyeError);
  assertEquals(
    [error.kind, error.message],
    ["file", `Cannot keep the history in "${path}": another server has it open`],
  );
});

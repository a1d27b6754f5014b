import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { SockeyeError } from "../../lib/errors.ts";
import { linesOf, type RoomEvent } from "../../lib/chat/events.ts";
import type { StoredEvent } from "../../lib/chat/history.ts";
import { HistoryFile } from "../../lib/chat/history_file.ts";
import { Folder } from "../fetch/helpers.ts";
import { FakeClock } from "../support/clock.ts";

/** A test with a folder of its own, and a file in it that is not there yet. */
function inFolder(name: string, test: (path: string, folder: string) => Promise<void>): void {
  Deno.test(name, async () => {
    await using folder = await Folder.make();
    await test(folder.at("room.db"), folder.path);
  });
}

const fail = (message: string) => assert(false, message);

/** A file that is not taken. */
async function refused(path: string, state: string): Promise<void> {
  const error = await assertRejects(() => HistoryFile.open(path, fail), SockeyeError);
  assertEquals([error.kind, error.message], ["file", `Cannot keep the history in "${path}": ${state}`]);
}

/** The rows of a file, as another program reads them. */
function read(path: string, columns = "text"): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(`SELECT ${columns} FROM line ORDER BY id`).all().map((row) => Object.values(row).join("|"));
  } finally {
    database.close();
  }
}

/** A file as an older version wrote it: only the text of each line. */
function writeOld(path: string, ...lines: string[]): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA application_id=${0x736f636b}; PRAGMA user_version=1;
    CREATE TABLE line (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL)`);
  const insert = database.prepare("INSERT INTO line (at, text) VALUES (?, ?)");
  lines.forEach((text, at) => insert.run(1_000 + at, text));
  database.close();
}

/** Lines of Ann; the first was said at the time 1. */
function say(...texts: string[]): StoredEvent[] {
  return texts.map((text, at) => ({ t: at + 1, event: { kind: "say", name: "Ann", text } }));
}

async function add(path: string, events: StoredEvent[], max?: number): Promise<void> {
  using file = await HistoryFile.open(path, fail, max);
  file.add(events);
}

function textsOf(file: HistoryFile, count = 10): string[] {
  return file.last(count).map(({ event }) => "text" in event ? event.text ?? "" : "");
}

inFolder("HistoryFile gives back what was added, with its times, also after it was closed", async (path) => {
  const events: StoredEvent[] = [
    { t: 1_790_000_000_123, event: { kind: "say", name: "Ann", text: "one" } },
    { t: 1_790_000_000_123, event: { kind: "act", name: "小明", text: "你好" } },
    { t: 1_790_000_000_456, event: { kind: "say", name: "Ann", text: "" } },
    { t: 1_790_000_000_789, event: { kind: "say", name: "Bob", text: "<Ann> \t four" } },
  ];
  {
    using file = await HistoryFile.open(path, fail);
    assertEquals(file.last(10), []);
    file.add(events.slice(0, 2));
    file.add(events.slice(2));
  }
  using file = await HistoryFile.open(path, fail);
  assertEquals(file.last(10), events);
  assertEquals(file.last(2), events.slice(2));
});

inFolder("HistoryFile has each event as a line for other programs", async (path) => {
  await add(path, [...say("hi"), { t: 7, event: { kind: "act", name: "Bob", text: "waves" } }]);
  assertEquals(read(path, "at, text, kind, name, body"), ["1|<Ann> hi|say|Ann|hi", "7|* Bob waves|act|Bob|waves"]);
});

inFolder("HistoryFile continues a file of an older version, whose lines are but texts", async (path) => {
  writeOld(path, "<Ann> one", "* Bob waves", "*** forged\x1b[2J");
  const old: StoredEvent[] = ["<Ann> one", "* Bob waves", "*** forged\x1b[2J"].map((text, at) => {
    return { t: 1_000 + at, event: { kind: "line", text } };
  });
  {
    using file = await HistoryFile.open(path, fail);
    assertEquals(file.last(10), old);
    file.add(say("two"));
  }
  {
    using file = await HistoryFile.open(path, fail, 3);
    assertEquals(file.last(10), [...old, ...say("two")]);
    file.add(say("three"));
  }
  assertEquals(read(path), ["*** forged\x1b[2J", "<Ann> two", "<Ann> three"]);
});

inFolder("HistoryFile can be continued by an older version, and then by this one", async (path) => {
  for (const text of ["one", "three"]) {
    await add(path, say(text));
    const older = new DatabaseSync(path);
    older.prepare("INSERT INTO line (at, text) VALUES (?, ?)").run(5, "<Bob> two");
    older.close();
  }
  using file = await HistoryFile.open(path, fail);
  const line: StoredEvent = { t: 5, event: { kind: "line", text: "<Bob> two" } };
  assertEquals(file.last(10), [...say("one"), line, ...say("three"), line]);
});

inFolder("HistoryFile gives back a row that is not complete as its line", async (path) => {
  await add(path, []);
  const database = new DatabaseSync(path);
  const insert = database.prepare("INSERT INTO line (at, text, kind, name, body) VALUES (0, ?, ?, ?, ?)");
  insert.run("<Ann> a", "say", null, "a");
  insert.run("<Ann> b", "act", "Ann", null);
  insert.run("<Ann> c", "shout", "Ann", "c");
  database.close();
  using file = await HistoryFile.open(path, fail);
  const lines = ["<Ann> a", "<Ann> b", "<Ann> c"].map((text): RoomEvent => ({ kind: "line", text }));
  assertEquals(file.last(10).map(({ event }) => event), lines);
});

inFolder("HistoryFile keeps the number of lines that it is given", async (path) => {
  {
    using file = await HistoryFile.open(path, fail, 3);
    for (const line of ["1", "2", "3", "4", "5"]) file.add(say(line));
  }
  {
    using file = await HistoryFile.open(path, fail, 3);
    assertEquals(textsOf(file), ["3", "4", "5"]);
    file.add(say("6"));
  }
  assertEquals(read(path), ["<Ann> 4", "<Ann> 5", "<Ann> 6"]);
});

inFolder("HistoryFile writes together what was said within half a second", async (path) => {
  using clock = new FakeClock();
  using file = await HistoryFile.open(path, fail);
  file.add(say("one"));
  await clock.advance(300);
  file.add(say("two"));
  assertEquals([file.last(9), clock.pending], [[], 1]);
  await clock.advance(200);
  assertEquals([textsOf(file), clock.pending], [["one", "two"], 0]);
});

inFolder("HistoryFile.before() gives what was said up to a time, without what is there already", async (path) => {
  using file = await HistoryFile.open(path, fail);
  file.add(say("one", "two", "three").map((one) => ({ ...one, t: one.t < 3 ? 1 : 3 })));
  file.add([{ t: 4, event: { kind: "say", name: "Ann", text: "four\nlines" } }]);
  const before = (t: number, skip: number, count = 10) =>
    file.before(t, skip, count).map(({ t, event }) => `${t} ${"text" in event ? event.text : ""}`);
  assertEquals(before(9, 0), ["1 one", "1 two", "3 three", "4 four\nlines"]);
  assertEquals(before(3, 1), ["1 one", "1 two"]);
  assertEquals(before(1, 1), ["1 one"]);
  assertEquals([before(9, 1, 1), before(1, 2), before(0, 0)], [["3 three"], [], []]);
});

inFolder("HistoryFile does not keep much in memory", async (path) => {
  using file = await HistoryFile.open(path, fail);
  file.add(say("x".repeat(4 * 1024 * 1024), "y"));
  assertEquals(textsOf(file, 1), ["y"]);
});

inFolder("HistoryFile has one line in each event, whatever wrote it", async (path) => {
  await add(path, []);
  const database = new DatabaseSync(path);
  const forged = "\x1b[2J\n*** forged";
  database.prepare("INSERT INTO line (at, text) VALUES (0, ?)").run(forged);
  database.prepare("INSERT INTO line (at, text, kind, name, body) VALUES (0, '', 'say', ?, ?)").run(forged, forged);
  database.close();
  using file = await HistoryFile.open(path, fail);
  const text = "\x1b[2J\\n*** forged";
  assertEquals(file.last(2).map(({ event }) => event), [{ kind: "line", text }, {
    kind: "say",
    name: text,
    text: forged,
  }]);
  const safe = "\\x1b[2J\\n*** forged";
  assertEquals(file.last(2).flatMap(({ event }) => linesOf(event)), [
    safe,
    `<${safe}> \\x1b[2J`,
    `<${safe}> *** forged`,
  ]);
});

inFolder("HistoryFile.open() takes an empty file, and no file that is something else", async (path, folder) => {
  await Deno.writeTextFile(path, "");
  await add(path, []);
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
  await refused(folder, "it is a folder");
  await refused(`${folder}/none/room.db`, "it cannot be opened");
});

inFolder("HistoryFile.open() finds damage", async (path) => {
  await add(path, say(...Array.from({ length: 2000 }, (_, i) => `line ${i}`)));
  using file = await Deno.open(path, { write: true });
  await file.seek(4096 * 3, Deno.SeekMode.Start);
  await file.write(new Uint8Array(4096).fill(0x55));
  await refused(path, "it is damaged");
});

inFolder("HistoryFile.open() leaves a file alone that is open elsewhere", async (path) => {
  using file = await HistoryFile.open(path, fail);
  file.add(say("one"));
  await refused(path, "another server has it open");
});

for (const suffix of ["-journal", "-wal"]) {
  inFolder(`a link at the name of the file with ${suffix} is not followed`, async (path, folder) => {
    await Deno.writeTextFile(`${folder}/victim`, "mine");
    await Deno.symlink("victim", `${path}${suffix}`);
    await add(path, say("one"));
    assertEquals([await Deno.readTextFile(`${folder}/victim`), read(path)], ["mine", ["<Ann> one"]]);
  });
}

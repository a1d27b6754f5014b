/**
 * What was said in a room, in a file that outlives the server: an SQLite database with one table. A call of the database
 * blocks the server, so lines are written in batches; a process that is killed loses only the last batch.
 *
 * @module
 */

import { resolve } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { messageOf, SockeyeError } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { demand } from "../permissions.ts";
import { type Phrased, say } from "../phrase.ts";
import { lineOf, type RoomEvent } from "./events.ts";
import type { StoredEvent } from "./history.ts";
import { quote } from "../printable.ts";

/** Milliseconds that lines wait for others: less than the second that may be lost. */
const BATCH_MS = 500;

/** Characters that are written at once, without waiting for more. */
const BATCH_LIMIT = 4 * 1024 * 1024;

/** Lines that a file keeps by default. */
const LINES_MAX = 100_000;

/** In the head of the file, so that no other program's data are taken for ours: `sock`. */
const APPLICATION_ID = 0x736f636b;

/** The form of the table. */
const FORM = 1;

/** Columns that are null in lines of older versions, which had no more than the text. */
const LATER_COLUMNS = ["kind", "name", "body"];

/** What SQLite says, in words that follow the name of the file. */
const STATES: readonly (readonly [RegExp, string])[] = [
  [/ is locked$/, "another server has it open"],
  [/ readonly database$/, "it may not be written"],
  [/ is malformed$/, "it is damaged"],
  [/ is full$/, "the disk is full"],
  [/^unable to open /, "it cannot be opened"],
  [/ is not a database$/, "it is no history"],
];

/** Lines in a file. */
export class HistoryFile implements Disposable {
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  #waiting: StoredEvent[] = [];
  #length = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed = false;

  private constructor(
    readonly path: string,
    readonly database: DatabaseSync,
    max: number,
    readonly onFail: (message: string) => void,
  ) {
    this.#insert = database.prepare("INSERT INTO line (at, text, kind, name, body) VALUES (?, ?, ?, ?, ?)");
    this.#trim = database.prepare(`DELETE FROM line WHERE id <= (SELECT max(id) FROM line) - ${max}`);
  }

  /**
   * Opens a history, for one process at a time. `onFail` hears when lines are lost, once until lines are written again.
   *
   * @throws {SockeyeError} `permission`; `file` for one that is damaged, open elsewhere or no history
   */
  static async open(path: string, onFail: (message: string) => void, max: number = LINES_MAX): Promise<HistoryFile> {
    const doing = say("keep-history")`keep the history in ${quote(path)}`;
    demand("read", path, doing);
    demand("write", path, doing);
    await demandFile(path, doing);
    const { DatabaseSync } = await import("node:sqlite");
    let database: DatabaseSync | undefined;
    try {
      // SQLite gives some names, such as `:memory:`, a meaning of their own; an absolute path has none.
      database = new DatabaseSync(resolve(Deno.cwd(), path));
      prepare(database);
      return new HistoryFile(path, database, max, onFail);
    } catch (cause) {
      database?.close();
      throw new SockeyeError("file", `Cannot ${doing}: ${stateOf(cause)}`, { cause });
    }
  }

  /** The last events, the oldest first; each is one line, whatever wrote it. */
  last(count: number): readonly StoredEvent[] {
    const query = "SELECT at, text, kind, name, body FROM line ORDER BY id DESC LIMIT ?";
    return this.database.prepare(query).all(count).reverse().map(storedOf);
  }

  /** The events at or before a time, the oldest first, without the last `skip`; those that wait are written before. */
  before(t: number, skip: number, count: number): readonly StoredEvent[] {
    this.#write();
    const query = "SELECT at, text, kind, name, body FROM line WHERE at <= ? ORDER BY id DESC LIMIT ? OFFSET ?";
    return this.database.prepare(query).all(t, count, skip).reverse().map(storedOf);
  }

  /** Keeps events, which are written in the next batch. */
  add(events: readonly StoredEvent[]): void {
    this.#waiting.push(...events);
    for (const { event } of events) this.#length += lineOf(event).length;
    if (this.#length > BATCH_LIMIT) this.#write();
    else this.#timer ??= setTimeout(() => this.#write(), BATCH_MS);
  }

  /** Writes the queued lines and closes the file. */
  [Symbol.dispose](): void {
    this.#write();
    this.database.close();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#length = 0;
    if (lines.length === 0) return;
    try {
      this.database.exec("BEGIN");
      for (const { t, event } of lines) {
        const [name = null, text = null] = event.kind === "say" || event.kind === "act" ? [event.name, event.text] : [];
        this.#insert.run(t, lineOf(event), event.kind, name, text);
      }
      this.#trim.run();
      this.database.exec("COMMIT");
      this.#failed = false;
    } catch (error) {
      // SQLite may have done so itself.
      if (this.database.isTransaction) this.database.exec("ROLLBACK");
      if (!this.#failed) this.onFail(`Cannot write ${quote(this.path)}: ${stateOf(error)}; lines are missing in it`);
      this.#failed = true;
    }
  }
}

/**
 * SQLite blocks the process while it opens a file, so anything that is not a regular file, or is slow to respond, must
 * be found out before.
 */
async function demandFile(path: string, doing: Phrased): Promise<void> {
  const info = await withFileErrors(doing, () =>
    Deno.stat(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }));
  if (info && !info.isFile) {
    throw new SockeyeError("file", `Cannot ${doing}: it is ${info.isDirectory ? "a folder" : "no file"}`);
  }
}

/** Takes the file for this process alone, looks whether it is ours and whole, and makes the table. */
function prepare(database: DatabaseSync): void {
  const ask = (question: string) => Object.values(database.prepare(question).get() ?? {})[0];
  database.exec("PRAGMA locking_mode=EXCLUSIVE");
  const isNew = ask("SELECT count(*) FROM sqlite_master") === 0;
  if (!isNew && ask("PRAGMA application_id") !== APPLICATION_ID) throw new Error("it is no history");
  if (!isNew && ask("PRAGMA user_version") !== FORM) throw new Error("another version of sockeye wrote it");
  if (ask("PRAGMA quick_check(1)") !== "ok") throw new Error("it is damaged");
  // The log of changes is written at once and survives the process; the disk is asked to keep it only now and then.
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  database.exec(`BEGIN IMMEDIATE;
    PRAGMA application_id=${APPLICATION_ID};
    PRAGMA user_version=${FORM};
    CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL);
    COMMIT`);
  const columns = database.prepare("PRAGMA table_info(line)").all().map(({ name }) => name);
  for (const name of LATER_COLUMNS) {
    if (!columns.includes(name)) database.exec(`ALTER TABLE line ADD COLUMN ${name} TEXT`);
  }
}

function storedOf({ at, ...row }: Readonly<Record<string, unknown>>): StoredEvent {
  return { t: Number(at), event: eventOf(row) };
}

function eventOf({ text, kind, name, body }: Readonly<Record<string, unknown>>): RoomEvent {
  const inOneLine = (value: unknown) => String(value).replaceAll("\n", "\\n");
  const spoken = (kind === "say" || kind === "act") && name !== null && body !== null;
  return spoken ? { kind, name: inOneLine(name), text: String(body) } : { kind: "line", text: inOneLine(text) };
}

function stateOf(error: unknown): string {
  const message = messageOf(error);
  return STATES.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

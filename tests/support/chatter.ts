/** A client of a chat in the test's own hands. It reads all the time and keeps the lines that come. */

import { assertEquals } from "@std/assert";
import { connect, PATIENCE_MS, within, writeAll } from "./sockets.ts";

/** Lines that a failure shows. */
const TAIL = 20;

/** Somebody who chats. The connection is over with the scope that holds it. */
export class Chatter implements AsyncDisposable {
  /** What the server called it when it came. */
  name = "somebody new";
  /** How the connection ended, once it has. */
  readonly ended: Promise<"FIN" | "reset">;
  readonly #heard: string[] = [];
  #seen = 0;
  #over = false;
  #changed = Promise.withResolvers<void>();

  /** Lines that `keeps` does not choose are forgotten. */
  constructor(private readonly conn: Deno.TcpConn, private readonly keeps = (_line: string) => true) {
    this.ended = this.#listen();
  }

  /** Joins a room, and is in it. */
  static async join(port: number, keeps?: (line: string) => boolean): Promise<Chatter> {
    const welcome = /^\*\*\* You are ([\w-]+); /;
    const chatter = new Chatter(await connect(port), keeps && ((line) => welcome.test(line) || keeps(line)));
    try {
      chatter.name = (await chatter.hears(welcome))[1] ?? "";
      return chatter;
    } catch (error) {
      await chatter[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** All that came so far and is kept, line by line; a CR is part of its line. */
  get heard(): readonly string[] {
    return this.#heard;
  }

  say(line: string): Promise<void> {
    return this.write(`${line}\n`);
  }

  /** Writes something, with a line end or without. */
  write(content: string | Uint8Array): Promise<void> {
    return writeAll(this.conn, content);
  }

  /** The next line that fits; the lines before it are passed over. */
  async hears(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      await this.#until(() => this.#seen < this.#heard.length, pattern);
      const found = pattern.exec(this.#heard[this.#seen++] ?? "");
      if (found) return found;
    }
  }

  /** So many lines that fit, as soon as they have come, from the first one that ever came. */
  async all(pattern: RegExp, count: number): Promise<string[]> {
    await this.#sum(0, (line) => Number(pattern.test(line)), count, `${count} times ${pattern}`);
    return this.#heard.filter((line) => pattern.test(line));
  }

  /** Waits until so many were announced, by name or by number, since the last line that {@linkcode hears} took. */
  async announced(what: "joined" | "left", count: number): Promise<number> {
    return await this.#sum(this.#seen, (line) => announcedIn(line, what), count, `${count} who ${what}`);
  }

  /** Says no more, and waits until the server agrees. */
  async leave(): Promise<"FIN" | "reset"> {
    await this.conn.closeWrite();
    return await this.getsEnd();
  }

  getsEnd(): Promise<"FIN" | "reset"> {
    return within(this.ended, PATIENCE_MS, `The end of ${this.name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.conn.close();
    await this.ended;
  }

  async #listen(): Promise<"FIN" | "reset"> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65536);
    let rest = "";
    try {
      for (let count; (count = await this.conn.read(buffer)) !== null;) {
        const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (this.keeps(line)) this.#heard.push(line);
        this.#wake();
      }
      return "FIN";
    } catch {
      return "reset";
    } finally {
      if (rest !== "") this.#heard.push(rest);
      this.#over = true;
      this.#wake();
    }
  }

  /** Waits until a sum over the lines from one on is large enough. */
  async #sum(from: number, of: (line: string) => number, least: number, what: string): Promise<number> {
    let [sum, at] = [0, from];
    await this.#until(() => {
      for (; at < this.#heard.length; at++) sum += of(this.#heard[at] ?? "");
      return sum >= least;
    }, what);
    return sum;
  }

  async #until(holds: () => boolean, what: RegExp | string): Promise<void> {
    const search = async () => {
      while (!holds()) {
        if (this.#over) throw new Error(`${this.name}'s connection ended before ${what}: ${this.#story()}`);
        await this.#changed.promise;
      }
    };
    if (holds()) return;
    await within(search(), PATIENCE_MS, String(what)).catch((error) => {
      throw new Error(`${error.message}; ${this.name} heard ${this.#story()}`);
    });
  }

  #story(): string {
    return `${this.#heard.length} lines, the last ones\n${this.#heard.slice(-TAIL).join("\n")}`;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Several who join one after the other; they leave with the scope that holds them. */
export class Chatters extends AsyncDisposableStack {
  readonly list: Chatter[] = [];

  static async join(port: number, count: number, keeps?: (line: string) => boolean): Promise<Chatters> {
    const chatters = new Chatters();
    try {
      for (let i = 0; i < count; i++) chatters.list.push(chatters.use(await Chatter.join(port, keeps)));
      return chatters;
    } catch (error) {
      await chatters.disposeAsync();
      throw error;
    }
  }

  /** The server says FIN to everybody, and only then they do so too. */
  async getEnd(): Promise<void> {
    for (const chatter of this.list) assertEquals(await chatter.getsEnd(), "FIN", chatter.name);
    for (const chatter of this.list) await chatter.leave();
  }
}

function announcedIn(line: string, what: "joined" | "left"): number {
  const [, names = "", more = "0"] = /^\*{3} (.+?)(?: and (\d+) more)? (?:joined|left)$/.exec(line) ?? [];
  return names === "" || !line.endsWith(what) ? 0 : names.split(", ").length + Number(more);
}

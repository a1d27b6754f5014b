/** A program under test: a test waits for the output that brings something; a failure shows all that was said. */

import { assertEquals } from "@std/assert";
import { PATIENCE_MS, within } from "./sockets.ts";

export interface StartOptions {
  /** What it reads: nothing (default), a text or bytes and then the end, or what {@linkcode Program.write} gives. */
  readonly stdin?: "null" | "piped" | { readonly content: string | Uint8Array };
  /** Variables that are set besides those of the test; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A shell script that starts the program as `"$@"`, for limits and redirections. */
  readonly via?: string;
  readonly cwd?: string;
}

export interface Ending {
  /** Its exit code; 128 + N after signal N. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** All of stdout, undecoded. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

class Output {
  ended = false;
  /** How far {@linkcode Program.stdoutLine} has looked. */
  seen = 0;
  readonly finished: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  readonly #decoder = new TextDecoder();
  #text = "";
  #changed = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.getReader();
    this.finished = this.#collect();
  }

  get text(): string {
    return this.#text;
  }

  get bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Blob(this.#chunks).arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }

  /** Settles when there is more, or the end. */
  get change(): Promise<void> {
    return this.#changed.promise;
  }

  /** Closes our end: what the program writes from now on meets a pipe without a reader. */
  async leave(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
    await this.finished;
  }

  async #collect(): Promise<void> {
    try {
      for (let part; !(part = await this.#reader.read()).done;) {
        this.#chunks.push(part.value);
        this.#text += this.#decoder.decode(part.value, { stream: true });
        this.#wake();
      }
    } catch {
      // Left by us.
    }
    this.ended = true;
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Looks for what a test waits for in what has come so far. */
type Find = () => RegExpExecArray | undefined;

/** A program at work. It ends with the scope that holds it. */
export class Program implements AsyncDisposable {
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #ended = false;

  constructor(command: readonly string[], options: StartOptions = {}) {
    const { stdin = "null", env = {}, via, cwd } = options;
    const [file = "", ...args] = via === undefined ? command : ["sh", "-c", via, "sh", ...command];
    this.#name = command.join(" ");
    this.#child = new Deno.Command(file, {
      args,
      env: environment(env),
      clearEnv: true,
      stdin: stdin === "null" ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
      ...(cwd === undefined ? {} : { cwd }),
    }).spawn();
    this.#stdout = new Output(this.#child.stdout);
    this.#stderr = new Output(this.#child.stderr);
    this.#child.status.then(() => this.#ended = true);
    if (stdin === "null") return;
    this.#stdin = this.#child.stdin.getWriter();
    this.#stdin.closed.catch(() => {}); // It may leave with its stdin unread.
    if (stdin === "piped") return;
    this.write(stdin.content).then(() => this.closeStdin()).catch(() => {});
  }

  /** Its process number; with `via` it is the program's own when the script ends in `exec "$@"`. */
  get pid(): number {
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout.text;
  }

  get stderr(): string {
    return this.#stderr.text;
  }

  /** The next whole line of stdout that fits; the lines before it are passed over. `patience` is for what takes its time. */
  stdoutLine(pattern: RegExp, patience?: number): Promise<RegExpExecArray> {
    return this.#line(this.#stdout, pattern, patience);
  }

  /** The next whole line of stderr that fits; the lines before it are passed over. */
  stderrLine(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#line(this.#stderr, pattern);
  }

  /** All of stdout as soon as it fits, whole lines or not. */
  async stdoutText(pattern: RegExp): Promise<string> {
    await this.#find([this.#stdout], pattern, () => pattern.exec(this.stdout) ?? undefined);
    return this.stdout;
  }

  /** The port where it listens, as soon as it says so on stderr, or on stdout with `--json`. */
  async port(): Promise<number> {
    const says = /"listen","address":"\w+:\/\/[^"]*:(\d+)"|(?:Listening on|正在监听) \w+:\/\/\S+:(\d+)/;
    const find = () => says.exec(this.stderr) ?? says.exec(this.stdout) ?? undefined;
    const found = await this.#find([this.#stdout, this.#stderr], says, find);
    return Number(found[1] ?? found[2]);
  }

  async write(content: string | Uint8Array): Promise<void> {
    await this.#stdin?.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  async closeStdin(): Promise<void> {
    await this.#stdin?.close();
  }

  async leaveStdout(): Promise<void> {
    await this.#stdout.leave();
  }

  async leaveStderr(): Promise<void> {
    await this.#stderr.leave();
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** How it ended, once it has. `patience` is for what takes its time. */
  async status(patience?: number): Promise<Ending> {
    const all = Promise.all([this.#child.status, this.#stdout.finished, this.#stderr.finished]);
    const [{ code }] = await this.#within(all, "its end", patience);
    return { code, stdout: this.stdout, stderr: this.stderr, bytes: await this.#stdout.bytes };
  }

  /** How it ended; it must be with this code, after the signal if one is given. No other scope needs to hold it. */
  async ends(code: number, signal?: Deno.Signal): Promise<Ending> {
    await using _ = this;
    if (signal) this.signal(signal);
    const ending = await this.status();
    assertEquals(ending.code, code, this.#story());
    return ending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.signal("SIGKILL");
    await this.#child.status;
    await this.#stdin?.abort().catch(() => {});
    await Promise.all([this.#stdout.leave(), this.#stderr.leave()]);
  }

  #line(output: Output, pattern: RegExp, patience?: number): Promise<RegExpExecArray> {
    const find = () => {
      const whole = output.text.slice(output.seen, output.text.lastIndexOf("\n") + 1);
      for (const line of whole.split("\n").slice(0, -1)) {
        output.seen += line.length + 1;
        const found = pattern.exec(line);
        if (found) return found;
      }
      return undefined;
    };
    return this.#find([output], pattern, find, patience);
  }

  async #find(outputs: Output[], what: RegExp, find: Find, patience?: number): Promise<RegExpExecArray> {
    const search = async () => {
      while (true) {
        const ended = outputs.every((output) => output.ended);
        const change = Promise.race(outputs.filter((output) => !output.ended).map((output) => output.change));
        const found = find();
        if (found) return found;
        if (ended) throw new Error(`It ended without saying ${what}`);
        await change;
      }
    };
    return await this.#within(search(), String(what), patience);
  }

  async #within<T>(work: Promise<T>, what: string, patience = PATIENCE_MS): Promise<T> {
    return await within(work, patience, what).catch((error) => {
      throw new Error(`${error.message}: ${this.#story()}`);
    });
  }

  #story(): string {
    const tail = (text: string) => text.length > 4000 ? `… ${text.slice(-4000)}` : text;
    return `${this.#name}\n--- stdout ---\n${tail(this.stdout)}\n--- stderr ---\n${tail(this.stderr)}\n---`;
  }
}

/** The test's own variables, but those that change what programs say; the language is English unless `more` says another. */
export function environment(more: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const all = Object.entries({
    ...Deno.env.toObject(),
    RUST_BACKTRACE: undefined,
    NO_COLOR: undefined,
    LANGUAGE: undefined,
    LC_ALL: undefined,
    LC_MESSAGES: undefined,
    LANG: "C.UTF-8",
    ...more,
  });
  return Object.fromEntries(all.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]));
}

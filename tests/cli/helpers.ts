/** A process made of fakes. A test waits for the write that brings something, never for time to pass. */

import { concat } from "../../lib/bytes.ts";
import { COMMON_OPTIONS, type CommonValues } from "../../lib/cli/command.ts";
import { parseOptions } from "../../lib/cli/parse.ts";
import type { Input, System } from "../../lib/cli/system.ts";
import type { Language } from "../../lib/language.ts";
import { readOptions } from "../../lib/options.ts";
import type { Thread } from "../../lib/server/worker_protocol.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { type OutputStream, Sink, type Stream } from "../../lib/output/sink.ts";
import { textOf, utf8 } from "../support/sockets.ts";

export { utf8 };

/** Nothing here takes longer; a test that waits in vain fails and says what it saw. */
const PATIENCE_MS = 60_000;

/** The bytes of hexadecimal digits, blanks allowed. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.fromHex(digits.replaceAll(" ", ""));
}

/** Waits for a promise, but not for ever; `seen` is what there is instead, for the error. */
export async function within<T>(promise: Promise<T>, seen: () => string = () => ""): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`Waited in vain; ${seen()}`)), PATIENCE_MS);
  try {
    return await Promise.race([late.promise, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Standard input, fed by the test. */
export class FakeInput implements Input {
  /** What `setRaw` was told, in order. */
  readonly raw: boolean[] = [];
  readonly #terminal: boolean;
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => {};

  constructor(terminal = false) {
    this.#terminal = terminal;
  }

  /** Gives a chunk: one read brings it, if the reader's buffer holds it. */
  feed(chunk: string | Uint8Array): this {
    this.#chunks.push(typeof chunk === "string" ? utf8(chunk) : chunk);
    this.#wake();
    return this;
  }

  end(): this {
    this.#ended = true;
    this.#wake();
    return this;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [chunk = new Uint8Array()] = this.#chunks;
    const count = Math.min(buffer.length, chunk.length);
    buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#chunks[0] = chunk.subarray(count);
    else this.#chunks.shift();
    return count;
  }

  isTerminal(): boolean {
    return this.#terminal;
  }

  setRaw(on: boolean): void {
    this.raw.push(on);
  }
}

/** How a fake stream behaves: `most` bytes go into one write, which throws `failure` while that is set. */
export interface StreamOptions {
  readonly terminal?: boolean;
  readonly most?: number;
  readonly failure?: Error;
}

/** Standard output or error: keeps what was written. */
export class FakeStream implements OutputStream {
  /** What each write took. */
  readonly writes: string[] = [];
  /** Thrown by each write while it is set. */
  failure: Error | undefined;
  readonly #options: StreamOptions;
  readonly #onWrite: (text: string) => void;
  readonly #parts: Uint8Array[] = [];
  #gate: Promise<void> | undefined;
  #seen: () => void = () => {};

  constructor(options: StreamOptions = {}, onWrite: (text: string) => void = () => {}) {
    this.#options = options;
    this.failure = options.failure;
    this.#onWrite = onWrite;
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate;
    if (this.failure) throw this.failure;
    const taken = bytes.slice(0, this.#options.most);
    const text = textOf(taken);
    this.#parts.push(taken);
    this.writes.push(text);
    this.#onWrite(text);
    this.#seen();
    return taken.length;
  }

  isTerminal(): boolean {
    return this.#options.terminal ?? false;
  }

  /** Stalls every write until the returned function is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  get bytes(): Uint8Array {
    return concat(this.#parts);
  }

  get text(): string {
    return textOf(this.bytes);
  }

  /** The lines written; what follows the last newline is one as well. */
  get lines(): string[] {
    const lines = this.text.split("\n");
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }

  get events(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** Settles when the condition holds after a write; rejects with what there is instead. */
  async until(holds: (text: string) => boolean): Promise<void> {
    const written = () => `written: ${JSON.stringify(this.text)}`;
    while (!holds(this.text)) await within(new Promise<void>((resolve) => this.#seen = resolve), written);
  }
}

/** What differs from a process with pipes on all three streams, NO_COLOR (tests read plain text) and 80 columns. */
export interface SystemOptions {
  readonly terminal?: boolean;
  readonly stdout?: StreamOptions;
  readonly stderr?: StreamOptions;
  readonly noColor?: boolean;
  readonly language?: Language;
  readonly columns?: number;
}

/** Standard streams, signals and the terminal of a process. */
export class FakeSystem implements System {
  readonly stdin: FakeInput;
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
  readonly noColor: boolean;
  /** Every write of both streams in the order in which they were made. */
  readonly log: [Stream, string][] = [];
  /** How often Ctrl-C was pressed. */
  interrupts = 0;
  /** Whether the process is in the foreground of its terminal. */
  foreground: boolean | undefined;
  readonly #continue = new Set<() => void>();
  readonly #hangup = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #columns: number;
  readonly #language: Language;

  constructor({ terminal = false, stdout, stderr, noColor = true, language = "en", columns = 80 }: SystemOptions = {}) {
    this.stdin = new FakeInput(terminal);
    this.stdout = new FakeStream({ terminal, ...stdout }, (text) => this.log.push(["stdout", text]));
    this.stderr = new FakeStream({ terminal, ...stderr }, (text) => this.log.push(["stderr", text]));
    this.noColor = noColor;
    this.#language = language;
    this.#columns = columns;
  }

  language(): Language {
    return this.#language;
  }

  sink(): Sink {
    return new Sink(this);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  interrupt(): void {
    this.interrupts++;
    this.stop("interrupt");
  }

  stop(kind: "interrupt" | "terminate"): void {
    this.#stop.abort(new SockeyeError(kind, "Stopped by a signal"));
  }

  inForeground(): Promise<boolean | undefined> {
    return Promise.resolve(this.foreground);
  }

  onContinue(act: () => void): () => void {
    this.#continue.add(act);
    return () => this.#continue.delete(act);
  }

  /** Goes on after a stop. */
  continue(): void {
    for (const act of this.#continue) act();
  }

  /** Whether anything waits for the end of a stop. */
  get listensForContinue(): boolean {
    return this.#continue.size > 0;
  }

  rows(): number {
    return 24;
  }

  onHangup(act: () => void): () => void {
    this.#hangup.add(act);
    return () => this.#hangup.delete(act);
  }

  /** Gets SIGHUP. */
  hangUp(): void {
    for (const act of this.#hangup) act();
  }

  columns(): number {
    return this.#columns;
  }

  startWorker(): Thread {
    throw new Error("No test has asked for threads here");
  }
}

/** What a write to a pipe throws when its reader has left. */
export function brokenPipe(): Error {
  return new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
}

/** What a write to a full disk throws. */
export function noSpace(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}

export function commonValues(flags: readonly string[]): CommonValues {
  return readOptions(parseOptions(flags, COMMON_OPTIONS).given, COMMON_OPTIONS);
}

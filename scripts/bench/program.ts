/**
 * Starts programs and ends them, and only them.
 *
 * @module
 */

import { isListening, treeOf } from "./measure.ts";

/** Milliseconds in which a server must listen, on a busy machine too. */
const START_MS = 10_000;

/** Milliseconds between two looks whether it does. */
const LOOK_MS = 10;

/** Milliseconds after which a load is given up; the load program itself ends before. */
const LOAD_MS = 60_000;

/** All the descriptors that a program may have: thousands of connections need thousands. */
const WITH_DESCRIPTORS = ["sh", "-c", 'ulimit -n "$(ulimit -H -n)"; exec "$@"', "sh"];

/** What runs at the moment, so that an interrupt can end it. */
const running = new Set<Running>();

/** A program at work. It ends with the scope that holds it. */
export class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  #ended = false;

  /** Starts it. */
  constructor(command: readonly string[], streams: { readonly talks: boolean }) {
    const [file = "", ...args] = [...WITH_DESCRIPTORS, ...command];
    const stream = streams.talks ? "piped" : "null";
    this.#name = command[0] ?? "";
    this.#child = new Deno.Command(file, {
      args,
      env: environment(),
      clearEnv: true,
      stdin: stream,
      stdout: stream,
      stderr: "null",
    }).spawn();
    running.add(this);
    void this.#child.status.then(() => this.#ended = true);
  }

  /** Its process number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it reads. */
  get stdin(): WritableStream<Uint8Array> {
    return this.#child.stdin;
  }

  /** What it says. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdout;
  }

  /**
   * Waits until it listens.
   *
   * @throws {Error} it ended, or does not listen in time
   */
  async listens(port: number, transport: "tcp" | "udp"): Promise<void> {
    for (const start = performance.now(); performance.now() - start < START_MS;) {
      if (await isListening(port, transport)) return;
      if (this.#ended) throw new Error(`${this.#name} ended before it listened`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw new Error(`${this.#name} does not listen`);
  }

  /** Ends it and all that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    const tree = this.#ended ? [] : await treeOf(this.pid);
    for (const pid of tree) kill(pid);
    await this.#child.status;
    running.delete(this);
  }
}

/** Ends everything that was started and still runs. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((program) => program[Symbol.asyncDispose]()));
}

/** The load program at work: it says one line of JSON after the other. */
export class LoadProgram implements AsyncDisposable {
  readonly #program: Running;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #timer: ReturnType<typeof setTimeout>;
  #late = false;
  #text = "";

  /** Starts it. */
  constructor(command: readonly string[]) {
    this.#program = new Running(command, { talks: true });
    this.#lines = this.#program.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#timer = setTimeout(() => {
      this.#late = true;
      kill(this.#program.pid);
    }, LOAD_MS);
  }

  /**
   * What it measured.
   *
   * @throws {Error} it could not, and why
   */
  async result(): Promise<Record<string, number>> {
    while (!this.#text.includes("\n")) {
      const { done, value } = await this.#lines.read();
      if (done) throw new Error(this.#late ? "it took too long" : "the load program broke off");
      this.#text += value;
    }
    const [line = "", ...rest] = this.#text.split("\n");
    this.#text = rest.join("\n");
    const { error, ...figures } = JSON.parse(line);
    if (error !== undefined) throw new Error(error);
    return figures;
  }

  /** Tells it to go on. */
  async goOn(): Promise<void> {
    const writer = this.#program.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    writer.releaseLock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#program[Symbol.asyncDispose]();
    await this.#lines.cancel();
    await this.#program.stdin.abort().catch(() => {}); // It may be closed already.
  }
}

/** A port that was free a moment ago: most programs cannot say which one they got. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** Ours, but no proxies: downloads go straight to the server. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !/_proxy$/i.test(name)));
}

/**
 * Starts programs, and ends exactly those.
 *
 * @module
 */

import { isListening, treeOf } from "./measure.ts";

/** Milliseconds in which a server must listen, even on a busy machine. */
const START_MS = 10_000;

/** Milliseconds between two checks whether a server listens. */
const CHECK_MS = 10;

/** Milliseconds after which a load program is killed; normally it ends long before. */
const LOAD_MS = 60_000;

/** Command prefix that raises the limit of descriptors: thousands of connections need thousands of them. */
const WITH_DESCRIPTORS = ["sh", "-c", 'ulimit -n "$(ulimit -H -n)"; exec "$@"', "sh"];

/** All programs that run at the moment, so that an interrupt can end them. */
const running = new Set<Running>();

/** A running program. It ends with the scope that holds it. */
export class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #name: string;
  #ended = false;

  /** Starts the program; `piped` connects its stdin and stdout. */
  constructor(command: readonly string[], { piped }: { readonly piped: boolean }) {
    const [file = "", ...args] = [...WITH_DESCRIPTORS, ...command];
    const stream = piped ? "piped" : "null";
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

  /** Process id of the program. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Standard input of the program, if it is piped. */
  get stdin(): WritableStream<Uint8Array> {
    return this.#child.stdin;
  }

  /** Standard output of the program, if it is piped. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#child.stdout;
  }

  /**
   * Waits until the program listens on a port.
   *
   * @throws {Error} it ended, or does not listen in time
   */
  async untilListening(port: number, transport: "tcp" | "udp"): Promise<void> {
    for (const start = performance.now(); performance.now() - start < START_MS;) {
      if (await isListening(port, transport)) return;
      if (this.#ended) throw new Error(`${this.#name} ended before it listened`);
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
    throw new Error(`${this.#name} does not listen`);
  }

  /** Kills the program and its descendants. */
  async [Symbol.asyncDispose](): Promise<void> {
    const tree = this.#ended ? [] : await treeOf(this.pid);
    for (const pid of tree) kill(pid);
    await this.#child.status;
    running.delete(this);
  }
}

/** Ends all programs that still run. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map((program) => program[Symbol.asyncDispose]()));
}

/** A running load program, which prints its results as lines of JSON. */
export class LoadProgram implements AsyncDisposable {
  readonly #program: Running;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #timer: ReturnType<typeof setTimeout>;
  /** True if the program was killed because it took too long. */
  #late = false;
  /** Output that was read and not yet returned. */
  #text = "";

  /** Starts the program. */
  constructor(command: readonly string[]) {
    this.#program = new Running(command, { piped: true });
    this.#lines = this.#program.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#timer = setTimeout(() => {
      this.#late = true;
      kill(this.#program.pid);
    }, LOAD_MS);
  }

  /**
   * Waits for the next line of figures.
   *
   * @throws {Error} the program reports an error, or ends
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

  /** Makes the program continue after its report: it waits for a byte on stdin. */
  async resume(): Promise<void> {
    const writer = this.#program.stdin.getWriter();
    await writer.write(new TextEncoder().encode("\n"));
    writer.releaseLock();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#program[Symbol.asyncDispose]();
    await this.#lines.cancel();
    await this.#program.stdin.abort().catch(() => {}); // The stream may be closed already.
  }
}

/** Returns a port that was free a moment ago; most programs cannot report a port that the system chose. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // The process has just exited.
  }
}

/** Returns the environment without proxies: downloads must connect to the server directly. */
function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !/_proxy$/i.test(name)));
}

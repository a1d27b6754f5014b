/**
 * A `nats-server` of the test's own, which can be killed and come back on the same port.
 *
 * @module
 */

import { eventually, type Program, tool } from "./harness.ts";

/** Ends with the scope that holds it. */
export class Nats implements AsyncDisposable {
  readonly #args: readonly string[];
  #program: Program;
  /** Where it listens. */
  readonly port: number;

  private constructor(program: Program, port: number, args: readonly string[]) {
    this.#program = program;
    this.port = port;
    this.#args = args;
  }

  /** Starts it on a free port. */
  static async start(...args: string[]): Promise<Nats> {
    const program = tool("nats-server", ["-a", "127.0.0.1", "-p", "-1", ...args]);
    const [, port] = await program.stderrLine(/Listening for client connections on .*:(\d+)$/);
    await program.stderrLine(/Server is ready$/);
    return new Nats(program, Number(port), args);
  }

  /** What `--bus` is given. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.#program.signal("SIGKILL");
    await this.#program.status();
  }

  /** Stops its process: it answers nobody any more, and its connections stand. */
  async freeze(): Promise<void> {
    this.#program.signal("SIGSTOP");
    const { pid } = this.#program;
    const isStopped = async () => {
      await using state = tool("cat", [`/proc/${pid}/stat`]);
      return / T /.test((await state.status()).stdout);
    };
    if (!await eventually(isStopped)) throw new Error("nats-server goes on");
  }

  /** Lets it go on. */
  thaw(): void {
    this.#program.signal("SIGCONT");
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    this.#program = tool("nats-server", ["-a", "127.0.0.1", "-p", String(this.port), ...this.#args]);
    await this.#program.stderrLine(/Server is ready$/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

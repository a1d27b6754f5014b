/** A `nats-server` of the test's own, which can be killed and come back on the same port, and a client for its subjects. */

import { eventually, type Program, tool } from "./harness.ts";
import { connect, utf8, writeAll } from "./sockets.ts";

export class Nats implements AsyncDisposable {
  #program: Program;

  private constructor(
    program: Program,
    readonly port: number,
    private readonly args: readonly string[],
    private readonly folder: string | undefined,
  ) {
    this.#program = program;
  }

  /** Starts it on a free port, without JetStream if the arguments do not ask for it. */
  static start(...args: string[]): Promise<Nats> {
    return Nats.#begin(args, undefined);
  }

  /** Starts it with JetStream, whose files are gone with it. */
  static async startJetStream(...args: string[]): Promise<Nats> {
    const folder = await Deno.makeTempDir({ prefix: "sockeye-nats-" });
    return await Nats.#begin(["-js", "-sd", folder, ...args], folder);
  }

  static async #begin(args: readonly string[], folder: string | undefined): Promise<Nats> {
    const program = tool("nats-server", ["-a", "127.0.0.1", "-p", "-1", ...args]);
    const [, port] = await program.stderrLine(/Listening for client connections on .*:(\d+)$/);
    await program.stderrLine(/Server is ready$/);
    return new Nats(program, Number(port), args, folder);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    this.#program.signal("SIGKILL");
    await this.#program.status();
  }

  /** Stops its process: it answers nobody any more, and its connections stand. */
  freeze(): Promise<void> {
    return freeze(this.#program);
  }

  thaw(): void {
    this.#program.signal("SIGCONT");
  }

  /** Forgets all that it has stored while it is away. */
  async forget(): Promise<void> {
    if (this.folder === undefined) return;
    await Deno.remove(this.folder, { recursive: true });
    await Deno.mkdir(this.folder);
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    this.#program = tool("nats-server", ["-a", "127.0.0.1", "-p", String(this.port), ...this.args]);
    await this.#program.stderrLine(/Server is ready$/);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    if (this.folder !== undefined) await Deno.remove(this.folder, { recursive: true });
  }
}

/** Stops the process of a program, until it gets a SIGCONT. */
export async function freeze(program: Program): Promise<void> {
  program.signal("SIGSTOP");
  const isStopped = async () => {
    return / T /.test((await tool("cat", [`/proc/${program.pid}/stat`]).ends(0)).stdout);
  };
  if (!await eventually(isStopped)) throw new Error("the program goes on");
}

/** A client of NATS that publishes what it is told to. */
export class NatsClient implements Disposable {
  readonly #decoder = new TextDecoder();
  readonly #inbox = `_INBOX.${crypto.randomUUID()}`;
  #text = "";

  private constructor(private readonly conn: Deno.TcpConn) {}

  static async connect(port: number): Promise<NatsClient> {
    const client = new NatsClient(await connect(port));
    await writeAll(client.conn, `CONNECT {"verbose":false}\r\nSUB ${client.#inbox} 1\r\nPING\r\n`);
    await client.#reads(/PONG\r\n/);
    return client;
  }

  /** Publishes; with `reply`, whoever answers does so there. */
  async publish(subject: string, payload: string | Uint8Array, reply = ""): Promise<void> {
    const bytes = typeof payload === "string" ? utf8(payload) : payload;
    await writeAll(this.conn, `PUB ${subject} ${reply} ${bytes.length}\r\n`);
    await writeAll(this.conn, bytes);
    await writeAll(this.conn, "\r\n");
  }

  /** Settles when NATS has got everything. */
  async flush(): Promise<void> {
    await writeAll(this.conn, "PING\r\n");
    await this.#reads(/PONG\r\n/);
  }

  /** Asks, and reads the answer as JSON. */
  // deno-lint-ignore no-explicit-any
  async ask(subject: string, question: unknown = {}): Promise<any> {
    await this.publish(subject, JSON.stringify(question), this.#inbox);
    const [, answer = ""] = await this.#reads(/MSG \S+ 1 \d+\r\n(.*)\r\n/);
    return JSON.parse(answer);
  }

  /** How many messages come on a subject in some time. */
  async count(subject: string, ms: number): Promise<number> {
    await writeAll(this.conn, `SUB ${subject} 2\r\n`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await writeAll(this.conn, "UNSUB 2\r\nPING\r\n");
    const [text] = await this.#reads(/^[^]*PONG\r\n/);
    return text.match(/^MSG \S+ 2 /gm)?.length ?? 0;
  }

  [Symbol.dispose](): void {
    this.conn.close();
  }

  /** Reads until a text has come, and forgets all up to its end. */
  async #reads(pattern: RegExp): Promise<RegExpExecArray> {
    const buffer = new Uint8Array(65536);
    for (let found;;) {
      if ((found = pattern.exec(this.#text))) {
        this.#text = this.#text.slice(found.index + found[0].length);
        return found;
      }
      const count = await this.conn.read(buffer);
      if (count === null) throw new Error(`NATS has closed the connection: ${this.#text}`);
      this.#text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  }
}

/** Sockets that a test holds in its own hands. */

import { assertEquals } from "@std/assert";

/** Nothing takes longer on a busy machine; a wait in vain ends with what was seen. */
export const PATIENCE_MS = 60_000;

/** What happens at once happens sooner, even when the machine is busy. */
export const PROMPT_MS = 10_000;

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function connect(port: number, hostname = "127.0.0.1"): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

export async function writeAll(conn: Deno.Conn, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === "string" ? utf8(content) : content;
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Reads so many bytes, or all up to the end. */
export async function readAll(conn: Deno.Conn, count = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 0; length < count;) {
    const buffer = new Uint8Array(Math.min(count - length, 65536));
    const got = await conn.read(buffer);
    if (got === null) break;
    length += got;
    parts.push(buffer.subarray(0, got));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Reads until the text has come; what it is when the peer ends first. */
export async function readText(conn: Deno.Conn, expected: string): Promise<string> {
  return textOf(await readAll(conn, utf8(expected).length));
}

export async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took more than ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A healthy client of an echo server, who must not notice what others do. */
export class Witness implements Disposable {
  #count = 0;

  constructor(private readonly conn: Deno.TcpConn) {}

  static async join(port: number): Promise<Witness> {
    const witness = new Witness(await connect(port));
    await witness.getsEcho();
    return witness;
  }

  /** Says something new and gets it back at once; `answer` is what a server says that does not echo. */
  async getsEcho(answer?: string): Promise<void> {
    const text = `witness ${++this.#count} 见证\n`;
    await writeAll(this.conn, text);
    const expected = answer ?? text;
    assertEquals(await within(readText(this.conn, expected), PROMPT_MS, "The witness's echo"), expected);
  }

  /** The server says goodbye politely, and the witness does so too. */
  async getsFin(): Promise<void> {
    assertEquals(await within(this.conn.read(new Uint8Array(1)), PROMPT_MS, "The witness's FIN"), null);
    await this.conn.closeWrite();
  }

  [Symbol.dispose](): void {
    this.conn.close();
  }
}

/** A server of one connection that the test plays. */
export class Host<T> implements AsyncDisposable {
  readonly port: number;
  /** What the test made of the connection. */
  readonly done: Promise<T>;
  readonly #listener: Deno.TcpListener;
  readonly #over = Promise.withResolvers<void>();

  /** The connection is closed when `act`, which plays the server, is done. */
  constructor(act: (conn: Deno.TcpConn, over: Promise<void>) => Promise<T>, hostname = "127.0.0.1") {
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.port = this.#listener.addr.port;
    this.done = this.#play(act);
    this.done.catch(() => {}); // The test that waits for it is told.
  }

  /** Says something and nothing more until the test is over. */
  static saying(text: string): Host<void> {
    return new Host(async (conn, over) => {
      await writeAll(conn, text);
      await over;
    });
  }

  async #play(act: (conn: Deno.TcpConn, over: Promise<void>) => Promise<T>): Promise<T> {
    using conn = await this.#listener.accept();
    return await act(conn, this.#over.promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#over.resolve();
    await this.done.catch(() => {});
  }
}

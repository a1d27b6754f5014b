/**
 * A web server that a test plays byte by byte: it sees each request as text and writes any bytes in any pieces.
 *
 * @module
 */

import { toBytes as bytesOf, toText } from "../http/helpers.ts";

export { bytesOf };

/** What a client does by hanging up; nothing that the script must hear of. */
const HANG_UPS = [
  Deno.errors.BrokenPipe,
  Deno.errors.ConnectionReset,
  Deno.errors.BadResource,
  Deno.errors.Interrupted,
  Deno.errors.UnexpectedEof,
  Deno.errors.InvalidData, // A TLS client that does not like the certificate.
];

/** One request and the connection for its answer, which is closed when the script is done with it. */
export class Exchange {
  /** The request's head with the empty line and its body, a character a byte. */
  readonly head: string;
  readonly body: string;
  /** Its number on this server, from 1. */
  readonly number: number;
  readonly #conn: Deno.Conn;

  constructor(conn: Deno.Conn, request: string, number: number) {
    this.#conn = conn;
    const end = request.indexOf("\r\n\r\n") + 4;
    [this.head, this.body] = [request.slice(0, end), request.slice(end)];
    this.number = number;
  }

  /** Method and target. */
  get line(): string {
    return this.head.slice(0, this.head.indexOf(" HTTP/1.1\r\n"));
  }

  /** The value of a field; undefined when it was not sent. */
  field(name: string): string | undefined {
    return new RegExp(`^${name}: (.*)\r$`, "im").exec(this.head)?.[1];
  }

  /** Writes pieces, each with a write of its own. */
  async send(...pieces: (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      const bytes = typeof piece === "string" ? bytesOf(piece) : piece;
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }
  }

  /** Answers with fields and a body, with its Content-Length unless a field says how it ends. */
  async answer(status: string, fields: readonly string[] = [], body: string | Uint8Array = ""): Promise<void> {
    const framed = fields.some((field) => /^(content-length|transfer-encoding|connection):/i.test(field));
    const all = [...fields, ...(framed ? [] : [`Content-Length: ${body.length}`])];
    await this.send([`HTTP/1.1 ${status}`, ...all, "", ""].join("\r\n"), body);
  }

  /** Says nothing more until the client hangs up. */
  async stall(): Promise<void> {
    const buffer = new Uint8Array(4096);
    while (await this.#conn.read(buffer) !== null);
  }
}

/** What the server does with each request. */
export type Script = (exchange: Exchange) => void | Promise<void>;

/** A server at work. A script that failed fails the test at its end. */
export class RawServer implements AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly authority: string;
  readonly port: number;
  /** All requests so far, in order. */
  readonly exchanges: Exchange[] = [];
  readonly #listener: Deno.TcpListener | Deno.TlsListener;
  readonly #script: Script;
  readonly #conns = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  #failure: unknown;

  constructor(listener: Deno.TcpListener | Deno.TlsListener, script: Script) {
    this.#listener = listener;
    this.#script = script;
    this.port = listener.addr.port;
    this.authority = `127.0.0.1:${this.port}`;
    this.#running = this.#accept();
  }

  /** Heads of the requests so far, in order. */
  get heads(): string[] {
    return this.exchanges.map(({ head }) => head);
  }

  /** Range and If-Range of the requests so far. */
  get ranges(): (string | undefined)[][] {
    return this.exchanges.map((exchange) => [exchange.field("range"), exchange.field("if-range")]);
  }

  /** An address on it. */
  url(path = "/file", scheme = "http"): URL {
    return new URL(path, `${scheme}://${this.authority}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) close(conn);
    await this.#running;
    if (this.#failure) throw this.#failure;
  }

  async #accept(): Promise<void> {
    const plays: Promise<void>[] = [];
    while (true) {
      try {
        plays.push(this.#play(await this.#listener.accept()));
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) break;
        // A TLS client that hung up during the handshake: the next one may be better.
      }
    }
    await Promise.all(plays);
  }

  async #play(conn: Deno.Conn): Promise<void> {
    this.#conns.add(conn);
    try {
      const request = await readRequest(conn);
      if (request === undefined) return;
      const exchange = new Exchange(conn, request, this.exchanges.length + 1);
      this.exchanges.push(exchange);
      await this.#script(exchange);
    } catch (error) {
      if (!isHangUp(error)) this.#failure ??= error;
    } finally {
      this.#conns.delete(conn);
      close(conn);
    }
  }
}

/** Plays a server on a free port of this machine. */
export function serveRaw(
  script: Script,
  tls?: { cert: string; key: string },
  hostname: "127.0.0.1" | "::1" = "127.0.0.1",
): RawServer {
  const place = { hostname, port: 0 };
  return new RawServer(tls ? Deno.listenTls({ ...place, ...tls }) : Deno.listen(place), script);
}

function isHangUp(error: unknown): boolean {
  return HANG_UPS.some((type) => error instanceof type) || `${error}`.includes("close_notify");
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}

/** The head and as much of a body as it announces; undefined when the client hangs up before. */
async function readRequest(conn: Deno.Conn): Promise<string | undefined> {
  const buffer = new Uint8Array(65536);
  let text = "";
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return undefined;
    text += toText(buffer.subarray(0, count));
    // A TLS client that came to the wrong door has said all that it will.
    if (text.startsWith("\x16")) return text;
    const end = text.indexOf("\r\n\r\n") + 4;
    const length = Number(/^content-length: *(\d+)\r$/im.exec(text.slice(0, end))?.[1] ?? 0);
    if (end >= 4 && text.length >= end + length) return text;
  }
}

/**
 * WebSocket as a {@linkcode Listener} over a TCP or TLS listener. A connection is handed out before its handshake, so that a
 * slow client delays no other.
 *
 * @module
 */

import { writeAll } from "../../bytes.ts";
import { BadRequest, type RequestHead } from "../../http/request_head.ts";
import { RequestParser } from "../../http/request_parser.ts";
import type { InetAddress } from "../address.ts";
import type { Channel, Listener } from "../channel.ts";
import { LINGER_MS, SOCKET_BUFFER } from "../limits.ts";
import { WebSocketChannel } from "./channel.ts";
import type { MessageType } from "./message_queue.ts";
import { acceptHandshake, proofOf, type Refused, writeAcceptance, writeRefusal } from "./handshake.ts";

/** What a request gets: a WebSocket, or a response after which the connection ends, with the reason if it is a refusal. */
export type Answer =
  | { readonly key: string; readonly protocol?: string | undefined }
  | { readonly response: Uint8Array; readonly refusal?: string | undefined };

/** A bound socket whose connections speak WebSocket. */
export class WebSocketListener implements Listener {
  /** Where it listens, with the real port. A path is the only one that is served. */
  readonly address: InetAddress;
  readonly #inner: Listener;
  readonly #messageMax: number | undefined;

  /**
   * Takes over a listener.
   *
   * @param inner TCP or TLS; this object owns it from now on
   * @param messageMax bytes of the longest message. Default: 1 MiB
   */
  constructor(inner: Listener, { transport, path }: InetAddress, messageMax?: number) {
    this.#inner = inner;
    this.#messageMax = messageMax;
    const { host, port } = inner.address as InetAddress;
    this.address = { transport, host, port, ...(path !== undefined && { path }) };
  }

  /** Waits for the next connection. */
  async accept(): Promise<WebSocketServerChannel> {
    return new WebSocketServerChannel(
      await this.#inner.accept(),
      (head) => answer(head, this.address.path),
      this.#messageMax,
    );
  }

  /** Stops listening. */
  close(): void {
    this.#inner.close();
  }
}

/** A connection whose handshake is still to come, or done. */
export class WebSocketServerChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "ws" | "wss";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  /** The encoding of text messages. */
  readonly encoding = "utf-8";
  readonly #inner: Channel;
  readonly #answer: (head: RequestHead) => Answer;
  /** Bytes of the longest message, where that was chosen. */
  readonly messageMax: number | undefined;
  /** Why the request was refused. */
  refusal: string | undefined;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<boolean> | undefined;
  /** The WebSocket, once the handshake is done. */
  #socket: WebSocketChannel | undefined;
  #closed = false;

  /**
   * Takes over a connection.
   *
   * @param inner TCP or TLS, the latter with its own handshake to come; this object owns it from now on
   * @param messageMax bytes of the longest message. Default: 1 MiB
   */
  constructor(inner: Channel, answer: (head: RequestHead) => Answer, messageMax?: number) {
    this.messageMax = messageMax;
    this.#inner = inner;
    this.#answer = answer;
    this.transport = inner.transport === "tls" ? "wss" : "ws";
    this.host = inner.host;
    this.peer = inner.peer;
  }

  /** Whether the message that was received last was a text; undefined before the first one. */
  get lastType(): MessageType | undefined {
    return this.#socket?.lastType;
  }

  /** The subprotocol that was agreed on. */
  get subprotocol(): string | undefined {
    return this.#socket?.subprotocol;
  }

  /** Settles when the connection underneath is closed; undefined before the handshake. */
  get finished(): Promise<void> | undefined {
    return this.#socket?.finished;
  }

  /**
   * Shakes hands. What asks for something else gets an answer that says so.
   *
   * @returns whether there is a WebSocket
   */
  handshake(): Promise<boolean> {
    return this.#handshake ??= this.#shakeHands();
  }

  /** Receives the next message. */
  receive(): Promise<Uint8Array | null> {
    return this.#socket ? this.#socket.receive() : this.#afterHandshake().then((socket) => socket.receive());
  }

  /** Reads one message; what does not fit is handed out by the next reads. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#socket ? this.#socket.read(buffer) : this.#afterHandshake().then((socket) => socket.read(buffer));
  }

  /** Sends one message. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#socket ? this.#socket.write(bytes) : this.#afterHandshake().then((socket) => socket.write(bytes));
  }

  /** Sends groups of messages. */
  async writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    await (this.#socket ?? await this.#afterHandshake()).writeMessages(groups);
  }

  /** Sends a close frame. */
  async closeWrite(code?: number): Promise<void> {
    await (this.#socket ?? await this.#afterHandshake()).closeWrite(code);
  }

  /** Closes the WebSocket, or what has not become one. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket) this.#socket.close();
    else this.#inner.close();
  }

  async #shakeHands(): Promise<boolean> {
    await this.#inner.handshake?.();
    const request = await this.#readRequest();
    if (request === undefined) return false;
    if ("response" in request) {
      this.refusal = request.refusal;
      return await this.#refuse(request.response);
    }
    const { key, protocol: subprotocol, rest } = request;
    await writeAll(this.#inner, writeAcceptance(await proofOf(key), subprotocol));
    if (this.#closed) return false;
    this.#socket = new WebSocketChannel(this.#inner, {
      role: "server",
      rest,
      subprotocol,
      messageMax: this.messageMax,
    });
    return true;
  }

  /** The answer to the request, with what came behind it; undefined when the client left before its end. */
  async #readRequest(): Promise<Answer & { readonly rest?: Uint8Array } | undefined> {
    const parser = new RequestParser();
    const buffer = new Uint8Array(SOCKET_BUFFER.idle);
    try {
      for (let count; (count = await this.#inner.read(buffer)) !== null;) {
        const head = parser.push(buffer.subarray(0, count));
        if (head) return { ...this.#answer(head), rest: parser.rest };
      }
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      return refusalOf("GET", { status: error.status, why: error.message });
    }
    return undefined;
  }

  /**
   * Answers and ends the connection, after some time for the client to read the answer. How long the answer itself may take
   * is the server's limit for handshakes.
   */
  async #refuse(response: Uint8Array): Promise<false> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await writeAll(this.#inner, response);
      await this.#inner.closeWrite();
      timer = setTimeout(() => this.#inner.close(), LINGER_MS);
      const buffer = new Uint8Array(SOCKET_BUFFER.idle);
      while (await this.#inner.read(buffer) !== null);
    } catch {
      // The client is gone, or the time is over.
    } finally {
      clearTimeout(timer);
    }
    return false;
  }

  /** Waits for the handshake before the first read or write. */
  async #afterHandshake(): Promise<WebSocketChannel> {
    await this.handshake();
    if (!this.#socket) throw new Deno.errors.BadResource("There was no handshake");
    return this.#socket;
  }
}

/** The answer of a server of nothing but WebSockets. */
function answer(head: RequestHead, path: string | undefined): Answer {
  const accepted = acceptHandshake(head, path);
  return "status" in accepted ? refusalOf(head.method, accepted) : { key: accepted.key };
}

function refusalOf(method: string, refused: Refused): Answer {
  return { response: writeRefusal(method, refused), refusal: refused.why };
}

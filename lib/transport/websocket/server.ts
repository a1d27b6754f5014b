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
import { type Channel, type Listener, resetChannel } from "../channel.ts";
import { MESSAGE_MAX, SOCKET_BUFFER } from "../limits.ts";
import { lingerClose } from "../linger.ts";
import { WebSocketChannel } from "./channel.ts";
import { acceptHandshake, proofOf, type Refused, writeAcceptance, writeRefusal } from "./handshake.ts";

/** What a request gets: a WebSocket, or a response after which the connection ends, with the reason if it is a refusal. */
export type Answer =
  | { readonly key: string; readonly protocol?: string | undefined }
  | { readonly response: Uint8Array; readonly refusal?: string | undefined };

/**
 * Turns a TCP or TLS listener into one whose connections speak WebSocket.
 *
 * @param address its transport, and perhaps a path, the only one that is served then
 * @param messageMax bytes of the longest message
 */
export function listenWebSocket(
  inner: Listener,
  { transport, path }: InetAddress,
  messageMax: number = MESSAGE_MAX,
): Listener {
  const { host, port } = inner.address as InetAddress;
  const answer = (head: RequestHead): Answer => {
    const accepted = acceptHandshake(head, path);
    return "status" in accepted ? refusalOf(head.method, accepted) : { key: accepted.key };
  };
  return {
    address: { transport, host, port, ...(path !== undefined && { path }) },
    accept: async () => new WebSocketServerChannel(await inner.accept(), answer, messageMax),
    close: () => inner.close(),
  };
}

/** A connection whose handshake is still to come, or done. */
export class WebSocketServerChannel implements Channel {
  readonly transport: "ws" | "wss";
  readonly host: string;
  readonly peer: string;
  readonly encoding = "utf-8";
  readonly messageMax: number | undefined;
  readonly #inner: Channel;
  readonly #answer: (head: RequestHead) => Answer | Promise<Answer>;
  /** Why the request was refused. */
  refusal: string | undefined;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<boolean> | undefined;
  /** The WebSocket, once the handshake is done. */
  #socket: WebSocketChannel | undefined;
  #closed = false;

  /**
   * Takes over a TCP or TLS connection, the latter with its own handshake to come.
   *
   * @param messageMax bytes of the longest message. Default: 1 MiB
   */
  constructor(inner: Channel, answer: (head: RequestHead) => Answer | Promise<Answer>, messageMax?: number) {
    this.messageMax = messageMax;
    this.#inner = inner;
    this.#answer = answer;
    this.transport = inner.transport === "tls" ? "wss" : "ws";
    this.host = inner.host;
    this.peer = inner.peer;
  }

  /** The subprotocol that was agreed on. */
  get subprotocol(): string | undefined {
    return this.#socket?.subprotocol;
  }

  /** What a TLS client asked for. */
  get hello(): Channel["hello"] {
    return this.#inner.hello;
  }

  /** This end. */
  get local(): Channel["local"] {
    return this.#inner.local;
  }

  /** The client's certificate. */
  get certificate(): Channel["certificate"] {
    return this.#inner.certificate;
  }

  /** Settles when the connection underneath is closed; undefined before the handshake. */
  get finished(): Promise<void> | undefined {
    return this.#socket?.finished;
  }

  /** Shakes hands. What asks for something else gets an answer that says so: false. */
  handshake(): Promise<boolean> {
    return this.#handshake ??= this.#shakeHands();
  }

  /** Receives the next message. */
  receive(): Promise<Uint8Array | null> {
    return this.#socket?.receive() ?? this.#afterHandshake().then((socket) => socket.receive());
  }

  /** Reads one message; bytes that do not fit are lost. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#socket?.read(buffer) ?? this.#afterHandshake().then((socket) => socket.read(buffer));
  }

  /** Sends one message. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#socket?.write(bytes) ?? this.#afterHandshake().then((socket) => socket.write(bytes));
  }

  /** Sends groups of messages. */
  async writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    await (this.#socket ?? await this.#afterHandshake()).writeMessages(groups);
  }

  /** Sends a close frame. */
  async closeWrite(code?: number, reason?: string): Promise<void> {
    await (this.#socket ?? await this.#afterHandshake()).closeWrite(code, reason);
  }

  /** Closes the WebSocket, or the connection that has not become one. */
  close(): void {
    this.#closed = true;
    (this.#socket ?? this.#inner).close();
  }

  /** Resets the connection, where it can. */
  reset(): void {
    this.#closed = true;
    resetChannel(this.#socket ?? this.#inner);
  }

  async #shakeHands(): Promise<boolean> {
    const inner = this.#inner;
    await inner.handshake?.();
    const request = await this.#readRequest();
    if (!request) return false;
    if ("response" in request) {
      this.refusal = request.refusal;
      // How long the response itself may take is the server's limit for handshakes.
      await writeAll(inner, request.response).then(() => lingerClose(inner), () => {});
      return false;
    }
    const { key, protocol: subprotocol, rest } = request;
    await writeAll(inner, writeAcceptance(await proofOf(key), subprotocol));
    if (this.#closed) return false;
    const { messageMax } = this;
    this.#socket = new WebSocketChannel(inner, { role: "server", rest, subprotocol, messageMax });
    return true;
  }

  /** The response to the request, with the bytes after it; undefined if the client left before its end. */
  async #readRequest(): Promise<Answer & { readonly rest?: Uint8Array } | undefined> {
    const parser = new RequestParser();
    const buffer = new Uint8Array(SOCKET_BUFFER.idle);
    try {
      for (let count; (count = await this.#inner.read(buffer)) !== null;) {
        const head = parser.push(buffer.subarray(0, count));
        if (head) return { ...await this.#answer(head), rest: parser.rest };
      }
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      return refusalOf("GET", { status: error.status, why: error.message });
    }
    return undefined;
  }

  /** Waits for the handshake before the first read or write. */
  async #afterHandshake(): Promise<WebSocketChannel> {
    await this.handshake();
    if (!this.#socket) throw new Deno.errors.BadResource("There was no handshake");
    return this.#socket;
  }
}

function refusalOf(method: string, refused: Refused): Answer {
  return { response: writeRefusal(method, refused), refusal: refused.why };
}

/**
 * A WebSocket with what sockets have and it lacks: somebody who reads late slows the other side down, in both directions.
 *
 * @module
 */

import { wait } from "../../wait.ts";

/** A text or bytes. */
export type Message = string | Uint8Array;

/** The longest message that is taken: a line of the longest kind, written in the longest way that JSON has. */
export const MESSAGE_MAX = 1024 * 1024;

/** Bytes of messages that may wait to be read before the sender is held. */
const INBOX_LIMIT = 256 * 1024;

/** What a waiting message costs besides its bytes. */
const MESSAGE_COST = 256;

/** Bytes that may wait to be taken by the network before the writer is held: a write's worth. What waits behind is the outbox's. */
const BUFFERED_LIMIT = 64 * 1024;

/** First and longest pause, in milliseconds, between two looks at what the network has taken: no event tells. */
const LOOK_MS = { first: 1, longest: 50 };

/** Close codes of RFC 6455 section 7.4.1: the connection broke (0 where Deno knows no better), and a message that is too big. */
const BROKEN = [0, 1006];
const TOO_BIG = 1009;

/** We go away without more of a goodbye. */
const GONE = 1001;

/** The server's side of a WebSocket. */
export class WebSocketLink {
  /** Settles when it is closed, however that went. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #inbox: { readonly message: Message; readonly cost: number }[] = [];
  readonly #gone = Promise.withResolvers<never>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  #waiting = 0;
  #arrival = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();
  #ended = false;
  #failure: Error | undefined;

  /**
   * Takes over a WebSocket.
   *
   * @param socket a socket that may still be connecting; this object owns it from now on
   * @param onMessage called as each message comes
   */
  constructor(socket: WebSocket, onMessage: () => void = () => {}) {
    this.#socket = socket;
    this.closed = this.#closed.promise;
    this.#gone.promise.catch(() => {});
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      onMessage();
      this.#take(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    };
    socket.onerror = () => {}; // The close that follows says all.
    // Deno closes a socket twice when its ping was not answered.
    socket.onclose = ({ code }) => this.#end(BROKEN.includes(code) ? broken() : undefined);
  }

  /** Settles when what has come is being read, so that more may come. */
  async ready(): Promise<void> {
    while (this.#waiting > INBOX_LIMIT && !this.#ended) await this.#room.promise;
  }

  /**
   * The next message.
   *
   * @returns null when the peer has ended it
   * @throws {Error} when it broke or was given up
   */
  async receive(): Promise<Message | null> {
    while (this.#inbox.length === 0) {
      if (this.#failure) throw this.#failure;
      if (this.#ended) return null;
      await this.#arrival.promise;
    }
    const next = this.#inbox.shift();
    this.#waiting -= next?.cost ?? 0;
    this.#room.resolve();
    this.#room = Promise.withResolvers();
    return next?.message ?? null;
  }

  /**
   * Sends a message, and waits until the network has taken enough.
   *
   * @throws {Error} when the socket is closed
   */
  async send(message: Message): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#socket.readyState !== WebSocket.OPEN) throw new Deno.errors.BrokenPipe("the WebSocket is closed");
    this.#socket.send(message as string | Uint8Array<ArrayBuffer>);
    if (this.#socket.bufferedAmount > BUFFERED_LIMIT) await this.#until(BUFFERED_LIMIT);
  }

  /** Settles when the network has taken everything. */
  drained(): Promise<void> {
    return this.#until(0);
  }

  /**
   * Says goodbye; {@linkcode receive} gives null when the peer has answered.
   *
   * @param code RFC 6455 section 7.4
   * @param reason 123 bytes at most
   */
  end(code: number, reason = ""): void {
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close(code, reason);
  }

  /**
   * Gives up: what waits for messages or for room is told so. If there is time the socket still says goodbye, with a code after
   * which the other side may come back, unless {@linkcode end} has said another one.
   */
  abort(): void {
    this.end(GONE);
    this.#end(new Deno.errors.Interrupted("the WebSocket was given up"));
  }

  async #until(limit: number): Promise<void> {
    for (let pause = LOOK_MS.first; this.#socket.bufferedAmount > limit; pause = Math.min(2 * pause, LOOK_MS.longest)) {
      if (this.#failure) throw this.#failure;
      if (this.#ended) throw new Deno.errors.BrokenPipe("the WebSocket is closed");
      await wait(pause, this.#stop.signal).catch(() => {});
    }
  }

  #take(message: Message): void {
    if (this.#ended) return;
    if (message.length > MESSAGE_MAX) {
      this.end(TOO_BIG, "the message is too big");
      return this.#end(new Error("its message is too big"));
    }
    const cost = message.length + MESSAGE_COST;
    this.#inbox.push({ message, cost });
    this.#waiting += cost;
    this.#wake();
  }

  #end(failure: Error | undefined): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#failure = failure;
      this.#stop.abort();
      this.#wake();
      this.#room.resolve();
    }
    if (this.#socket.readyState === WebSocket.CLOSED) this.#closed.resolve();
  }

  #wake(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }
}

/** As the system says it of other sockets. */
function broken(): Error {
  return Object.assign(new Deno.errors.ConnectionReset("the WebSocket broke"), { code: "ECONNRESET" });
}

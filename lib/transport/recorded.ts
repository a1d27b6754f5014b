/**
 * Records the traffic of a {@linkcode Channel}: the bytes that its owner reads and writes, which are plaintext under
 * TLS and the payloads of a WebSocket, and how each direction ends. The recording does not depend on the display.
 *
 * @module
 */

import type { Endpoint } from "../capture/endpoint.ts";
import type { ConversationRecorder, Recorder } from "../capture/recorder.ts";
import type { Dir } from "../events.ts";
import { settledWithin } from "../wait.ts";
import { unmapIPv4 } from "./address.ts";
import { type Channel, type Listener, resetChannel } from "./channel.ts";
import { endOf, isGivenUp } from "./failure.ts";
import { traitsOf } from "./mod.ts";
import { WrappedChannel } from "./wrapped_channel.ts";

/** Facts about a channel that are recorded besides its traffic. */
export interface RecordedOptions {
  /** The server's end. Default: that of the channel; a relay gives the end that it relays to. */
  readonly server?: Endpoint | undefined;
  /** The name that a TLS server was asked for. Default: that of the channel. */
  readonly serverName?: string | undefined;
  /** What is remarked besides. */
  readonly note?: string | undefined;
}

/** Records every channel that a listener gives, from its handshake on; without one there is no conversation. */
export function recordListener(
  listener: Listener,
  recorder: Recorder,
  options: RecordedOptions = {},
): Listener {
  const { address } = listener;
  const own = "port" in address ? { hostname: address.host, port: address.port } : undefined;
  const side = { isServer: true, own };
  return {
    address,
    accept: async () => new RecordedChannel(await listener.accept(), recorder, options, side),
    close: () => listener.close(),
  };
}

/** Records a channel of a client, which is connected. */
export function recordChannel(channel: Channel, recorder: Recorder, options: RecordedOptions = {}): Channel {
  return new RecordedChannel(channel, recorder, options, { isServer: false });
}

/** Our side of a conversation. */
interface Side {
  readonly isServer: boolean;
  /** Its end, where the channel does not tell. */
  readonly own?: Endpoint | undefined;
}

class RecordedChannel extends WrappedChannel {
  readonly handshake?: () => Promise<boolean | void>;
  readonly reset?: () => void;
  readonly #recorder: Recorder;
  readonly #options: RecordedOptions;
  readonly #side: Side;
  readonly #in: Dir;
  readonly #out: Dir;
  /** Undefined before the handshake, and where it leads to no conversation. */
  #conversation: ConversationRecorder | undefined;
  /** The write or the end of our half that is under way. */
  #writing: Promise<unknown> | undefined;
  /** A write that was waited for. */
  #slow: Promise<unknown> | undefined;
  /** A write has shown that the peer gave the connection up; data that it had sent before may still be read. */
  #wasReset = false;
  #closed = false;

  constructor(inner: Channel, recorder: Recorder, options: RecordedOptions, side: Side) {
    super(inner);
    this.#recorder = recorder;
    this.#options = options;
    this.#side = side;
    [this.#in, this.#out] = side.isServer ? ["up", "down"] : ["down", "up"];
    if (inner.reset) this.reset = () => this.#reset();
    if (inner.handshake) this.handshake = () => this.#shakeHands();
    else this.#open();
  }

  override get receive(): Channel["receive"] {
    return this.inner.receive && (() => this.#receive());
  }

  get writeMessages(): Channel["writeMessages"] {
    return this.inner.writeMessages && ((groups) => this.#writeMessages(groups));
  }

  override async read(buffer: Uint8Array): Promise<number | null> {
    const count = await this.#incoming(this.inner.read(buffer));
    if (count !== null) await this.#heard(buffer.subarray(0, count));
    return count;
  }

  override async write(bytes: Uint8Array): Promise<number> {
    const count = await this.#outgoing(this.inner.write(bytes));
    await this.#conversation?.data(this.#out, bytes.subarray(0, count));
    return count;
  }

  get closeSendsFin(): boolean | undefined {
    return this.inner.closeSendsFin;
  }

  override async closeWrite(code?: number, reason?: string): Promise<void> {
    await this.#outgoing(this.inner.closeWrite(code, reason));
    this.#conversation?.end(this.#out, "fin");
  }

  override close(): void {
    if (!this.#closed) this.#end("fin");
    this.inner.close();
  }

  #reset(): void {
    if (!this.#closed) this.#end("reset");
    resetChannel(this.inner);
  }

  #end(how: "fin" | "reset"): void {
    this.#closed = true;
    if (this.#wasReset) this.#conversation?.end(this.#in, "reset");
    this.#conversation?.end(this.#out, how);
  }

  async #shakeHands(): Promise<boolean | void> {
    const wanted = await this.inner.handshake?.();
    if (wanted !== false && !this.#closed) this.#open();
    return wanted;
  }

  #open(): void {
    this.#conversation = this.#conversationWith(this.inner.peer);
  }

  #conversationWith(peer: string): ConversationRecorder {
    const { hasPort, connectionless } = traitsOf(this.inner.transport);
    const other = hasPort ? endpointOf(peer) : undefined;
    const own = hasPort ? ownEnd(this.inner.local ?? this.#side.own, other) : undefined;
    const [client, server] = this.#side.isServer ? [other, own] : [own, other];
    const comment = describe(this.inner, this.#options);
    return this.#recorder.open({ connectionless, client, server: this.#options.server ?? server, comment });
  }

  async #receive(): Promise<Uint8Array | null> {
    const message = await this.#incoming(this.inner.receive!());
    if (message !== null) await this.#heard(message);
    return message;
  }

  async #writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    await this.#outgoing(this.inner.writeMessages!(groups));
    for (const message of groups.flat()) await this.#conversation?.data(this.#out, message);
  }

  /** A datagram from an address other than the one dialled belongs to a conversation with that address. */
  #heard(bytes: Uint8Array): void | Promise<void> {
    const { peer, from = peer } = this.inner;
    const conversation = from === peer ? this.#conversation : this.#conversationWith(from);
    return conversation?.data(this.#in, bytes);
  }

  /** Waits for received data, and records its end. */
  async #incoming<T>(reading: Promise<T | null>): Promise<T | null> {
    try {
      const got = await reading;
      await this.#letFinish();
      if (got === null && !this.#closed) this.#conversation?.end(this.#in, this.#wasReset ? "reset" : "fin");
      return got;
    } catch (error) {
      if (!this.#closed) this.#broken(error);
      throw error;
    }
  }

  /**
   * Both may have settled in the same turn of the event loop, and an answer stands behind its question. A write that takes
   * longer is waited for once.
   */
  async #letFinish(): Promise<void> {
    const writing = this.#writing;
    if (!writing || writing === this.#slow) return;
    this.#slow = writing;
    await settledWithin(writing, 0);
  }

  #broken(cause: unknown): void {
    if (this.#wasReset || isGivenUp(cause)) return this.#conversation?.end(this.#in, "reset");
    this.#conversation?.comment(String(endOf(cause)));
    // The system gives a code to unexpected failures; an end without close_notify or a close frame is still an end.
    if ((cause as { code?: unknown }).code === undefined) this.#conversation?.end(this.#in, "fin");
  }

  /** Waits for sent data. */
  async #outgoing<T>(work: Promise<T>): Promise<T> {
    this.#writing = work;
    try {
      return await work;
    } catch (error) {
      if (!this.#closed && isGivenUp(error)) this.#wasReset = true;
      throw error;
    } finally {
      if (this.#writing === work) this.#writing = undefined;
    }
  }
}

/** The host and the port in the address of a peer. */
function endpointOf(text: string): Endpoint | undefined {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(text) ?? [];
  const hostname = bracketed ?? plain;
  return hostname === undefined ? undefined : { hostname, port: Number(port) };
}

/** A socket of datagrams may be bound to every address; of this machine alone it is known which one they go by. */
function ownEnd(local: Endpoint | undefined, other: Endpoint | undefined): Endpoint | undefined {
  if (!local) return undefined;
  const hostname = unmapIPv4(local.hostname);
  const isOpen = hostname === "0.0.0.0" || hostname === "::";
  const isHere = other !== undefined && /^(127\.|::1$)/.test(other.hostname);
  return { hostname: isOpen && isHere ? other.hostname : hostname, port: local.port };
}

/** What a recording does not show by itself. */
function describe(channel: Channel, { serverName: asked, note }: RecordedOptions): string | undefined {
  const { transport, peer, subprotocol, certificate, hello } = channel;
  const serverName = hello?.serverName ?? asked;
  const { secured, messageBoundaries, connectionless, hasPort } = traitsOf(transport);
  const parts = [
    ...(hasPort ? [] : [`Unix socket ${peer.replace(/^unix:/, "")}`]),
    ...(messageBoundaries && !connectionless ? ["WebSocket"] : []),
    ...(subprotocol === undefined ? [] : [`subprotocol ${subprotocol}`]),
    ...(secured ? [serverName === undefined ? "TLS" : `TLS for ${serverName}`] : []),
    ...(certificate ? [`client certificate ${certificate.name}`] : []),
    ...(note === undefined ? [] : [note]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

/**
 * The contract of every transport with the layers above: a {@linkcode Channel} is one connection, a {@linkcode Listener} gives
 * channels. It is the contract of Deno's TCP connections; other transports are adapted to it.
 *
 * @module
 */

import type { Endpoint } from "../capture/endpoint.ts";
import type { ClientCertificate, TransportName } from "../events.ts";
import type { Address } from "./address.ts";

/** A peer whose address may be forged. */
export interface Unproven {
  /** Set by the server when it looks for silent peers; cleared when data arrives. */
  silent: boolean;
  /** Whether a message of so many bytes may be sent there now, which counts it. */
  claim(length: number): boolean;
}

/** What a TLS client asked for in its hello, as far as the server took it. */
export interface TlsHello {
  /** The name of the server (SNI, RFC 6066 section 3). */
  readonly serverName?: string | undefined;
  /** The protocol that was agreed on (ALPN, RFC 7301). */
  readonly protocol?: string | undefined;
}

/** One connection with one peer. */
export interface Channel {
  /** How bytes travel. */
  readonly transport: TransportName;
  /** The peer's host alone, for limits and access lists; the path of a Unix socket. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  /** This end, where it has an address that is known. */
  readonly local?: Endpoint | undefined;
  /** Sender of the last datagram, where it can differ from `peer` (multicast). */
  readonly from?: string;
  /** The encoding of text, where the transport prescribes one. */
  readonly encoding?: string | undefined;
  /** Bytes of the longest message, if it was set. Default: the maximum of the transport. */
  readonly messageMax?: number | undefined;
  /** The client's certificate, where a TLS server asks for one; known after the handshake. */
  readonly certificate?: ClientCertificate | undefined;
  /** The subprotocol of a WebSocket (RFC 6455 section 1.9), if one was agreed on. */
  readonly subprotocol?: string | undefined;
  /**
   * Only where a handshake comes before the first byte (TLS, HTTP): makes it. Transport, encoding and address are final then.
   *
   * @returns false when the peer asked for something else and has been answered: there is no conversation
   * @throws {SockeyeError} when the handshake fails
   */
  handshake?(): Promise<boolean | void>;
  /** What a TLS client asked for; known after the handshake. */
  readonly hello?: TlsHello | undefined;
  /** Why the handshake ended without a conversation, if the peer was refused and informed. */
  readonly refusal?: string | undefined;
  /**
   * Reads at least one byte, and returns how many; null when the peer sends no more.
   *
   * @throws {Error} what the system says; Interrupted or BadResource when the channel was closed
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Only where the transport keeps message boundaries: reads the next message, which may be empty; null when there are
   * no more. Each write is then a message, too.
   *
   * @returns bytes that no other code changes, in memory that they may share with other messages
   * @throws {Error} as {@linkcode read}
   */
  readonly receive?: (() => Promise<Uint8Array | null>) | undefined;
  /** Only where the peer's address may be forged. */
  readonly unproven?: Unproven | undefined;
  /**
   * Writes at least one byte, not always all of them (with message boundaries all), and says how many the system took.
   *
   * @param bytes must stay as they are until the promise settles
   * @throws {Error} what the system says
   */
  write(bytes: Uint8Array): Promise<number>;
  /**
   * Only where many messages can go out in one write: writes groups of messages. A group that many peers get is encoded once.
   *
   * @param groups arrays that are not changed any more
   * @throws {Error} what the system says
   */
  readonly writeMessages?: ((groups: readonly (readonly Uint8Array[])[]) => Promise<void>) | undefined;
  /** Says that we send no more; reading goes on. A WebSocket gets 1000, or a close code (RFC 6455 section 7.4) and its reason. */
  closeWrite(code?: number, reason?: string): Promise<void>;
  /** Whether `close` ends our half as `closeWrite` does, once the peer has ended its own: nothing but a FIN is to be sent. */
  readonly closeSendsFin?: boolean | undefined;
  /** Ends both directions now. A pending read or write rejects; a second call does nothing. */
  close(): void;
  /** Only where the connection can be reset: like `close`, but the peer gets a reset. */
  reset?(): void;
}

/** Closes a channel with a reset, where it has one. */
export function resetChannel(channel: Channel): void {
  if (channel.reset) channel.reset();
  else channel.close();
}

/** Gives channels. */
export interface Listener {
  /** Where it listens, with the real port. */
  readonly address: Address;
  /**
   * Waits for the next peer.
   *
   * @throws {Error} BadResource when the listener was closed, else what the system says
   */
  accept(): Promise<Channel>;
  /** Stops listening; channels that were accepted live on. A second call does nothing. */
  close(): void;
}

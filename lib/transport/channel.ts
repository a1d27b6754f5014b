/**
 * What every transport offers to the layers above: a {@linkcode Channel} is one conversation, a {@linkcode Listener} gives
 * channels. The contract is that of Deno's TCP connections; other transports are made to look like it.
 *
 * @module
 */

import type { TransportName } from "../events.ts";
import type { Address } from "./address.ts";

/** One conversation with one peer. */
export interface Channel {
  /** How bytes travel. */
  readonly transport: TransportName;
  /** The peer's host alone, for limits and access lists. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  /** Who said what was read last, where that may be somebody else. */
  readonly from?: string;
  /** The encoding of text, where the transport prescribes one. */
  readonly encoding?: string | undefined;
  /** The name that the peer asks for, where the transport asks it: anything. */
  readonly name?: string | undefined;
  /**
   * Only where something comes before the first byte (TLS, HTTP): settles when that is done. Transport, encoding and address
   * are final then.
   *
   * @returns false when the peer came for something else, which it got: there is nobody to talk to
   */
  handshake?(): Promise<boolean | void>;
  /**
   * Reads what is there, at least one byte.
   *
   * @param buffer where the bytes go
   * @returns how many bytes came; null when the peer sends no more
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Only where messages keep their borders (UDP): reads the next one, which may be empty. Each write is then a message too.
   *
   * @returns bytes that nobody else changes, in memory that they may share with others; null when no more comes
   */
  receive?(): Promise<Uint8Array | null>;
  /**
   * Writes at least one byte; not always all of them.
   *
   * @param bytes what to write
   * @returns how many bytes the system took
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that we send no more; reading goes on. */
  closeWrite(): Promise<void>;
  /** Ends both directions now. A pending read or write rejects; calling it again does nothing. */
  close(): void;
}

/** Something that peers can connect to. */
export interface Listener {
  /** Where it listens, with the real port. */
  readonly address: Address;
  /** Waits for the next peer; rejects when the listener is closed or the system refuses. */
  accept(): Promise<Channel>;
  /** Stops listening; channels that were accepted live on. Calling it again does nothing. */
  close(): void;
}

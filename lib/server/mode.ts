/**
 * The contract between a server and its modes: what the server asks of a mode, and all that a mode sees of a peer.
 * A mode knows no socket, so it is written once for every transport.
 *
 * @module
 */

import type { Transport } from "../transport/address.ts";

/** What a server does with what it hears. Made anew for each server. */
export interface Mode {
  /**
   * A peer came. Nothing that it says is handed over until the promise settles.
   *
   * @param peer the new peer
   */
  open?(peer: Peer): void | Promise<void>;
  /**
   * Bytes came. Awaited before the next read: this is the back-pressure.
   *
   * @param peer who sent them
   * @param bytes a view of the peer's read buffer, valid until the promise settles; copy what is kept longer
   */
  data(peer: Peer, bytes: Uint8Array): void | Promise<void>;
  /**
   * The peer sends no more but still reads (half-close). When the promise settles the server ends its half too.
   *
   * @param peer who has finished
   */
  end?(peer: Peer): void | Promise<void>;
  /**
   * The peer is gone, however it went. Called once for each peer that was opened.
   *
   * @param peer who left
   */
  close?(peer: Peer): void;
  /** The server stops: what is posted now still goes out, then every peer is ended. */
  stop?(): void;
}

/** One client as a mode sees it. */
export interface Peer {
  /** Number of the peer in this server, from 1. */
  readonly id: number;
  /** Address as people read it. */
  readonly address: string;
  /** How it is connected. */
  readonly transport: Transport;
  /** The encoding of its text, where its transport prescribes one. */
  readonly encoding?: string | undefined;
  /** The name that it asks for, where its transport asks it: anything. */
  readonly name?: string | undefined;
  /** Whether it can still be sent to. */
  readonly open: boolean;
  /**
   * Sends bytes and waits until the system took them. The bytes must stay as they are until then. Where messages keep their
   * borders (UDP) one that is too long is told as an error and left out.
   *
   * @throws {SockeyeError} `session` when the peer is gone
   */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Queues bytes and returns at once; what is queued together is written together, within 50 ms where the peer reads. The bytes must stay as they are. A
   * message that is too long is left out as by {@linkcode send}.
   *
   * @returns false when the peer is gone or its outbox would grow over the limit: nothing was queued then
   */
  post(bytes: Uint8Array): boolean;
  /** Settles when the system took what was queued until now, or the peer is gone. */
  flush(): Promise<void>;
  /** Ends the conversation politely: what is queued goes out, then FIN. Settles when that is done or the peer is gone. */
  end(): Promise<void>;
  /**
   * Ends the conversation at once.
   *
   * @param reason told in the close event
   */
  kick(reason: string): void;
}

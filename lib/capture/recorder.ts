/**
 * What records a conversation: the contract between the parts that own sockets and the file.
 *
 * @module
 */

import type { Dir } from "../events.ts";
import type { Endpoint } from "./endpoint.ts";

/** A conversation that begins. */
export interface Conversation {
  /** True for datagrams, which have no handshake and no end. Default: a stream. */
  readonly connectionless?: boolean;
  /** The client. An end without an IP address, as of a Unix socket, gets one of this machine and a port of its own. */
  readonly client?: Endpoint | undefined;
  /** The server, likewise. */
  readonly server?: Endpoint | undefined;
  /** A comment for the reader of the recording, such as the name of a TLS server or the path of a Unix socket. */
  readonly comment?: string | undefined;
}

/** How a direction of a stream ended: in order, or because its sender gave the connection up. */
export type EndKind = "fin" | "reset";

/** Receives the traffic of one conversation, in plaintext under TLS. */
export interface ConversationRecorder {
  /**
   * Takes bytes that passed: a read of a stream, or one datagram, which may be empty. They are copied.
   *
   * @param time milliseconds since 1970, with fractions. Default: now
   * @returns a promise when the file is behind; the caller waits for it before it passes more
   */
  data(dir: Dir, bytes: Uint8Array, time?: number): void | Promise<void>;
  /**
   * Takes the end of a direction of a stream; later data in this direction is left out. A reset ends both. It means
   * nothing for datagrams.
   */
  end(dir: Dir, how: EndKind, time?: number): void;
  /** Adds a remark, such as a fault that was applied, to the next packet of the conversation. */
  comment(text: string): void;
}

/**
 * A recording.
 *
 * @example
 * ```ts ignore
 * await using recorder = await openRecorder("talk.pcapng");
 * const conversation = recorder.open({ client: conn.remoteAddr, server: conn.localAddr });
 * await conversation.data("up", bytes);
 * conversation.end("up", "fin");
 * ```
 */
export interface Recorder extends AsyncDisposable {
  /** Begins a conversation, with the handshake of a stream. */
  open(conversation: Conversation): ConversationRecorder;
  /** Writes the waiting bytes and closes the file. Conversations may go on but are no longer recorded. */
  close(): Promise<void>;
}

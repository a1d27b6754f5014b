/**
 * The events that every part reports and `lib/output` shows. A part is given a {@linkcode Report} callback and calls it;
 * it never prints. Where there is no callback no event is built.
 *
 * @module
 */

import type { ErrorKind } from "./errors.ts";

/** How bytes travel. `ws` and `wss` are browsers on the port of another transport. */
export type TransportName = "tcp" | "tls" | "udp" | "unix" | "ws" | "wss";

/** What all events of one peer carry. */
export interface PeerFields {
  /** Number of the peer in this process, from 1. */
  readonly id: number;
  /** The peer's address, `127.0.0.1:53124`. */
  readonly peer: string;
}

/** A listener is bound. */
export interface ListenEvent {
  /** Discriminator. */
  readonly event: "listen";
  /** The address with the real port, `tcp://127.0.0.1:9000`. */
  readonly address: string;
  /** What a person may want to know about it, one line. */
  readonly hint?: string | undefined;
}

/** A connection stands. */
export interface OpenEvent extends PeerFields {
  /** Discriminator. */
  readonly event: "open";
  /** How it is connected. Default: tcp. */
  readonly transport?: TransportName;
}

/** Bytes came from the peer (`recv`) or are handed to the socket (`send`). */
export interface TrafficEvent extends PeerFields {
  /** Discriminator. */
  readonly event: "recv" | "send";
  /** The bytes: a view that is valid only during the call. */
  readonly data: Uint8Array;
  /** Nobody waits until it is shown, so that it may be left out when the output is behind. */
  readonly posted?: boolean;
  /** A message of its own, as a datagram is: what is cut at its end stays cut. */
  readonly whole?: true;
}

/** One direction ended: `in` = the peer sends no more, `out` = we send no more. */
export interface HalfCloseEvent extends PeerFields {
  /** Discriminator. */
  readonly event: "half-close";
  /** Which direction ended. */
  readonly dir: "in" | "out";
}

/** A connection is over. */
export interface CloseEvent extends PeerFields {
  /** Discriminator. */
  readonly event: "close";
  /** How it was connected. Default: tcp. */
  readonly transport?: TransportName;
  /** How it ended, in a few words. */
  readonly reason: string;
  /** Bytes that came from the peer. */
  readonly received: number;
  /** Bytes that the system took for the peer. */
  readonly sent: number;
  /** Milliseconds from open to close. */
  readonly ms: number;
}

/** Something failed; what is not about one peer has no id. */
export interface ErrorEvent extends Partial<PeerFields> {
  /** Discriminator. */
  readonly event: "error";
  /** The error's kind, which is the exit code's name. */
  readonly kind: ErrorKind;
  /** One line. */
  readonly message: string;
}

/** Something worth knowing; `detail` marks what only `--verbose` shows. */
export interface NoticeEvent extends Partial<PeerFields> {
  /** Discriminator. */
  readonly event: "notice";
  /** One line. */
  readonly message: string;
  /** Only for `--verbose`. */
  readonly detail?: boolean;
}

/** A line of a conversation, as those who take part read it; one of a client, or about it, has its id. */
export interface SayEvent extends Partial<PeerFields> {
  /** Discriminator. */
  readonly event: "say";
  /** The line, safe for a terminal. */
  readonly text: string;
  /** Said by the person at this terminal. */
  readonly operator?: true;
}

/** Sums over connections. */
export interface Totals {
  /** Connections that there were. */
  readonly peers: number;
  /** Bytes received by those that are over. */
  readonly received: number;
  /** Bytes sent by those that are over. */
  readonly sent: number;
}

/** A download goes on. */
export interface ProgressEvent {
  /** Discriminator. */
  readonly event: "progress";
  /** What is fetched. */
  readonly url: string;
  /** Bytes of the body that are there. */
  readonly bytes: number;
  /** Bytes of the whole body, where the server says so. */
  readonly total?: number | undefined;
  /** Bytes a second. */
  readonly rate: number;
}

/** What a download came to. */
export interface Fetched {
  /** Where the body came from in the end. */
  readonly url: string;
  /** The HTTP status. */
  readonly status: number;
  /** The file; left out when the body went elsewhere or there was none. */
  readonly file?: string | undefined;
  /** Bytes saved. */
  readonly bytes: number;
  /** SHA-256 in hex of what was saved. */
  readonly sha256?: string | undefined;
  /** Milliseconds of each step; those of the last hop, but for the total. */
  readonly timings: Readonly<Record<"dns" | "connect" | "tls" | "firstByte" | "total", number>>;
}

/** What a new certificate came to. */
export interface Certified {
  /** For whom it is. */
  readonly names: readonly string[];
  /** The file of the certificate. */
  readonly cert: string;
  /** The file of its private key. */
  readonly key: string;
  /** The file of the authority's certificate. */
  readonly ca: string;
  /** `sha256:` and the hex digits to pin. */
  readonly fingerprint: string;
  /** Its last second, as `t` is written. */
  readonly expires: string;
}

/** The command is done, or one download of it. */
export interface DoneEvent extends Totals, Partial<Fetched>, Partial<Certified> {
  /** Discriminator. */
  readonly event: "done";
  /** How peers were connected to a server. Default: tcp. */
  readonly transport?: TransportName;
  /** Milliseconds from start to end. */
  readonly ms: number;
  /** The exit code. */
  readonly code: number;
}

/** Any event. */
export type SockeyeEvent =
  | ListenEvent
  | OpenEvent
  | TrafficEvent
  | HalfCloseEvent
  | CloseEvent
  | ErrorEvent
  | NoticeEvent
  | SayEvent
  | ProgressEvent
  | DoneEvent;

/**
 * Takes an event. A promise means that the output is behind: the caller waits for it before it produces more, so that a slow
 * terminal slows the sender instead of filling the memory.
 */
export type Report = (event: SockeyeEvent) => void | Promise<void>;

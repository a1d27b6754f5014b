/**
 * The events that all parts of sockeye report and `lib/output` shows. A part receives a {@linkcode Report} callback and
 * calls it; it never prints. Without a callback no event is built.
 *
 * @module
 */

import type { CaseEvent, Checked } from "./case_event.ts";
import type { ErrorKind } from "./errors.ts";
import type { Phrased } from "./phrase.ts";

/** Name of a transport. `ws` and `wss` are browsers that connect to a TCP or TLS port. */
export type TransportName = "tcp" | "tls" | "udp" | "unix" | "ws" | "wss";

/** A direction of a conversation that is seen from outside: from the client to the server, or back. */
export type Dir = "up" | "down";

/** What tells the events apart. */
export interface Named<Name extends string> {
  /** Kind of the event. */
  readonly event: Name;
}

/** Fields of every event about one peer. */
export interface PeerFields {
  /** Number of the peer in this process, from 1. */
  readonly id: number;
  /** The peer's address, `127.0.0.1:53124`. */
  readonly peer: string;
}

/** A listener was bound. */
export interface ListenEvent extends Named<"listen"> {
  /** The address with the real port, `tcp://127.0.0.1:9000`. */
  readonly address: string;
  /** What is served: the name of the mode, or `tap`. */
  readonly mode?: string | undefined;
  /** The target of a tap, `tcp://127.0.0.1:9001`. */
  readonly target?: string | undefined;
  /** What a client of this machine takes as its address, where that is shorter. */
  readonly reach?: string | undefined;
  /** What the server allows its clients, one line; only for `--verbose`. */
  readonly limits?: Phrased | undefined;
  /** Advice for the user about this address, one line. */
  readonly hint?: Phrased | undefined;
}

/** The certificate that a client of a TLS server has shown. */
export interface ClientCertificate {
  /** The common name of its subject, else its first alternative name; not safe for a terminal. */
  readonly name: string;
  /** `sha256:` and the hex digits. */
  readonly fingerprint: string;
}

/** A connection was established. */
export interface OpenEvent extends Named<"open">, PeerFields {
  /** Transport of the connection. Default: tcp. */
  readonly transport?: TransportName;
  /** The client's certificate, where the server asks for one. */
  readonly certificate?: ClientCertificate | undefined;
  /** In a capture: the server's address, where the peer is the client. */
  readonly target?: string;
  /** Whether its beginning was not captured. */
  readonly beganBefore?: true;
}

/** The verdict on the checksum of a received message. */
export interface ChecksumVerdict {
  /** Whether it is right. */
  readonly ok: boolean;
  /** Hex of the checksum in the message; shorter, even empty, where the message is too short for one. */
  readonly has: string;
  /** Hex of the checksum that it should have. */
  readonly want: string;
}

/** Bytes were received from the peer (`recv`) or are passed to the socket (`send`). */
export interface TrafficEvent extends Named<"recv" | "send">, PeerFields {
  /** The bytes: a view that is valid only during the call. */
  readonly data: Uint8Array;
  /**
   * The bytes are a complete message, such as a datagram: the next event does not continue a character cut at the end.
   */
  readonly whole?: true;
  /** It came from an address other than the one that the client sends to. */
  readonly other?: true;
  /** Its direction in a conversation that is seen from outside. */
  readonly dir?: Dir;
  /** Transport of a message that a client got. */
  readonly transport?: TransportName;
  /** The bytes stand outside a frame. */
  readonly stray?: true;
  /** The stream ended before the message did. */
  readonly partial?: true;
  /** A part of a message that is longer than the limit. */
  readonly cut?: true;
  /** What its checksum says, where one is expected. */
  readonly checksum?: ChecksumVerdict;
  /** What faults did to it, in a few words each: `delayed 103 ms`. */
  readonly faults?: readonly string[];
}

/** One direction ended: `in` after the peer's last byte, `out` after our last byte. */
export interface HalfCloseEvent extends Named<"half-close">, PeerFields {
  /** The direction that ended; `up` or `down` in a conversation that is seen from outside. */
  readonly dir: "in" | "out" | Dir;
}

/** A connection was closed. */
export interface CloseEvent extends Named<"close">, PeerFields {
  /** Transport of the connection. Default: tcp. */
  readonly transport?: TransportName;
  /** Reason of the end, in a few words. */
  readonly reason: Phrased;
  /** Bytes received from the peer. */
  readonly received: number;
  /** Bytes for the peer that the system accepted. */
  readonly sent: number;
  /** Milliseconds from open to close. */
  readonly ms: number;
  /**
   * In a capture or a relay: how it ended, in order or by a reset; in a relay also without a word, or because the server could
   * not be reached. Absent where nothing tells.
   */
  readonly how?: "fin" | "reset" | "lost" | "unreachable";
  /** Likewise: which end ended it first, the client (`up`) or the server. */
  readonly by?: Dir;
}

/** A failure; one that does not concern a single peer has no id. */
export interface ErrorEvent extends Named<"error">, Partial<PeerFields> {
  /** Kind of the error, which is the name of its exit code. */
  readonly kind: ErrorKind;
  /** One line. */
  readonly message: Phrased;
}

/** Information for the user; `detail` marks what only `--verbose` shows. */
export interface NoticeEvent extends Named<"notice">, Partial<PeerFields> {
  /** One line. */
  readonly message: Phrased;
  /** Only for `--verbose`. */
  readonly detail?: boolean;
  /** Bytes of a capture that are not in it. */
  readonly missing?: number;
  /** Their direction. */
  readonly dir?: Dir;
}

/** A conversation of a capture, in a list of all. */
export interface ConversationEvent extends Named<"conversation"> {
  /** Its number, from 1. */
  readonly id: number;
  /** Its transport. */
  readonly transport: TransportName;
  /** Address of the client. */
  readonly client: string;
  /** Address of the server. */
  readonly server: string;
  /** Bytes from the client to the server. */
  readonly up: number;
  /** Bytes from the server to the client. */
  readonly down: number;
  /** Bytes that were not captured. */
  readonly missing: number;
  /** Messages, of both directions. */
  readonly messages: number;
  /** How it ended, in a few words. */
  readonly reason: Phrased;
  /** How it ended, in order or by a reset; absent where nothing tells. */
  readonly how?: "fin" | "reset";
  /** Which end ended it, the client (`up`) or the server. */
  readonly by?: Dir;
  /** Milliseconds from its first packet to its last. */
  readonly ms: number;
  /** Whether its beginning was not captured. */
  readonly beganBefore?: true;
}

/** A line of a chat, as its members read it; a line from a client, or about one, carries the client's id. */
export interface SayEvent extends Named<"say">, Partial<PeerFields> {
  /** The line, with every character as it was written; a phrase where the room says it. */
  readonly text: Phrased;
  /** Its kind: `say`, `act` and `private` are messages of people, the others come from the room. */
  readonly kind?: string | undefined;
  /** The author, or the person it is about, by the name that is valid from now on. */
  readonly name?: string | undefined;
  /** The line was typed by the operator at this terminal. */
  readonly operator?: true;
}

/** Totals over all connections. */
export interface Totals {
  /** Number of connections so far. */
  readonly peers: number;
  /** Bytes received on closed connections. */
  readonly received: number;
  /** Bytes sent on closed connections. */
  readonly sent: number;
}

/** What a probe found out about a port. */
export interface PortEvent extends Named<"port"> {
  /** The host as it was given. */
  readonly host: string;
  /** The port. */
  readonly port: number;
  /** `open`: it took a connection; `closed`: it refused; `filtered`: there was no answer, or only that of a router. */
  readonly state: "open" | "closed" | "filtered";
  /** Milliseconds until that was known, to a tenth. */
  readonly ms: number;
  /** The address that took the connection. */
  readonly address?: string;
  /** Why it is not open, in a few words. */
  readonly reason?: string;
  /** What TLS agreed on, or `none: ` and why. */
  readonly tls?: string;
  /** The first line that the server sent by itself. */
  readonly banner?: string;
}

/** Progress of a download. */
export interface ProgressEvent extends Named<"progress"> {
  /** The address. */
  readonly url: string;
  /** Bytes of the body received so far. */
  readonly bytes: number;
  /** Bytes of the complete body, if the server announced them. */
  readonly total?: number | undefined;
  /** Bytes a second. */
  readonly rate: number;
}

/** Result of a download. */
export interface Fetched {
  /** The address of the body, after all redirects. */
  readonly url: string;
  /** The HTTP status. */
  readonly status: number;
  /** The file; absent if the body was not saved to a file. */
  readonly file?: string | undefined;
  /** Bytes saved. */
  readonly bytes: number;
  /** SHA-256 of the saved bytes, in hex. */
  readonly sha256?: string | undefined;
  /** Milliseconds of each step of the last hop; `total` covers all hops. */
  readonly timings: Readonly<Record<"dns" | "connect" | "tls" | "firstByte" | "total", number>>;
}

/** Result of making a certificate. */
export interface Certified {
  /** Host names and addresses that the certificate covers. */
  readonly names: readonly string[];
  /** The file of the certificate. */
  readonly cert: string;
  /** The file of its private key. */
  readonly key: string;
  /** The file of the authority's certificate. */
  readonly ca: string;
  /** `sha256:` and the hex digits, as `--pin` takes it. */
  readonly fingerprint: string;
  /** Last second of its validity, in the format of the `t` field. */
  readonly expires: string;
}

/** The command is done, or one of its downloads. */
export interface DoneEvent extends Named<"done">, Totals, Partial<Fetched & Certified & Checked> {
  /** Transport of a server's peers. Default: tcp. */
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
  | PortEvent
  | ConversationEvent
  | CaseEvent
  | ProgressEvent
  | DoneEvent;

/**
 * Callback that takes an event. If it returns a promise, the output is behind: the caller waits for it before it
 * produces more. A client then waits until stdout is read; a server delays its peers only briefly, if at all, and drops
 * unread output.
 */
export type Report = (event: SockeyeEvent) => void | Promise<void>;

/**
 * The contract between a server and its modes: a mode's row in the table, its context, the calls that the server makes,
 * and its view of a peer. A mode knows no socket, so it is written once for every transport.
 *
 * @module
 */

import type { CloseEvent, Report, TransportName } from "../events.ts";
import { type Given, type HelpList, type OptionTable, readOptions, type Values } from "../options.ts";
import type { Need } from "../permissions.ts";
import type { Phrased } from "../phrase.ts";
import type { MessageForm } from "../text/message_form.ts";
import type { Address } from "../transport/address.ts";
import type { Channel, Listener, TlsHello } from "../transport/channel.ts";
import type { ModeFiles } from "./mode_files.ts";

/** What a server does with what it receives; one for each server. */
export interface Mode {
  /** Permissions that it needs while it serves, besides those of the transport. Default: none. */
  readonly needs?: readonly Need[];
  /** Whether it saves the data of peers, which is then shown only on request. Default false. */
  readonly keepsData?: boolean;
  /** Whether complete messages from one read may be handed over as one, because it treats them the same. Default false. */
  readonly joins?: boolean;
  /** Called once, when the listener is bound and before the first peer is accepted. */
  start?(listener: Listener): Promise<Started>;
  /** A peer connected. None of its bytes is handed over until the promise settles. */
  open?(peer: Peer): void | Promise<void>;
  /** Removes anything that is not text from received bytes before they are shown or handed over. Default: nothing. */
  clean?(peer: Peer, bytes: Uint8Array): Uint8Array;
  /** Whether the peer is now sending a secret, such as a password, which is handed over but never shown. Default false. */
  withholds?(peer: Peer): boolean;
  /**
   * Receives bytes in a view of the peer's read buffer: copy any that are kept after the promise settles. It is awaited
   * before the next read: this is the back-pressure.
   */
  data(peer: Peer, bytes: Uint8Array): void | Promise<void>;
  /** The peer sends no more but still reads; never with message boundaries. When the promise settles our half ends too. */
  end?(peer: Peer): void | Promise<void>;
  /** The peer sends no more, which the mode reports; called at once, whatever its transport, and before `end`. */
  ended?(peer: Peer): void;
  /**
   * The peer is gone, for any reason. Called once for each peer that was opened.
   *
   * @param cause the failure of the connection; undefined if one side ended it cleanly
   * @returns details of the end that the mode knows better than the server
   */
  close?(peer: Peer, cause?: unknown): void | EndDetails;
  /** The server stops in so many milliseconds, and accepts no more; peers that are not idle go on until then. */
  drain?(ms: number): void;
  /**
   * Milliseconds without a word of its own from which on a peer is idle while the server drains. Default: {@linkcode QUIET_MS}
   * without a byte in either direction.
   */
  readonly quietMs?: number | undefined;
  /** The server stops: messages posted now still go out, then every peer is ended. */
  stop?(): void;
  /** Every peer is gone: releases the mode's files and connections. */
  [Symbol.asyncDispose]?(): Promise<void>;
}

/** What a mode says of the end of a connection. */
export type EndDetails = Partial<Pick<CloseEvent, "by" | "how" | "reason" | "received" | "sent">>;

/** What a mode adds to a server when it starts. */
export interface Started {
  /** Accepts peers in place of the bound listener; closing it closes both. */
  readonly listener?: Listener | undefined;
  /** One line for the person at the server, shown after the address. */
  readonly notice?: Phrased | undefined;
}

/** One client as a mode sees it. */
export interface Peer {
  /** Number of the peer in this server, from 1. */
  readonly id: number;
  /** Address as people read it. */
  readonly address: string;
  /** How it is connected. */
  readonly transport: TransportName;
  /** Whether each send arrives as one message, and each message as one call of `data`. */
  readonly messageBoundaries: boolean;
  /** Bytes of the longest message that it takes; Infinity for a stream. */
  readonly messageMax: number;
  /** The encoding of its text, where its transport prescribes one. */
  readonly encoding?: string | undefined;
  /** The subprotocol of a WebSocket (RFC 6455 section 1.9), if one was agreed on. */
  readonly subprotocol?: string | undefined;
  /** What it asked for under TLS. */
  readonly hello?: TlsHello | undefined;
  /** Whether it can still be sent to. */
  readonly open: boolean;
  /** Since when the system has accepted no queued bytes, in milliseconds of `performance.now()`; undefined if none are queued. */
  readonly stuckSince: number | undefined;
  /**
   * Sends bytes and waits until the system took them. The bytes must stay as they are until then. With message boundaries a
   * message that is too long is reported as an error and left out.
   *
   * @throws {SockeyeError} `session` when the peer is gone
   */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Queues messages, which must stay as they are; false when the peer is gone or its outbox would grow over the limit. What is
   * queued together is written together, within 50 ms where the peer reads. An array that many peers get is encoded once. A
   * message that is too long is left out as by {@linkcode send}.
   */
  post(messages: readonly Uint8Array[]): boolean;
  /** Settles when the system has accepted the bytes queued so far, or the peer is gone. */
  flush(): Promise<void>;
  /**
   * Ends the connection gracefully: queued bytes go out, then FIN. Settles when that is done or the peer is gone.
   *
   * @param code close code of a WebSocket (RFC 6455 section 7.4), which is then told the reason. Default 1000
   * @param reason what is reported of its end. Default `closed`
   */
  end(code?: number, reason?: Phrased): Promise<void>;
  /** Ends our half once all queued bytes are sent; data from the peer is still received. With message boundaries it ends both. */
  endHalf(): Promise<void>;
  /** Ends the connection at once. */
  kick(reason: Phrased): void;
  /** Ends the connection at once and, where its transport can, with a reset: the peer does not take it for a proper end. */
  reset(reason: Phrased): void;
}

/** What a mode is given besides its options. */
export interface ModeContext {
  /** The encoding of text on the wire, a canonical name such as `utf-8`. */
  readonly encoding: string;
  /** What a message is. Default: the data of one read. */
  readonly form?: MessageForm | undefined;
  /** The most bytes of one message, on a transport with message boundaries. Default: no limit. */
  readonly messageMax?: number | undefined;
  /** The person at the server, for modes with `operator: true`. */
  readonly operator: Operator;
  /** Receives the events of the mode. */
  readonly report: Report;
  /** Reports a notice to the person at the server, about a peer or all of them. */
  notice(message: Phrased, peer?: Peer): void;
  /** Opens files, for a mode that serves or keeps them. */
  readonly files: ModeFiles;
  /** Takes traffic, for a mode that reports it itself; undefined when none is shown. */
  readonly traffic?: Report | undefined;
  /** Calls a function whenever log files are to be opened anew (SIGHUP); returns a function that ends that. */
  onReopen(act: () => void): () => void;
  /** Connects to another server, for a mode that relays and closes the channel; throws as `dial` of the transports does. */
  dial(address: Address, request: DialRequest): Promise<Channel>;
}

/** For which peer a mode connects. */
export interface DialRequest {
  /** What the peer asked for under TLS. */
  readonly hello?: TlsHello | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** The person at the server. */
export interface Operator {
  /** Whether it is a person at a terminal, not a pipe. */
  readonly interactive: boolean;
  /** What was typed, line by line; it ends when the input does. */
  lines(): AsyncIterable<string>;
  /** Sets the prompt of the line being typed; empty for the usual one. */
  prompt(text: string): void;
}

/** A mode as the table and the help know it. */
export interface ModeSpec {
  /** The word on the command line. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Arguments after `sockeye server` that show it at work. */
  readonly example: string;
  /** Its own options. */
  readonly options: OptionTable;
  /** What people type while it serves, for the help. Default: nothing. */
  readonly typed?: readonly HelpList[];
  /** Whether it reads the operator's input. Default false. */
  readonly operator?: boolean;
  /** Whether it reports the conversation as `say` events; the data of each client is then a detail. Default false. */
  readonly logsConversation?: boolean;
  /** Whether peers receive the messages of others: over UDP a sender must first prove that its address is its own. Default false. */
  readonly asksSenders?: boolean;
  /** Whether it reports traffic itself, by `ModeContext.traffic`. Default false. */
  readonly reportsTraffic?: boolean;
  /** Whether it may reset connections, which then cost more. Default false. */
  readonly resets?: boolean;
  /** Whether its peers have nothing to do with each other, so that workers may share them. Default false. */
  readonly stateless?: boolean;
  /** Makes the mode for one server. Throws `usage` for a bad value, and the errors of opening files and buses. */
  create(given: readonly Given[], context: ModeContext): Mode | Promise<Mode>;
}

/** A mode as its file writes it, with typed options. */
export interface ModeDefinition<T extends OptionTable> extends Omit<ModeSpec, "create"> {
  /** Its own options. */
  readonly options: T;
  /** Makes the mode for one server. */
  create(values: Values<T>, context: ModeContext): Mode | Promise<Mode>;
}

/** Turns a definition into a table entry, which reads its own options from the command line. See `lib/modes/echo.ts`. */
export function defineMode<T extends OptionTable>(definition: ModeDefinition<T>): ModeSpec {
  return {
    ...definition,
    create: (given, context) => definition.create(readOptions(given, definition.options), context),
  };
}

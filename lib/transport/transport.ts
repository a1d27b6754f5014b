/**
 * What a transport is: a row of the table in `mod.ts`.
 *
 * @module
 */

import type { TransportName } from "../events.ts";
import type { SockeyeError } from "../errors.ts";
import type { Need } from "../permissions.ts";
import type { Address } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import type { Source } from "./local.ts";
import type { Family } from "./resolve.ts";
import type { TlsOptions } from "./tls/client.ts";
import type { UdpOptions } from "./udp_dial.ts";
import type { WebSocketDialOptions } from "./websocket/client.ts";

/** What code outside this folder may ask of a transport, instead of comparing its name. */
export interface Traits {
  /** The scheme of its addresses, and its name in events. */
  readonly name: TransportName;
  /** Whether its addresses are a host and a port; else they are paths. */
  readonly hasPort: boolean;
  /** Whether it is encrypted and has certificates. */
  readonly secured: boolean;
  /** Whether each write arrives as one read; else the bytes form a stream. */
  readonly messageBoundaries: boolean;
  /** Bytes of the longest message, where messages keep their boundaries. */
  readonly messageMax?: number | undefined;
  /** The encoding of text, where it prescribes one. */
  readonly encoding?: string | undefined;
  /** Whether it has neither handshake nor end: every address that sends something is a peer. */
  readonly connectionless: boolean;
}

/** A transport that can be listened on and dialled; its functions throw a SockeyeError or what the system says. */
export interface Transport extends Traits {
  /** Permissions that a process keeps to serve once bound, to dial (several times if need be), to converse once connected. */
  readonly needs: Readonly<Record<"serve" | "dial" | "converse", readonly Need[]>>;
  /** Checks the permissions to listen; the error names the flags to add. */
  demandListen(address: Address): void;
  /** Checks the permissions to connect; the error names the flags to add. */
  demandDial(address: Address, options: LocalAddress): void;
  /** Binds. */
  listen(address: Address, options: ListenOptions): Promise<Listener>;
  /** Connects; one attempt. */
  dial(address: Address, options: AttemptOptions): Promise<Channel>;
}

/** The certificate with which one side of TLS proves its identity, and a server's requirements for its clients. */
export interface Credentials {
  /** The certificate and the intermediate ones up to its authority, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
  /** Only for a server: the authorities, in PEM, one of which must have signed a client's certificate. */
  readonly clientCa?: string | undefined;
}

/** How far the addresses of datagrams are believed. */
export interface SenderRules {
  /** Hosts whose addresses are not forged; others get at most three times the bytes that they sent (RFC 9000 section 8). */
  readonly trusts: (host: string) => boolean;
  /** Hosts that are no peers before they send back a token that was sent to their address. Default: none. */
  readonly asks?: ((host: string) => boolean) | undefined;
  /** Called for each of their datagrams, with host and address; `asked`: whether three times its length had room for a question. */
  readonly onAsked?: ((host: string, peer: string, asked: boolean) => void) | undefined;
}

/** How to listen. */
export interface ListenOptions {
  /** Connections that may wait to be accepted. Default: the most that the kernel allows. */
  readonly backlog?: number | undefined;
  /**
   * Connections that may come at once. Where the system can share a port (Linux) and one accept queue is too short for them,
   * several sockets listen; not when `backlog` is given. Default: as many as one queue holds.
   */
  readonly crowd?: number | undefined;
  /** Lets several processes listen on the same TCP port; the kernel spreads the connections. Default false. */
  readonly reusePort?: boolean | undefined;
  /** Whether connections can be reset, which costs speed. Default false. */
  readonly resets?: boolean | undefined;
  /** A TCP socket of another program that listens already, to use in place of the address. Default: one is bound. */
  readonly descriptor?: number | undefined;
  /** Bytes of the longest message of a WebSocket. Default: 1 MiB. */
  readonly messageMax?: number | undefined;
  /** How far the addresses of datagrams are believed. Default: not at all, and no sender is challenged. */
  readonly senders?: SenderRules | undefined;
  /** Called with notices about a bound socket. */
  readonly notice?: ((message: string) => void) | undefined;
  /** For TLS. */
  readonly credentials?: Credentials | undefined;
  /** For TLS: the protocols to agree on, the preferred one first (ALPN, RFC 7301). Default: none. */
  readonly protocols?: readonly string[] | undefined;
}

/** The local side of a client. */
export interface LocalAddress {
  /** The address and port of this machine to connect or send from. Default: the system's choice. */
  readonly source?: Source | undefined;
  /** The version of IP to use. Default: both. */
  readonly family?: Family;
  /** Group, reach and senders of datagrams, and the observer of tokens. */
  readonly udp?: Omit<UdpOptions, "source" | "family" | "signal"> | undefined;
}

/** Where the time of an attempt went, in milliseconds. */
export interface ConnectTimes {
  /** To find the host's addresses; 0 for an address. */
  dns: number;
  /** To connect. */
  connect: number;
}

/** How one attempt to connect is made. */
export interface AttemptOptions extends LocalAddress {
  /** Which certificates to trust; the server's name is the host if none is given. */
  readonly tls?: Partial<TlsOptions> | undefined;
  /** What a WebSocket is asked for with. */
  readonly ws?: WebSocketDialOptions | undefined;
  /** Whether the connection can be reset, which costs speed. Default false. */
  readonly resets?: boolean | undefined;
  /** Called with the times of the attempt that succeeded. */
  readonly onTimes?: ((times: ConnectTimes) => void) | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** How to dial. */
export interface DialOptions extends Omit<AttemptOptions, "signal"> {
  /** Gives up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for one attempt. Default 10 s. */
  readonly timeout?: number | undefined;
  /**
   * Whether the process dials again and again, as a relay does: the cost of a time limit is then freed when it ends.
   * Default false.
   */
  readonly often?: boolean | undefined;
  /** Further attempts after the first failed. Default 0. */
  readonly retries?: number | undefined;
  /** Called after each failed attempt that another will follow. */
  readonly onRetry?: ((error: SockeyeError, pauseMs: number) => void) | undefined;
}

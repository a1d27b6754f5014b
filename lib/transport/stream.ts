/**
 * Connected streams of the system as {@linkcode Channel}: thin, because the contract is TCP's own.
 *
 * @module
 */

import type { Endpoint } from "../capture/endpoint.ts";
import { formatHostPort, unmapIPv4 } from "./address.ts";
import type { Channel } from "./channel.ts";
import type { VanishedWatch, Watched } from "./vanished.ts";
import { withZone } from "./zone.ts";

/** What the system does not tell of a peer. */
export interface PeerPlace {
  /** Path of the Unix socket; a client of one has no address of its own. */
  readonly path?: string | undefined;
  /** Zone of a link-local address. */
  readonly zone?: string | undefined;
}

/** One TCP connection, in the clear or under TLS, or one through a Unix socket. */
export class StreamChannel implements Channel {
  readonly transport: "tcp" | "tls" | "unix";
  readonly host: string;
  readonly peer: string;
  /** Zone that the peer's address is in, if it is link-local and the zone is known. */
  readonly zone: string | undefined;
  readonly #conn: Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;
  #closed = false;
  /** Set where it is noticed when the peer vanishes. */
  #watched: Watched | undefined;

  /** Takes over a connection. */
  constructor(
    conn: Deno.TcpConn | Deno.TlsConn | Deno.UnixConn,
    transport: "tcp" | "tls" | "unix" = "tcp",
    { path = "", zone }: PeerPlace = {},
  ) {
    this.#conn = conn;
    this.zone = zone;
    this.transport = transport;
    const { remoteAddr } = conn;
    this.host = "hostname" in remoteAddr ? unmapIPv4(remoteAddr.hostname) : path;
    this.peer = "hostname" in remoteAddr
      ? formatHostPort(withZone(remoteAddr.hostname, zone), remoteAddr.port)
      : `unix:${path}`;
    if (transport === "tcp") tune(conn as Deno.TcpConn);
  }

  /** This end; a Unix socket has no address. */
  get local(): Endpoint | undefined {
    const { localAddr } = this.#conn;
    return "hostname" in localAddr ? localAddr : undefined;
  }

  /** Notices from now on when the peer of a TCP connection vanishes; its read fails then. */
  watch(watch: VanishedWatch): this {
    this.#watched = watch.add(this.#conn as Deno.TcpConn);
    return this;
  }

  /** Reads available bytes. */
  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#watched) this.#watched.probesDue = 0;
    return this.#conn.read(buffer);
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#watched) this.#watched.probesDue = 0;
    return this.#conn.write(bytes);
  }

  /** TLS says a close_notify before the FIN. */
  get closeSendsFin(): boolean {
    return this.transport !== "tls";
  }

  /** Sends FIN, under TLS a close_notify before it. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes the socket. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watched?.end();
    this.#conn.close();
  }

  /** Hands the connection over to a layer on top of it; this object is then closed. */
  release(): Deno.TcpConn {
    this.#closed = true;
    return this.#conn as Deno.TcpConn;
  }
}

/** Without Nagle's algorithm a message leaves when it is written; keep-alive finds a peer that vanished in the end. */
function tune(conn: Deno.TcpConn): void {
  try {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
  } catch {
    // A dead connection refuses options; its first read reports the failure.
  }
}

/**
 * Connected streams of the system as {@linkcode Channel} and {@linkcode Listener}: thin, because the contract is TCP's own.
 *
 * @module
 */

import { formatHostPort, type InetAddress, unmapIPv4 } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import type { Socket } from "./shared_port.ts";

/** What the system gives. */
type StreamConn = Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;

/** One TCP connection, in the clear or under TLS, or one through a Unix socket. */
export class StreamChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "tcp" | "tls" | "unix";
  /** The peer's host alone; the path of a Unix socket. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  readonly #conn: StreamConn;
  #closed = false;

  /**
   * Takes over a connection.
   *
   * @param conn a connection that stands; this object owns it from now on
   * @param transport what it is
   * @param path of the Unix socket; a client of one has no address of its own
   */
  constructor(conn: StreamConn, transport: "tcp" | "tls" | "unix" = "tcp", path = "") {
    this.#conn = conn;
    this.transport = transport;
    const { remoteAddr } = conn;
    this.host = "hostname" in remoteAddr ? unmapIPv4(remoteAddr.hostname) : path;
    this.peer = "hostname" in remoteAddr ? formatHostPort(remoteAddr.hostname, remoteAddr.port) : `unix:${path}`;
    if (transport === "tcp") tune(conn as Deno.TcpConn);
  }

  /** Reads what is there. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Sends FIN, under TLS a close_notify before it. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Closes the socket. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  /**
   * Gives the connection away, for what is built on top of it.
   *
   * @returns the connection; this object is closed for its owner
   */
  release(): Deno.TcpConn {
    this.#closed = true;
    return this.#conn as Deno.TcpConn;
  }
}

/** A bound TCP socket. */
export class TcpListener implements Listener {
  /** Where it listens, with the real port. */
  readonly address: InetAddress;
  readonly #socket: Socket;
  #closed = false;

  /**
   * Takes over a listener.
   *
   * @param socket a bound listener; this object owns it from now on
   */
  constructor(socket: Socket) {
    this.#socket = socket;
    const { hostname, port } = socket.addr;
    this.address = { transport: "tcp", host: hostname, port };
  }

  /** Waits for the next connection. */
  async accept(): Promise<StreamChannel> {
    return new StreamChannel(await this.#socket.accept());
  }

  /** Stops listening. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

/** A message leaves when it is written, not when Nagle's algorithm lets it; a peer that vanished is found in the end. */
function tune(conn: Deno.TcpConn): void {
  try {
    conn.setNoDelay(true);
    conn.setKeepAlive(true);
  } catch {
    // A connection that is already dead refuses options; the first read says so.
  }
}

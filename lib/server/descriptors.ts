/**
 * File descriptors that a server keeps for the moment in which the process may open no more: with them clients hear that it is full.
 *
 * @module
 */

import { isGranted } from "../permissions.ts";

/** What sockets are opened on. */
const HOST = "127.0.0.1";

/**
 * Sockets that hold descriptors. How many the process may open is not asked for: only one with all permissions may, and to try it
 * took a tenth of a second.
 */
export class DescriptorReserve implements Disposable {
  #sockets: Deno.DatagramConn[] = [];

  /** Opens so many sockets; none where this process may not, or has no descriptor for them. */
  constructor(count: number) {
    if (!isGranted("net", `${HOST}:0`)) return;
    try {
      while (this.#sockets.length < count) {
        this.#sockets.push(Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 }));
      }
    } catch {
      // The server says so when it cannot accept a connection.
    }
  }

  /** Frees the descriptors; false when there are none any more. */
  release(): boolean {
    const sockets = this.#sockets;
    this.#sockets = [];
    for (const socket of sockets) socket.close();
    return sockets.length > 0;
  }

  /** Frees the descriptors. */
  [Symbol.dispose](): void {
    this.release();
  }
}

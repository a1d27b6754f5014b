/**
 * How many files a process may still open.
 *
 * @module
 */

import { isGranted } from "../permissions.ts";
import { isOutOfFiles } from "../transport/failure.ts";

/** What sockets are opened on. */
const HOST = "127.0.0.1";

/**
 * Counts the files that this process may still open, up to `most`. Only a process with all permissions may ask the system for
 * its limit, so sockets are opened until there is no more, and closed again: some 20 µs for each.
 *
 * @returns `most` too where this process may not open such sockets
 */
export function countFreeDescriptors(most: number): number {
  if (!isGranted("net", `${HOST}:0`)) return most;
  const sockets: Deno.DatagramConn[] = [];
  try {
    while (sockets.length < most) {
      sockets.push(Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 }));
    }
  } catch (error) {
    if (!isOutOfFiles(error)) return most;
  } finally {
    for (const socket of sockets) socket.close();
  }
  return sockets.length;
}

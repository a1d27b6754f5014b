/**
 * IPv4 multicast by `node:dgram`: Deno's own sockets cannot choose the interface by which it leaves.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { AsyncQueue } from "../queue.ts";
import { closedError } from "./failure.ts";
import { DATAGRAM_COST, INBOX_LIMIT } from "./limits.ts";
import type { Membership } from "./multicast.ts";

/** The part of `Deno.DatagramConn` that a client needs. */
export interface DatagramSocket {
  /** Where it is bound. */
  readonly addr: Deno.Addr;
  /** Sends a datagram; says how many bytes it has. */
  send(bytes: Uint8Array, to: Deno.NetAddr): Promise<number>;
  /** Reads the next datagram into a buffer; bytes that do not fit are lost. Returns the part of the buffer, and the sender. */
  receive(buffer: Uint8Array): Promise<[Uint8Array, Deno.Addr]>;
  /** Ends a pending read. */
  close(): void;
}

/** How a socket for multicast is made. */
export interface MulticastOptions {
  /** The port of this machine to bind; other programs may share it. 0 = any free port. */
  readonly port: number;
  /** The interface by which datagrams leave: its IPv4 address. */
  readonly interface: string;
  /** The address of this machine to send from. Default: that of the interface. */
  readonly source: string | undefined;
  /** How many routers they may pass. */
  readonly ttl: number;
  /** A group to hear. */
  readonly join: Membership | undefined;
}

/**
 * Opens a socket, which the caller closes. Its multicast datagrams are also received on this machine.
 *
 * @throws what the system says
 */
export async function openMulticast(options: MulticastOptions): Promise<DatagramSocket> {
  const { port, interface: place, source = "0.0.0.0", ttl, join } = options;
  const socket = createSocket({ type: "udp4", reuseAddr: port !== 0 });
  const inbox = new AsyncQueue<[Uint8Array, Deno.NetAddr]>();
  let waiting = 0;
  try {
    socket.bind(port, source);
    await once(socket, "listening");
    socket.setMulticastInterface(place);
    socket.setMulticastTTL(ttl);
    if (join) socket.addMembership(join.group, join.interface ?? place);
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on("message", (datagram, { address, port }) => {
    const cost = datagram.length + DATAGRAM_COST;
    // More is lost, as it would be in the system.
    if (waiting + cost > INBOX_LIMIT) return;
    waiting += cost;
    inbox.push([datagram, { transport: "udp", hostname: address, port }]);
  });
  // A datagram that cannot be sent fails its own send.
  socket.on("error", () => {});
  const { address: hostname, port: bound } = socket.address();
  return {
    addr: { transport: "udp", hostname, port: bound },
    send: (bytes, { hostname, port }) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, port, hostname, (error) => error ? reject(error) : resolve(bytes.length));
      }),
    receive: async (buffer) => {
      const next = await inbox.next();
      if (!next) throw closedError("channel");
      const [datagram, from] = next;
      waiting -= datagram.length + DATAGRAM_COST;
      const count = Math.min(datagram.length, buffer.length);
      buffer.set(datagram.subarray(0, count));
      return [buffer.subarray(0, count), from];
    },
    close: () => {
      socket.close();
      inbox.close();
    },
  };
}

/** A UDP server with or without faults. */

import { concat } from "../../lib/bytes.ts";
import type { Address } from "../../lib/transport/address.ts";
import { wait } from "../../lib/wait.ts";
import { utf8 } from "../support/sockets.ts";

/** What may be different about a server; without any of it, it echoes. */
export interface Datagrams {
  /** What it answers instead. */
  readonly reply?: string;
  /** Answers nothing. */
  readonly silent?: boolean;
  /** Answers the first sender it ever had. */
  readonly firstSender?: boolean;
  /** Answers the sender of the datagram before. */
  readonly senderBefore?: boolean;
  /** Bytes of its buffer. */
  readonly room?: number;
  /** Milliseconds in which it collects datagrams, to answer them in one. */
  readonly collects?: number;
  /** Answers each datagram once more when the next one comes, as if it had come twice. */
  readonly again?: boolean;
  /** Ends at an empty datagram, or at one that is this long. */
  readonly endsAt?: number;
  /** Answers no empty datagrams. */
  readonly skipsEmpty?: boolean;
  /** Milliseconds that it takes for each datagram, one after the other. */
  readonly takesMs?: number;
  /** Ends when a third sender comes, as if its answer to an earlier one had failed. */
  readonly senders?: number;
}

/** Starts one. */
export function serveUdp(way: Datagrams = {}): AsyncDisposable & { readonly address: Address } {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { port } = socket.addr as Deno.NetAddr;
  const senders: Deno.NetAddr[] = [];
  let held: Uint8Array[] = [];
  let last: Uint8Array | undefined;

  const answer = async (bytes: Uint8Array, from: Deno.NetAddr) => {
    if (way.silent || (way.skipsEmpty && bytes.length === 0)) return;
    const before = senders.at(-2) ?? from;
    const to = way.firstSender ? senders[0]! : way.senderBefore ? before : from;
    held.push(bytes.slice(0, way.room));
    if (way.collects !== undefined) {
      if (held.length > 1) return;
      await wait(way.collects);
    }
    const all = concat(held);
    held = [];
    if (way.again && last) await socket.send(last, to);
    last = all;
    await socket.send(way.reply === undefined ? all : utf8(way.reply), to);
  };
  const run = async () => {
    for await (const [bytes, from] of socket) {
      const sender = from as Deno.NetAddr;
      senders.push(sender);
      if (bytes.length === way.endsAt) break;
      if (way.takesMs) await wait(way.takesMs);
      if (new Set(senders.map((one) => one.port)).size > (way.senders ?? Infinity)) break;
      // Those that are collected come while the first one waits.
      const answered = answer(bytes, sender);
      if (way.collects === undefined) await answered;
    }
  };
  const done = run().catch(() => {});
  return {
    address: { transport: "udp", host: "127.0.0.1", port },
    [Symbol.asyncDispose]: async () => {
      try {
        socket.close();
      } catch {
        // It has ended.
      }
      await done;
    },
  };
}

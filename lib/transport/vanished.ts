/**
 * Finds TCP peers that have vanished: their machine or the route to it is gone, and no FIN will arrive.
 *
 * Keep-alive does, but Deno sets none of its times, and the system's are two hours and then nine times 75 s. `node:net` sets the
 * first one, for its own sockets; by its binding it can for Deno's. On Linux the system then compares the silence with that time
 * at once: where it is longer, it sends a probe, and after nine without an answer the next one ends the connection. So each
 * silent connection has it set again and again, which costs some microseconds. Where the binding is another one, or the system,
 * keep-alive stays as slow as it was. https://github.com/denoland/deno/issues/35634 asks for all times.
 *
 * Unacknowledged data is not probed: the system retransmits it for a quarter of an hour.
 *
 * @module
 */

/** Seconds of silence after which a peer is asked for a sign of life. */
const SILENCE_S = 15;

/** Milliseconds between two probes: with ten of them and the silence a vanished peer is noticed within a minute. */
const PROBE_MS = 3_500;

/** Probes at whose time a connection is not silent yet. */
const EARLY = Math.floor(SILENCE_S * 1000 / PROBE_MS);

/** What is used of a TCP socket of Node's. */
interface Handle {
  openFromRid(rid: number): number;
  setKeepAlive(enable: boolean, seconds: number): number;
  close(): void;
}

type Binding = { readonly TCP: new (type: number) => Handle; readonly constants: { readonly SOCKET: number } };

/** Access without an import: probing is rare, and Node's modules are slow to load. */
interface Bindings {
  readonly process: { binding(name: "tcp_wrap"): Binding };
}

let binding: Binding | undefined;

/** A connection that is watched. */
export interface Watched {
  /** The connection. */
  readonly conn: Deno.TcpConn;
  /** How many probes were due since its last byte: each byte either way sets it to 0. */
  probesDue: number;
  /** The connection is closed. A second call does nothing. */
  end(): void;
}

/**
 * Watches the connections of one listener. A timer for all of them runs while there are any, and a little longer: where
 * connections come one after the other, one for each would be a tenth of their cost.
 */
export class VanishedWatch {
  readonly #watched = new Set<Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  /** Watches a connection until {@linkcode Watched.end}. */
  add(conn: Deno.TcpConn): Watched {
    const one: Watched = { conn, probesDue: 0, end: () => this.#remove(one) };
    if (Deno.build.os !== "linux") return one;
    this.#watched.add(one);
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#probeAll(), PROBE_MS);
      Deno.unrefTimer(this.#timer as unknown as number);
    }
    return one;
  }

  /** No more connections arrive: the timer ends with the last one. */
  close(): void {
    this.#closed = true;
    this.#stopIfEmpty();
  }

  #remove(one: Watched): void {
    if (this.#watched.delete(one) && this.#closed) this.#stopIfEmpty();
  }

  #probeAll(): void {
    for (const one of this.#watched) {
      if (one.probesDue++ >= EARLY) probe(one.conn);
    }
    this.#stopIfEmpty();
  }

  #stopIfEmpty(): void {
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function probe(conn: Deno.TcpConn): void {
  try {
    binding ??= (globalThis as unknown as Bindings).process.binding("tcp_wrap");
    const key = Object.getOwnPropertySymbols(conn).find(({ description }) => description === "Deno.internal.rid");
    const rid = key && (conn as unknown as Record<symbol, number>)[key];
    if (rid === undefined) return;
    // It duplicates the descriptor, and closes its own again.
    const handle = new binding.TCP(binding.constants.SOCKET);
    if (handle.openFromRid(rid) === 0) handle.setKeepAlive(true, SILENCE_S);
    handle.close();
  } catch {
    // Another version of the platform: keep-alive is as slow as the system's.
  }
}

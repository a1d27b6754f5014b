/**
 * Several sockets that listen on one port, as one listener. The kernel shares connections out among them and keeps a queue for
 * each: together they hold a crowd that is too large for one.
 *
 * @module
 */

/** The part of a listener of the system that is needed here. */
export type Socket = Pick<Deno.TcpListener, "addr" | "accept" | "close">;

/** What a socket came back with. */
interface Arrival {
  readonly socket: Socket;
  readonly taking: Promise<Deno.TcpConn>;
}

/** A port with several queues. One caller at a time waits for the next connection. */
export class SharedPort implements Socket {
  /** The address that all of them have. */
  readonly addr: Deno.NetAddr;
  readonly #sockets: readonly Socket[];
  /** Sockets that nobody has asked for a connection. */
  readonly #unasked: Socket[];
  #arrivals: Arrival[] = [];
  #wake = () => {};
  #closed = false;

  /**
   * Takes over sockets.
   *
   * @param sockets bound to the same address; this object owns them from now on
   */
  constructor(sockets: readonly [Socket, ...Socket[]]) {
    this.addr = sockets[0].addr;
    this.#sockets = sockets;
    this.#unasked = [...sockets];
  }

  /** Waits for the next connection. */
  async accept(): Promise<Deno.TcpConn> {
    for (const socket of this.#unasked.splice(0)) void this.#ask(socket);
    let arrival = this.#arrivals.shift();
    while (!arrival) {
      await new Promise<void>((resolve) => this.#wake = resolve);
      arrival = this.#arrivals.shift();
    }
    this.#unasked.push(arrival.socket);
    return await arrival.taking;
  }

  /** Stops listening; what has arrived and was not taken is closed. */
  close(): void {
    this.#closed = true;
    for (const socket of this.#sockets) socket.close();
    for (const { taking } of this.#arrivals.splice(0)) drop(taking);
  }

  async #ask(socket: Socket): Promise<void> {
    const taking = socket.accept();
    const failed = await taking.then(() => false, () => true);
    // Who waits still when it is closed hears of it by the sockets' refusals.
    if (this.#closed && !failed) return drop(taking);
    this.#arrivals.push({ socket, taking });
    this.#wake();
  }
}

function drop(taking: Promise<Deno.TcpConn>): void {
  taking.then((conn) => conn.close(), () => {});
}

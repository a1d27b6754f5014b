/** Datagrams that a test sends and gets by itself. */

import { has, python } from "./harness.ts";
import { utf8, within } from "./sockets.ts";

/** On the machine itself a datagram needs no time; a busy test may. */
const PROMPT_MS = 5_000;

export interface Letter {
  readonly text: string;
  readonly from: Deno.NetAddr;
}

export class Mailbox implements Disposable {
  readonly port: number;
  readonly #socket: Deno.DatagramConn;
  #next: Promise<Letter> | undefined;

  constructor(private readonly host = "127.0.0.1") {
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname: host, port: 0 });
    this.port = (this.#socket.addr as Deno.NetAddr).port;
  }

  /** Sends to a port of the machine that it is on itself, or to somebody. */
  async send(content: string | Uint8Array, to: number | Deno.NetAddr): Promise<void> {
    const address = typeof to === "number" ? { transport: "udp", hostname: this.host, port: to } as const : to;
    await this.#socket.send(typeof content === "string" ? utf8(content) : content, address);
  }

  async receive(): Promise<Letter> {
    const letter = await within(this.#peek(), PROMPT_MS, "A datagram");
    this.#next = undefined;
    return letter;
  }

  /** Whether something lies there that was not received. */
  async isEmpty(): Promise<boolean> {
    // What a datagram to ourselves does not overtake has not come.
    if (this.#next === undefined) await this.send("fence", this.port);
    const { from, text } = await within(this.#peek(), PROMPT_MS, "The fence");
    return from.port === this.port && text === "fence";
  }

  #peek(): Promise<Letter> {
    return this.#next ??= this.#socket.receive().then(([bytes, from]) => ({
      text: new TextDecoder().decode(bytes),
      from: from as Deno.NetAddr,
    }));
  }

  [Symbol.dispose](): void {
    this.#next?.catch(() => {});
    this.#socket.close();
  }
}

/** A UDP port that was free a moment ago, for programs that cannot say which one they got. */
export function freeUdpPort(): number {
  using mailbox = new Mailbox();
  return mailbox.port;
}

/** A multicast group that is free for tests (RFC 2365). */
export const GROUP = "239.255.77.88";

/** Some machines have no multicast on the loopback interface. */
export const hasMulticast: boolean = await (async () => {
  if (!has("python3")) return false;
  return (await python("multicast", ["probe", GROUP, "127.0.0.1"]).status()).code === 0;
})();

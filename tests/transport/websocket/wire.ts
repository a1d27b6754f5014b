/** Two ends of a stream in memory, with as much room on the way as a test wants. */

import { concat } from "../../../lib/bytes.ts";
import type { Channel } from "../../../lib/transport/channel.ts";
import { WebSocketChannel, type WebSocketOptions } from "../../../lib/transport/websocket/channel.ts";
import { FrameParser, type Role } from "../../../lib/transport/websocket/frames.ts";
import { FakeClock } from "../../support/clock.ts";
import { textOf } from "../../support/net.ts";
import { described, frame } from "./cases.ts";

/** Bytes on their way in one direction. */
class Direction {
  bytes = new Uint8Array() as Uint8Array;
  ended = false;
  broken: Error | undefined;
  #changed = Promise.withResolvers<void>();

  change(to: Partial<Pick<Direction, "bytes" | "ended" | "broken">> = {}): void {
    Object.assign(this, to);
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!this.broken && !condition()) await this.#changed.promise;
    if (this.broken) throw this.broken;
  }
}

/** One end of a stream. */
export class WireEnd implements Channel {
  readonly transport: "tcp" | "tls";
  readonly host = "10.0.0.1";
  readonly peer = "10.0.0.1:5000";
  /** Whether this end was closed. */
  closed = false;
  /** What was given to each write, whole. */
  readonly writes: Uint8Array[] = [];
  /** Bytes that this end has read. */
  taken = 0;
  readonly #in: Direction;
  readonly #out: Direction;
  readonly #room: number;

  constructor(incoming: Direction, outgoing: Direction, room: number, transport: "tcp" | "tls") {
    [this.#in, this.#out, this.#room] = [incoming, outgoing, room];
    this.transport = transport;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    await this.#in.until(() => this.#in.bytes.length > 0 || this.#in.ended);
    if (this.#in.bytes.length === 0) return null;
    const part = this.#in.bytes.subarray(0, buffer.length);
    buffer.set(part);
    this.taken += part.length;
    this.#in.change({ bytes: this.#in.bytes.subarray(part.length) });
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes);
    await this.#out.until(() => this.closed || this.#out.bytes.length < this.#room);
    if (this.closed) throw new Deno.errors.Interrupted("operation canceled");
    const part = bytes.slice(0, this.#room - this.#out.bytes.length);
    this.#out.change({ bytes: concat([this.#out.bytes, part]) });
    return part.length;
  }

  closeWrite(): Promise<void> {
    return Promise.resolve(this.#out.change({ ended: true }));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#out.change({ ended: true });
    this.#in.change({ broken: new Deno.errors.Interrupted("operation canceled") });
  }

  /** Breaks the connection, as a reset does. */
  reset(): void {
    const broken = Object.assign(new Deno.errors.ConnectionReset("reset"), { code: "ECONNRESET" });
    for (const direction of [this.#in, this.#out]) direction.change({ broken });
  }
}

/** A stream with so many bytes of room in each direction. */
export function wire(room = 1 << 20, transport: "tcp" | "tls" = "tcp"): [WireEnd, WireEnd] {
  const [one, other] = [new Direction(), new Direction()];
  return [new WireEnd(one, other, room, transport), new WireEnd(other, one, room, transport)];
}

/** Reads frames as they come: the other side of a WebSocket, without one. */
export class FrameReader {
  readonly #end: WireEnd;
  readonly #parser: FrameParser;
  readonly #events: string[] = [];

  constructor(end: WireEnd, from: Role) {
    this.#end = end;
    this.#parser = new FrameParser(from);
  }

  /** The next event in one line; `end` at the end of the stream. */
  async next(): Promise<string> {
    const buffer = new Uint8Array(65_536);
    while (this.#events.length === 0) {
      const count = await this.#end.read(buffer);
      if (count === null) return "end";
      for (const event of this.#parser.push(buffer.subarray(0, count))) this.#events.push(described(event));
    }
    return this.#events.shift() ?? "";
  }

  /** The next events. */
  async take(count: number): Promise<string[]> {
    const events: string[] = [];
    while (events.length < count) events.push(await this.next());
    return events;
  }
}

/** A frame of a client. */
export function clientFrame(opcode: number, payload: string | Uint8Array = ""): Uint8Array {
  return frame(opcode, payload, Uint8Array.of(9, 8, 7, 6));
}

/** A WebSocket, and its peer as bytes and frames. */
export interface Served {
  readonly channel: WebSocketChannel;
  readonly client: WireEnd;
  readonly reader: FrameReader;
  /** The stream under the WebSocket. */
  readonly inner: WireEnd;
}

/** Opens the WebSocket of a server, or of another role, with so much room in the stream. */
export function serve({ room, ...options }: Partial<WebSocketOptions> & { room?: number } = {}): Served {
  const { role = "server" } = options;
  const [inner, client] = wire(room);
  const channel = new WebSocketChannel(inner, { role, ...options });
  return { channel, client, reader: new FrameReader(client, role), inner };
}

/** A test with a WebSocket and a clock of its own; both sides are closed after it. */
export function testServed(
  name: string,
  act: (served: Served, clock: FakeClock) => Promise<void>,
  options?: Parameters<typeof serve>[0],
): void {
  Deno.test(name, async () => {
    using clock = new FakeClock();
    const served = serve(options);
    await act(served, clock);
    served.client.close();
    await closeAll(served.channel);
  });
}

/** Closes WebSockets and waits until their streams are closed. */
export async function closeAll(...channels: WebSocketChannel[]): Promise<void> {
  for (const channel of channels) channel.close();
  await Promise.all(channels.map(({ finished }) => finished));
}

/** The next message as text; null at the end. */
export async function hear(channel: Required<Pick<Channel, "receive">>): Promise<string | null> {
  const message = await channel.receive?.();
  return message ? textOf(message) : null;
}

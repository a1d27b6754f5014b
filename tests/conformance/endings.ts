/** Waits for what outlives a test by a moment. */

import type { Channel, Listener } from "../../lib/transport/channel.ts";
import type { WebSocketChannel } from "../../lib/transport/websocket/channel.ts";
import type { WebSocketServerChannel } from "../../lib/transport/websocket/server.ts";

/** What must have ended before a test is over: a WebSocket goes on for a moment after its owner has closed it. */
export class Endings {
  readonly #all: (() => Promise<void> | undefined)[] = [];

  /** A listener whose channels pass through a function. */
  ofListener(bound: Listener, pass: (channel: Channel) => Channel): Listener {
    return {
      address: bound.address,
      accept: async () => pass(await bound.accept()),
      close: () => bound.close(),
    };
  }

  /** Waits until the stream under a WebSocket is closed, if there is one by then. */
  ofSocket(channel: Channel): Channel {
    const socket = channel as WebSocketChannel | WebSocketServerChannel;
    this.#all.push(() => socket.finished);
    return channel;
  }

  /** Waits until a stream is closed. */
  ofStream(channel: Channel): Channel {
    const { promise, resolve } = Promise.withResolvers<void>();
    const close = channel.close.bind(channel);
    channel.close = () => {
      close();
      resolve();
    };
    this.#all.push(() => promise);
    return channel;
  }

  /** Settles when all of them have ended. */
  async over(): Promise<void> {
    await Promise.all(this.#all.map((ending) => ending()));
  }
}

/**
 * The traffic of one command: the decoder of each peer and direction, and the renderer that shows what they decode.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { DirectionDecoder } from "./decoder.ts";
import { makeRenderer, type Renderer, type RendererParts } from "./renderers.ts";

/** Shows traffic in the form that the command and its flags ask for. */
export class Transcript {
  readonly #parts: RendererParts;
  readonly #renderer: Renderer;
  /** By direction and number of the peer, from its first traffic to its end: the number may be used again. */
  readonly #decoders = new Map<string, DirectionDecoder>();

  /** Makes an empty transcript. */
  constructor(parts: RendererParts) {
    this.#parts = parts;
    this.#renderer = makeRenderer(parts);
  }

  /** Whether traffic of this direction is shown. */
  shows({ event }: TrafficEvent): boolean {
    return event === "recv" || this.#renderer.showsSent;
  }

  /** Shows a read or a write. */
  add(event: TrafficEvent): void | Promise<void> {
    const { command, options } = this.#parts;
    const key = `${event.event} ${event.id}`;
    let decoder = this.#decoders.get(key);
    if (!decoder) {
      // Only a client's pipe gets text as it came.
      decoder = new DirectionDecoder(options.encoding, options.terminal || command !== "client");
      this.#decoders.set(key, decoder);
    }
    return this.#renderer.show(event, decoder);
  }

  /** Shows what was held back, half a character for instance, before the end of the peer is reported. */
  end(id: number, peer: string): void {
    for (const event of ["recv", "send"] as const) {
      const key = `${event} ${id}`;
      const decoder = this.#decoders.get(key);
      this.#decoders.delete(key);
      if (decoder) this.#renderer.end?.({ event, id, peer }, decoder);
    }
    this.#parts.screen.endPartialLine();
  }
}

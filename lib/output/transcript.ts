/**
 * The traffic of one command: the decoder of each peer and direction, and the renderer that shows what they decode.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { PeerDecoders } from "./decoder.ts";
import { makeRenderer, type Renderer, type RendererParts } from "./renderers.ts";

/** Shows traffic in the form that the command and its flags ask for. */
export class Transcript {
  readonly #renderer: Renderer;
  readonly #decoders: PeerDecoders;
  readonly #parts: RendererParts;

  /**
   * Makes an empty transcript.
   *
   * @param parts the command, its flags and where to write
   */
  constructor(parts: RendererParts) {
    this.#parts = parts;
    this.#renderer = makeRenderer(parts);
    this.#decoders = new PeerDecoders(parts.options.encoding);
  }

  /**
   * Whether traffic of this direction is shown.
   *
   * @returns true for what is received, and for what is sent if the renderer shows that
   */
  shows({ event }: TrafficEvent): boolean {
    return event === "recv" || this.#renderer.showsSent;
  }

  /**
   * Shows a read or a write.
   *
   * @returns a promise when the output is behind
   */
  add(event: TrafficEvent): void | Promise<void> {
    return this.#renderer.show(event, this.#decoders.of(event));
  }

  /** Shows what was held back, half a character for instance, before the end of the peer is reported. */
  end(id: number, peer: string): void {
    for (const { event, decoder } of this.#decoders.take(id)) this.#renderer.end?.({ event, id, peer }, decoder);
    this.#parts.screen.endPartialLine();
  }
}

/**
 * What was said, as people read it. Each peer has a streaming decoder for each direction, so that a character which a read
 * cut is not broken; a carriage return at the end of a read waits likewise, for it may be half of a line end.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { TextStream } from "../text/decode.ts";
import { escapeControls } from "../printable.ts";
import { HexDump } from "../text/hex.ts";
import { EncodingHint } from "../text/hint.ts";

/** One direction of one peer. */
export class DirectionDecoder {
  /** Decodes what is said. */
  readonly stream: TextStream;
  readonly #encoding: string;
  readonly #hint: EncodingHint;
  #dump: HexDump | undefined;
  #heldCr = "";

  /**
   * Begins to listen.
   *
   * @param encoding a canonical name
   */
  constructor(encoding: string) {
    this.#encoding = encoding;
    this.stream = new TextStream(encoding);
    this.#hint = new EncodingHint(encoding);
  }

  /**
   * Text that is safe on a terminal, with LF line ends.
   *
   * @param bytes what came
   * @param whole a message of its own: nothing of it waits for the next one
   * @returns the text so far complete, and the name of a likelier encoding, once
   */
  safeText(bytes: Uint8Array, whole = false): { text: string; hint: string | undefined } {
    const { text, invalid } = whole ? this.stream.all(bytes) : this.stream.push(bytes);
    return { text: this.#safe(text, whole), hint: this.#hint.push(bytes, invalid) };
  }

  /**
   * Text as it came, for a file or a pipe.
   *
   * @param bytes what came
   * @param whole a message of its own: nothing of it waits for the next one
   * @returns the same as {@linkcode safeText}, with nothing escaped but invalid bytes
   */
  plainText(bytes: Uint8Array, whole = false): { text: string; hint: string | undefined } {
    const { text, invalid } = whole ? this.stream.all(bytes) : this.stream.push(bytes);
    return { text, hint: this.#hint.push(bytes, invalid) };
  }

  /** The text that waited for more, when no more comes. */
  safeRest(): string {
    return this.#safe(this.stream.end().text, true);
  }

  /** Rows of offset, hex and text. */
  dump(bytes: Uint8Array, whole = false): string[] {
    this.#dump ??= new HexDump(this.#encoding);
    return this.#dump.push(bytes, whole);
  }

  #safe(text: string, last: boolean): string {
    let whole = this.#heldCr + text;
    this.#heldCr = !last && whole.endsWith("\r") ? "\r" : "";
    if (this.#heldCr) whole = whole.slice(0, -1);
    return escapeControls(whole.replaceAll("\r\n", "\n"));
  }
}

/** The decoders of all peers. */
export class PeerDecoders {
  readonly #encoding: string;
  readonly #decoders = new Map<string, DirectionDecoder>();

  /**
   * Begins with nobody.
   *
   * @param encoding a canonical name
   */
  constructor(encoding: string) {
    this.#encoding = encoding;
  }

  /**
   * The decoder of a peer in one direction, made when it is first heard.
   *
   * @param event whose traffic
   * @returns its decoder state
   */
  of(event: Pick<TrafficEvent, "event" | "id">): DirectionDecoder {
    const key = `${event.event} ${event.id}`;
    let decoder = this.#decoders.get(key);
    if (!decoder) this.#decoders.set(key, decoder = new DirectionDecoder(this.#encoding));
    return decoder;
  }

  /**
   * Forgets a peer that left.
   *
   * @param id its number
   * @returns its decoders that were heard
   */
  take(id: number): { event: "recv" | "send"; decoder: DirectionDecoder }[] {
    return (["recv", "send"] as const).flatMap((event) => {
      const key = `${event} ${id}`;
      const decoder = this.#decoders.get(key);
      this.#decoders.delete(key);
      return decoder ? [{ event, decoder }] : [];
    });
  }
}

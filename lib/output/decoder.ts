/**
 * Traffic as people read it. Each peer has a streaming decoder for each direction, so that a character which is split
 * over two reads comes out whole. A carriage return at the end of a read waits for the next one, since it may be half
 * of a CRLF.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { TextStream } from "../text/decode.ts";
import { escapeControls } from "../printable.ts";
import { HexDump } from "../text/hex.ts";
import { EncodingHint } from "../text/hint.ts";

/** Text that was decoded from some bytes. */
export interface DecodedText {
  /** All characters that are complete by now, with `\xNN` for each invalid byte. */
  readonly text: string;
  /** The name of an encoding that fits the bytes better; given at most once for a direction. */
  readonly hint: string | undefined;
}

/** Decodes one direction of one peer, from its first byte to its last. */
export class DirectionDecoder {
  /** The characters, before anything is escaped. */
  readonly textStream: TextStream;
  readonly #encoding: string;
  readonly #hint: EncodingHint;
  /** Made with the first dump; it counts the offset over all reads. */
  #hexDump: HexDump | undefined;
  /** A carriage return that ended the last read, else empty. */
  #heldCr = "";

  /**
   * Makes a decoder for a direction that has no bytes yet.
   *
   * @param encoding a canonical name
   */
  constructor(encoding: string) {
    this.#encoding = encoding;
    this.textStream = new TextStream(encoding);
    this.#hint = new EncodingHint(encoding);
  }

  /**
   * Decodes bytes to text that is safe on a terminal, with LF line ends.
   *
   * @param bytes the next bytes of this direction
   * @param whole true for a message of its own: nothing of it waits for the next one
   * @returns the text, control characters escaped
   */
  safeText(bytes: Uint8Array, whole = false): DecodedText {
    const { text, hint } = this.plainText(bytes, whole);
    return { text: this.#escape(text, whole), hint };
  }

  /**
   * Decodes bytes to text for a file or a pipe.
   *
   * @param bytes the next bytes of this direction
   * @param whole true for a message of its own: nothing of it waits for the next one
   * @returns the text, with nothing escaped but invalid bytes
   */
  plainText(bytes: Uint8Array, whole = false): DecodedText {
    const { text, invalid } = whole ? this.textStream.all(bytes) : this.textStream.push(bytes);
    return { text, hint: this.#hint.push(bytes, invalid) };
  }

  /**
   * Ends the direction for a terminal.
   *
   * @returns what waited for more bytes: an incomplete character as invalid bytes, a carriage return
   */
  safeRest(): string {
    return this.#escape(this.plainRest(), true);
  }

  /**
   * Ends the direction for a file or a pipe.
   *
   * @returns an incomplete character as invalid bytes
   */
  plainRest(): string {
    return this.textStream.end().text;
  }

  /**
   * Dumps bytes; the offset goes on from the read before.
   *
   * @param bytes the next bytes of this direction
   * @param whole true for a message of its own: nothing of it waits for the next one
   * @returns rows of offset, hex and text
   */
  dump(bytes: Uint8Array, whole = false): string[] {
    this.#hexDump ??= new HexDump(this.#encoding);
    return this.#hexDump.push(bytes, whole);
  }

  #escape(text: string, last: boolean): string {
    let complete = this.#heldCr + text;
    this.#heldCr = !last && complete.endsWith("\r") ? "\r" : "";
    if (this.#heldCr) complete = complete.slice(0, -1);
    return escapeControls(complete.replaceAll("\r\n", "\n"));
  }
}

/** The decoders of all peers. */
export class PeerDecoders {
  readonly #encoding: string;
  /** By direction and number of the peer, from its first traffic to {@linkcode PeerDecoders.take}. */
  readonly #decoders = new Map<string, DirectionDecoder>();

  /**
   * Makes an empty collection.
   *
   * @param encoding a canonical name, for all decoders
   */
  constructor(encoding: string) {
    this.#encoding = encoding;
  }

  /**
   * Finds the decoder of one direction of a peer, and makes it at the first traffic.
   *
   * @param event the direction and the number of the peer
   */
  of(event: Pick<TrafficEvent, "event" | "id">): DirectionDecoder {
    const key = `${event.event} ${event.id}`;
    let decoder = this.#decoders.get(key);
    if (!decoder) this.#decoders.set(key, decoder = new DirectionDecoder(this.#encoding));
    return decoder;
  }

  /**
   * Removes a peer that is gone; its number may be used again.
   *
   * @returns its decoders, for the directions that had traffic
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

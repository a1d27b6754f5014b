/**
 * The forms of a transcript, one class each: NDJSON, the heads of HTTP messages, a hex dump, the lines of a server's
 * peers, and what a client received as text or as bytes. A command has one of them for its whole run.
 *
 * @module
 */

import type { PeerFields, TrafficEvent } from "../events.ts";
import type { Colorize } from "./colors.ts";
import type { DirectionDecoder } from "./decoder.ts";
import { clock } from "./format.ts";
import { trafficLine } from "./json.ts";
import type { CommandName, Description } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import type { Screen } from "./screen.ts";
import type { Sink } from "./sink.ts";

/** One form of a transcript. Promises mean that the output is behind. */
export interface Renderer {
  /** Whether it shows what is sent, not only what is received. */
  readonly showsSent: boolean;
  /** Shows a read or a write. */
  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void>;
  /** Shows what the decoder holds back, when the peer is gone. */
  end?(direction: Direction, decoder: DirectionDecoder): void;
}

/** One direction of one peer. */
export interface Direction extends PeerFields {
  /** `recv` or `send`. */
  readonly event: "recv" | "send";
}

/** What renderers write to. */
export interface RendererParts {
  /** The command whose traffic is shown. */
  readonly command: CommandName;
  /** What the flags ask for. */
  readonly options: OutputOptions;
  /** Where bytes and lines for programs are written. */
  readonly sink: Sink;
  /** Where text for people is printed. */
  readonly screen: Screen;
  /** Colours. */
  readonly colorize: Colorize;
  /** Takes remarks about the traffic, such as a hint at its encoding. */
  readonly remark: (description: Description) => void | Promise<void>;
}

/**
 * Picks the renderer that a command and its flags ask for.
 *
 * @param parts the command, its flags and where to write
 */
export function makeRenderer(parts: RendererParts): Renderer {
  const { command, options } = parts;
  if (options.json) return new JsonRenderer(parts);
  if (command === "fetch") return new HeadRenderer(parts);
  if (options.hex) return new HexRenderer(parts);
  if (command === "server") return new LineRenderer(parts);
  return options.raw ? new ByteRenderer(parts) : new TextRenderer(parts);
}

/** One JSON object for each read and write. */
class JsonRenderer implements Renderer {
  readonly showsSent = true;
  readonly #sink: Sink;
  readonly #hex: boolean;

  constructor({ sink, options }: RendererParts) {
    this.#sink = sink;
    this.#hex = options.hex;
  }

  show(event: TrafficEvent, { textStream }: DirectionDecoder): void | Promise<void> {
    return this.#sink.write("stdout", trafficLine({ ...event, textStream, hex: this.#hex }, new Date()));
  }

  end(direction: Direction, decoder: DirectionDecoder): void {
    if (decoder.textStream.pending.length > 0) void this.show({ ...direction, data: new Uint8Array() }, decoder);
  }
}

/** The heads of a fetch: of answers as they came, and of requests with a mark before each line. */
class HeadRenderer implements Renderer {
  readonly showsSent: boolean;
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
    this.showsSent = (parts.options.requests ?? false) && !parts.options.quiet;
  }

  show({ event, data }: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { sink, screen, colorize, options } = this.#parts;
    const stream = event === "send" ? "stderr" : options.heads;
    if (stream === undefined || options.quiet) return;
    if (stream === "stdout" && !options.terminal) return sink.write(stream, data.slice());
    const { text } = decoder.safeText(data);
    const mark = event === "send" ? "> " : "";
    return screen.above(stream, text.replace(/^(?=.)/gm, colorize(stream, "sent", mark)));
  }
}

/** A hex dump of both directions, with the time and the direction before each row. */
class HexRenderer implements Renderer {
  readonly showsSent = true;
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
  }

  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { command, colorize, screen } = this.#parts;
    const arrow = ARROWS[event.event];
    const label = `${clock(new Date())} ${command === "server" ? `#${event.id} ${arrow}` : arrow} `;
    const colored = colorize("stdout", ROLES[event.event], label);
    return screen.above("stdout", decoder.dump(event.data, event.whole).map((row) => `${colored}${row}\n`).join(""));
  }
}

/**
 * One line for each line that a server received, with the peer's number before it; what it sent only with `--verbose`.
 */
class LineRenderer implements Renderer {
  readonly showsSent: boolean;
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
    this.showsSent = parts.options.verbose;
  }

  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { text, hint } = decoder.safeText(event.data, event.whole);
    const shown = this.#print(event, isEmptyMessage(event) ? "\n" : text);
    // What a server sends, an echo above all, needs no second hint.
    if (hint === undefined || event.event === "send") return shown;
    return this.#parts.remark(encodingHint(hint, `#${event.id} `));
  }

  end(direction: Direction, decoder: DirectionDecoder): void {
    void this.#print(direction, decoder.safeRest());
  }

  #print({ event, id }: Pick<Direction, "event" | "id">, text: string): void | Promise<void> {
    if (text === "") return;
    const { colorize, screen } = this.#parts;
    const label = `${screen.stamp()}${colorize("stdout", ROLES[event], `#${id} ${ARROWS[event]}`)} `;
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    // What peers send is the data of this command; what the server sends them is a detail.
    const stream = event === "recv" ? "stdout" : "stderr";
    return screen.above(stream, lines.map((line) => `${label}${line}\n`).join(""));
  }
}

/** What a client received, decoded. */
class TextRenderer implements Renderer {
  readonly showsSent = false;
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
  }

  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { options, screen, remark } = this.#parts;
    const { data, peer, whole } = event;
    if (isEmptyMessage(event)) return remark(emptyDatagram(peer));
    const { text, hint } = options.terminal ? decoder.safeText(data, whole) : decoder.plainText(data, whole);
    const shown = screen.print(text);
    return hint === undefined ? shown : remark(encodingHint(hint));
  }

  end(_direction: Direction, decoder: DirectionDecoder): void {
    const { options, screen } = this.#parts;
    void screen.print(options.terminal ? decoder.safeRest() : decoder.plainRest());
  }
}

/** What a client received, byte for byte. */
class ByteRenderer implements Renderer {
  readonly showsSent = false;
  readonly #parts: RendererParts;

  constructor(parts: RendererParts) {
    this.#parts = parts;
  }

  show(event: TrafficEvent): void | Promise<void> {
    const { sink, remark } = this.#parts;
    return isEmptyMessage(event) ? remark(emptyDatagram(event.peer)) : sink.write("stdout", event.data.slice());
  }
}

/** Directions as seen from this program. */
const ARROWS = { recv: "<", send: ">" } as const;

/** The colour roles of the directions. */
const ROLES = { recv: "peer", send: "sent" } as const;

/** Whether this is a message without bytes, which a transcript must not lose. */
function isEmptyMessage({ data, whole }: TrafficEvent): boolean {
  return whole === true && data.length === 0;
}

function emptyDatagram(peer: string): Description {
  return { role: "note", text: `An empty datagram came from ${peer}` };
}

function encodingHint(encoding: string, label = ""): Description {
  return { role: "warning", text: `${label}these bytes are valid ${encoding}: try -e ${encoding}` };
}

/**
 * `reply`: answers each message with a text. The text is encoded once, at the start, so that a character that the
 * encoding lacks is reported before the first client connects. Placeholders are filled in as bytes, so that `{data}`
 * sends back exactly the bytes received.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { asText, choice, one } from "../options.ts";
import { encodeText } from "../text/encode.ts";
import { stripEol } from "../text/lines.ts";
import { defineMode, type Mode, type ModeSpec, type Peer } from "../server/mode.ts";

/** The table entry. */
export const reply: ModeSpec = defineMode({
  name: "reply",
  summary: "answer each message with a text",
  example: "reply 8088 --text 'THANK you' --then close --once",
  stateless: true,
  options: {
    text: one("T", "the answer; {addr} {n} {time} {data} are filled in", asText),
    greet: one("T", "what each client is told first, filled in likewise", asText),
    then: choice(["close"], "close the connection after the first answer"),
  },
  create: ({ text, greet, then }, { encoding, frame, messageMax }) => {
    if (text === undefined) throw new SockeyeError("usage", "Missing --text: what shall reply answer?");
    const encode = (part: string) => encodeText(part, encoding);
    const strip = (data: Uint8Array) => stripEol(data, encoding);
    const options = { encode, strip, lines: frame?.by === "line" };
    const template = (name: string, part: string) => requireFit(name, new Template(part, options), messageMax);
    return new Reply(template("text", text), greet === undefined ? undefined : template("greet", greet), then);
  },
});

/** Refuses a text that exceeds the largest message even with empty placeholders, before the first client connects. */
function requireFit(name: string, template: Template, max = Infinity): Template {
  if (template.length <= max) return template;
  throw new SockeyeError(
    "usage",
    `Bad --${name}: it has ${template.length} bytes, and a datagram holds ${max} at most`,
  );
}

/** Values of the placeholders. */
interface TemplateValues {
  readonly peer: Peer;
  readonly count: number;
  readonly data: Uint8Array;
}

/** Options of a {@linkcode Template}. */
interface TemplateOptions {
  readonly encode: (text: string) => Uint8Array;
  /** Removes the line end of a message. */
  readonly strip: (data: Uint8Array) => Uint8Array;
  /** True to end each answer with a line end. */
  readonly lines: boolean;
}

const NOTHING = new Uint8Array();

class Reply implements Mode {
  readonly #text: Template;
  readonly #greet: Template | undefined;
  readonly #close: boolean;
  /** Number of messages of each peer so far. */
  readonly #counts = new WeakMap<Peer, number>();

  constructor(text: Template, greet: Template | undefined, then: "close" | undefined) {
    this.#text = text;
    this.#greet = greet;
    this.#close = then === "close";
  }

  open(peer: Peer): void | Promise<void> {
    if (this.#greet) return peer.send(this.#greet.fill({ peer, count: 0, data: NOTHING }));
  }

  data(peer: Peer, data: Uint8Array): void | Promise<void> {
    if (!peer.open) return;
    const count = (this.#counts.get(peer) ?? 0) + 1;
    this.#counts.set(peer, count);
    const sent = peer.send(this.#text.fill({ peer, count, data }));
    return this.#close ? sent.then(() => peer.end()) : sent;
  }
}

/** A text with placeholders. */
class Template {
  readonly #parts: readonly (Uint8Array | ((values: TemplateValues) => Uint8Array))[];
  readonly #strip: (data: Uint8Array) => Uint8Array;
  readonly #lines: boolean;
  readonly #newline: Uint8Array;

  /**
   * @param text with `{addr}`, `{n}`, `{time}`, `{data}`; other braces stay as they are
   * @param options how the template turns text into bytes
   */
  constructor(text: string, { encode, strip, lines }: TemplateOptions) {
    const fillers: Record<string, (values: TemplateValues) => Uint8Array> = {
      addr: ({ peer }) => encode(peer.address),
      n: ({ count }) => encode(String(count)),
      time: () => encode(now()),
      data: ({ data }) => strip(data),
    };
    const pieces = text.split(/\{(addr|n|time|data)\}/);
    this.#parts = pieces.map((piece, i) => (i % 2 === 1 && fillers[piece]) || encode(piece));
    this.#newline = encode("\n");
    this.#strip = strip;
    this.#lines = lines && !text.endsWith("\n");
  }

  /** Number of bytes without the placeholders. */
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0);
  }

  fill(values: TemplateValues): Uint8Array {
    const parts = this.#parts.map((part) => part instanceof Uint8Array ? part : part(values));
    if (this.#lines) parts.push(this.#terminator(values.data));
    return concat(parts);
  }

  /** Returns the line end of the client's message. */
  #terminator(data: Uint8Array): Uint8Array {
    const eol = data.subarray(this.#strip(data).length);
    return eol.length > 0 ? eol : this.#newline;
  }
}

/** Returns the local time, `2026-01-31 08:05:09`. */
function now(): string {
  return new Date().toLocaleString("sv-SE");
}

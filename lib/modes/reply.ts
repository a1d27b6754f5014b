/**
 * `reply`: answers each message with a text. The text is encoded once, at the start, so that a character that the encoding
 * lacks is found before the first client connects; what changes from answer to answer is filled in as bytes, so that `{data}`
 * gives back exactly what came.
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

/** A text that fits into no message, whatever is filled in, is refused before the first client connects. */
function requireFit(name: string, template: Template, max = Infinity): Template {
  if (template.length <= max) return template;
  throw new SockeyeError(
    "usage",
    `Bad --${name}: it has ${template.length} bytes, and a datagram holds ${max} at most`,
  );
}

/** What a template is filled with. */
interface Filling {
  readonly peer: Peer;
  readonly count: number;
  readonly data: Uint8Array;
}

/** How text and bytes meet. */
interface TemplateOptions {
  readonly encode: (text: string) => Uint8Array;
  /** A message without its line end. */
  readonly strip: (data: Uint8Array) => Uint8Array;
  /** An answer to a line is a line. */
  readonly lines: boolean;
}

const NOTHING = new Uint8Array();

class Reply implements Mode {
  readonly #text: Template;
  readonly #greet: Template | undefined;
  readonly #close: boolean;
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

/** A text with places to fill. */
class Template {
  readonly #parts: readonly (Uint8Array | ((filling: Filling) => Uint8Array))[];
  readonly #strip: (data: Uint8Array) => Uint8Array;
  readonly #lines: boolean;
  readonly #newline: Uint8Array;

  /**
   * @param text with `{addr}`, `{n}`, `{time}`, `{data}`; other braces stay as they are
   * @param options how text becomes bytes
   */
  constructor(text: string, { encode, strip, lines }: TemplateOptions) {
    const fillers: Record<string, (filling: Filling) => Uint8Array> = {
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

  /** Bytes that are there whatever is filled in. */
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0);
  }

  fill(filling: Filling): Uint8Array {
    const parts = this.#parts.map((part) => part instanceof Uint8Array ? part : part(filling));
    if (this.#lines) parts.push(this.#terminator(filling.data));
    return concat(parts);
  }

  /** The line end that the client uses. */
  #terminator(data: Uint8Array): Uint8Array {
    const eol = data.subarray(this.#strip(data).length);
    return eol.length > 0 ? eol : this.#newline;
  }
}

/** Local time, `2026-01-31 08:05:09`. */
function now(): string {
  return new Date().toLocaleString("sv-SE");
}

/**
 * `reply`: answers each message with a text. It is encoded once, at the start, so that a character that the encoding lacks is
 * reported before the first client connects. Placeholders are filled in as bytes: `{data}` is exactly what was received.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { asText, choice, one } from "../options.ts";
import { encodeText } from "../text/encode.ts";
import { stripEol } from "../text/lines.ts";
import { defineMode, type ModeContext, type ModeSpec, type Peer } from "../server/mode.ts";

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
  create: ({ text, greet, then }, context) => {
    if (text === undefined) throw new SockeyeError("usage", "Missing --text: what shall reply answer?");
    const answer = makeTemplate("text", text, context);
    const greeting = greet === undefined ? undefined : makeTemplate("greet", greet, context);
    /** Number of messages of each peer so far. */
    const counts = new WeakMap<Peer, number>();
    return {
      open: (peer) => greeting && peer.send(greeting.fill({ peer, count: 0, data: NOTHING })),
      data: (peer, data) => {
        if (!peer.open) return;
        const count = (counts.get(peer) ?? 0) + 1;
        counts.set(peer, count);
        const sent = peer.send(answer.fill({ peer, count, data }));
        return then === "close" ? sent.then(() => peer.end()) : sent;
      },
    };
  },
});

const NOTHING = new Uint8Array();

/** Refuses a text that exceeds the largest message even with empty placeholders, before the first client connects. */
function makeTemplate(name: string, text: string, context: ModeContext): Template {
  const template = new Template(text, context);
  const { messageMax: max = Infinity } = context;
  if (template.length <= max) return template;
  const message = `Bad --${name}: it has ${template.length} bytes, and a datagram holds ${max} at most`;
  throw new SockeyeError("usage", message);
}

/** Values of the placeholders. */
interface TemplateValues {
  readonly peer: Peer;
  readonly count: number;
  readonly data: Uint8Array;
}

/** A text with the placeholders `{addr}`, `{n}`, `{time}` and `{data}`; other braces stay as they are. */
class Template {
  readonly #parts: readonly (Uint8Array | ((values: TemplateValues) => Uint8Array))[];
  readonly #encoding: string;
  /** What ends an answer where the client's message has no line end; undefined where answers are not lines. */
  readonly #newline: Uint8Array | undefined;

  constructor(text: string, { encoding, frame }: ModeContext) {
    const encode = (part: string) => encodeText(part, encoding);
    const fillers: Record<string, (values: TemplateValues) => Uint8Array> = {
      addr: ({ peer }) => encode(peer.address),
      n: ({ count }) => encode(String(count)),
      time: () => encode(now()),
      data: ({ data }) => stripEol(data, encoding),
    };
    const pieces = text.split(/\{(addr|n|time|data)\}/);
    this.#parts = pieces.map((piece, i) => (i % 2 === 1 && fillers[piece]) || encode(piece));
    this.#encoding = encoding;
    this.#newline = frame?.by === "line" && !text.endsWith("\n") ? encode("\n") : undefined;
  }

  /** Number of bytes without the placeholders. */
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0);
  }

  fill(values: TemplateValues): Uint8Array {
    const parts = this.#parts.map((part) => part instanceof Uint8Array ? part : part(values));
    if (this.#newline) {
      const eol = values.data.subarray(stripEol(values.data, this.#encoding).length);
      parts.push(eol.length > 0 ? eol : this.#newline);
    }
    return concat(parts);
  }
}

/** The local time, `2026-01-31 08:05:09`. */
function now(): string {
  return new Date().toLocaleString("sv-SE");
}

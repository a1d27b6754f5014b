/**
 * `reply`: answers each message with a text, with bytes or with a file. All but the file is made at the start, before the
 * first client connects; the file is read anew for each answer, a piece at a time.
 *
 * @module
 */

import { readChunks } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { asDuration, asText, choice, flag, one, type Values } from "../options.ts";
import { say } from "../phrase.ts";
import { defineMode, type Mode, type ModeContext, type ModeSpec, type Peer } from "../server/mode.ts";
import { parseHex } from "../text/hex.ts";
import { type MessageForm, seal } from "../text/message_form.ts";
import { listed } from "../wording.ts";
import { wait } from "../wait.ts";
import { Template, type TemplateValues } from "./template.ts";

const REPLY_OPTIONS = {
  "text": one("T", "reply with this text; {addr} {n} {time} {data} are filled in", asText),
  "text-hex": one("HEX", "reply with these bytes, e.g. '01 ff 0a'", parseHex),
  "file": one("FILE", "reply with this file, of any size", asText, { needs: ["read"] }),
  "greet": one("T", "a greeting for each client, filled in likewise", asText),
  "escapes": flag("\\n \\r \\t \\xNN \\u{N} in --text and --greet stand for bytes"),
  "delay": one("D", "wait for D before each reply", asDuration),
  "then": choice(["close"], "close the connection after the first reply"),
} as const;

type ReplyValues = Values<typeof REPLY_OPTIONS>;

/** The table entry. */
export const reply: ModeSpec = defineMode({
  name: "reply",
  summary: "reply to each message with a text or a file",
  example: "reply 8088 --text 'THANK you' --then close --once",
  stateless: true,
  options: REPLY_OPTIONS,
  create: (values, context) => {
    const answer = makeAnswer(values, context);
    const greeting = values.greet === undefined ? undefined : makeTemplate("greet", values.greet, values, context);
    const { file } = values;
    const mode = new Reply(answer, greeting, values, context.form);
    return file === undefined ? mode : context.files.checkRead(file).then(() => mode);
  },
});

/** Sends an answer. */
type Answer = (values: TemplateValues) => Promise<void>;

const NOTHING = new Uint8Array();

class Reply implements Mode {
  readonly needs: NonNullable<Mode["needs"]>;
  readonly #answer: Answer;
  readonly #greeting: Template | undefined;
  readonly #form: MessageForm;
  readonly #values: ReplyValues;
  /** Number of messages of each peer so far. */
  readonly #counts = new WeakMap<Peer, number>();
  /** End the delays of peers that are gone. */
  readonly #delays = new Map<Peer, AbortController>();

  constructor(answer: Answer, greeting: Template | undefined, values: ReplyValues, form: MessageForm = {}) {
    this.#form = form;
    this.#answer = answer;
    this.#greeting = greeting;
    this.#values = values;
    this.needs = values.file === undefined ? [] : ["read"];
  }

  open(peer: Peer): void | Promise<void> {
    return this.#greeting && peer.send(seal(this.#form, this.#greeting.fill({ peer, count: 0, data: NOTHING })));
  }

  data(peer: Peer, data: Uint8Array): void | Promise<void> {
    if (!peer.open) return;
    const count = (this.#counts.get(peer) ?? 0) + 1;
    this.#counts.set(peer, count);
    const { delay = 0, then } = this.#values;
    const sent = delay === 0 ? this.#answer({ peer, count, data }) : this.#answerLate({ peer, count, data }, delay);
    return then === "close" ? sent.then(() => peer.end()) : sent;
  }

  /** A client may want the file without a word: the end of its half asks for it. */
  async end(peer: Peer): Promise<void> {
    if (this.#values.file !== undefined && !this.#counts.has(peer)) await this.data(peer, NOTHING);
  }

  close(peer: Peer): void {
    this.#delays.get(peer)?.abort();
  }

  async #answerLate(values: TemplateValues, delay: number): Promise<void> {
    const { peer } = values;
    const gone = new AbortController();
    this.#delays.set(peer, gone);
    try {
      await wait(delay, gone.signal);
    } catch {
      return; // Nothing is left to answer.
    } finally {
      this.#delays.delete(peer);
    }
    if (peer.open) await this.#answer(values);
  }
}

function makeAnswer(values: ReplyValues, context: ModeContext): Answer {
  const { text, "text-hex": bytes, file, escapes } = values;
  const { form = {} } = context;
  const given = ["text", "text-hex", "file"].filter((name) => values[name as "text"] !== undefined);
  if (given.length === 0) {
    throw new SockeyeError(
      "usage",
      say("missing-text")`Missing --text, --text-hex or --file: what shall reply answer?`,
    );
  }
  if (given.length > 1) {
    const names = listed(given.map((name) => `--${name}`), "and");
    throw new SockeyeError("usage", `Options ${names} contradict each other: there is one answer`);
  }
  if (escapes && text === undefined && values.greet === undefined) {
    throw new SockeyeError("usage", "Option --escapes is for --text and --greet");
  }
  if (file !== undefined) return ({ peer }) => sendFile(peer, file, context);
  if (bytes) {
    checkLength("text-hex", bytes.length, context);
    const sealed = seal(form, bytes);
    return ({ peer }) => peer.send(sealed);
  }
  const template = makeTemplate("text", text ?? "", values, context);
  return (values) => values.peer.send(seal(form, template.fill(values)));
}

/** Refuses a text that exceeds the largest message even with empty placeholders, before the first client connects. */
function makeTemplate(name: string, text: string, { escapes }: ReplyValues, context: ModeContext): Template {
  const template = new Template(text, context, escapes);
  checkLength(name, template.length, context);
  return template;
}

function checkLength(name: string, length: number, { messageMax: max = Infinity }: ModeContext): void {
  if (length <= max) return;
  const message = `Bad --${name}: it has ${length} bytes, and a datagram holds ${max} at most`;
  throw new SockeyeError("usage", message);
}

/** Sends a file as fast as the peer takes it; over a transport with message boundaries each piece is a message. */
async function sendFile(peer: Peer, path: string, { files }: ModeContext): Promise<void> {
  using file = await files.read(path);
  for await (const piece of readChunks(file)) {
    if (!peer.open) return;
    await peer.send(piece);
  }
}

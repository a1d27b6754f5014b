/**
 * What a client sends: the texts, bytes and files of the command line, or standard input.
 *
 * @module
 */

import { type ByteReader, concat, readChunks } from "../bytes.ts";
import { openToRead } from "../files.ts";
import { type Given, readValue } from "../options.ts";
import type { Phrased } from "../phrase.ts";
import { encodeText } from "../text/encode.ts";
import { parseEscapes } from "../text/escape.ts";
import { parseHex } from "../text/hex.ts";
import { CrlfWriter, LineSplitter } from "../text/lines.ts";
import { type MessageForm, seal } from "../text/message_form.ts";
import { wait } from "../wait.ts";
import type { Outgoing } from "./exchange_options.ts";

const LF = 0x0a;

/** How text becomes bytes. */
export interface TextRules {
  /** A canonical encoding name. */
  readonly encoding: string;
  /** The encoding of answers. Default: the same. */
  readonly readEncoding?: string | undefined;
  /** `\n`, `\xNN` and the like stand for bytes. */
  readonly escapes: boolean;
  /** A line ends with CRLF. */
  readonly crlf: boolean;
  /** What a message is; files and piped input are sent as they are. Default: nothing is added to it. */
  readonly form?: MessageForm | undefined;
}

/** Something to send; each call makes its bytes again. */
export type Message = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Whether an option is one that says something. */
export function isMessage(name: string): boolean {
  return name === "send" || name === "send-hex" || name === "file";
}

/**
 * Reads `--send`, `--send-hex` and `--file` in the order given.
 *
 * @throws {SockeyeError} `usage` for text that cannot be sent, `file` and `permission` for a file that cannot be read
 */
export async function readMessages(given: readonly Given[], rules: TextRules): Promise<Message[]> {
  const messages: Message[] = [];
  for (const { name, flag, text } of given) {
    if (!isMessage(name)) continue;
    if (name === "file") {
      messages.push(await fileMessage(text));
      continue;
    }
    const bytes = readValue(text, flag, name === "send" ? (value) => sendBytes(value, rules) : parseHex);
    const sealed = seal(rules.form ?? {}, bytes);
    messages.push(() => [sealed]);
  }
  return messages;
}

/**
 * Sends the messages, in rounds if asked to.
 *
 * @param options `count` rounds, `every` so many milliseconds; `signal` ends the waiting
 */
export async function* sendMessages(
  messages: readonly Message[],
  options: { readonly count: number; readonly every: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const start = performance.now();
  for (let round = 0; round < options.count; round++) {
    // Rounds keep to the clock that started with the first one: the time that a round takes does not add up.
    if (round > 0) await wait(start + round * options.every - performance.now(), options.signal);
    for (const message of messages) yield* message();
  }
}

/** Sends standard input, byte for byte unless CRLF line ends are asked for. */
export async function* sendInput(stdin: ByteReader, crlf: boolean): AsyncGenerator<Uint8Array> {
  const writer = new CrlfWriter();
  for await (const bytes of readChunks(stdin)) yield crlf ? writer.push(bytes) : bytes;
}

function sendBytes(text: string, rules: TextRules): Uint8Array {
  const bytes = textBytes(text, rules);
  if (!rules.crlf) return bytes;
  const ended = bytes.at(-1) === LF ? bytes : concat([bytes, encodeText("\n", rules.encoding)]);
  return new CrlfWriter().push(ended);
}

/** The bytes of a text, with its escapes replaced. */
export function textBytes(text: string, { encoding, escapes }: TextRules): Uint8Array {
  const encode = (part: string) => encodeText(part, encoding);
  return escapes ? parseEscapes(text, encode) : encode(text);
}

/** Opened once at the start, so that a wrong name is reported before anything is sent. */
async function fileMessage(path: string): Promise<Message> {
  (await openToRead(path)).close();
  return async function* () {
    using file = await openToRead(path);
    yield* readChunks(file);
  };
}

/** The most bytes that fit into one Ethernet frame (1500) behind the headers of IPv4 and UDP. */
const UNFRAGMENTED = 1_472;

/** Joins the parts of a message, for a datagram or a WebSocket. */
export function inOne(message: Message): Message {
  return async function* () {
    yield concat(await Array.fromAsync(message(), (part) => part.slice()));
  };
}

/** Cuts a stream into lines, for datagrams and WebSockets. */
export async function* cutLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new LineSplitter();
  for await (const bytes of input) yield* splitter.push(bytes);
  const rest = splitter.end();
  if (rest) yield rest;
}

/** Warns once of a datagram that is longer than most networks carry in one piece. */
export async function* warnOfFragments(outgoing: Outgoing, notice: (message: Phrased) => void): Outgoing {
  let warned = false;
  for await (const part of outgoing) {
    if (!warned && typeof part !== "symbol" && part.length > UNFRAGMENTED) {
      warned = true;
      notice(`A datagram of ${part.length} bytes travels in fragments on most networks (over ${UNFRAGMENTED})`);
    }
    yield part;
  }
}

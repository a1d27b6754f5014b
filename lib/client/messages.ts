/**
 * What a client has to say: the texts, bytes and files of the command line, a person's lines, or standard input.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { messageOf, SockeyeError } from "../errors.ts";
import { toldReading } from "../files.ts";
import { HANG_UP, type Speech } from "./exchange.ts";
import { encodeText } from "../text/encode.ts";
import { parseEscapes } from "../text/escape.ts";
import { parseHex } from "../text/hex.ts";
import { CrlfWriter } from "../text/lines.ts";
import { wait } from "../wait.ts";
import type { Editor } from "../cli/editor.ts";
import { readBytes } from "../cli/input.ts";
import type { Given } from "../cli/parse.ts";
import type { Input } from "../cli/system.ts";

const LF = 0x0a;

/** What a person types to leave. */
const GOODBYE = "q";

/** How text becomes bytes. */
export interface TextRules {
  /** A canonical encoding name. */
  readonly encoding: string;
  /** `\n`, `\xNN` and the like stand for bytes. */
  readonly escapes: boolean;
  /** A line ends with CRLF. */
  readonly crlf: boolean;
}

/** Something to send, made anew each time that it is said. */
export type Message = () => AsyncIterable<Uint8Array>;

/**
 * Reads `--send`, `--send-hex` and `--file` in the order given.
 *
 * @param given the options
 * @param rules how text becomes bytes
 * @returns the messages; empty when none of these options was given
 * @throws {SockeyeError} `usage` for text that cannot be sent, `file` and `permission` for a file that cannot be read
 */
export async function readMessages(given: readonly Given[], rules: TextRules): Promise<Message[]> {
  const messages: Message[] = [];
  for (const { name, flag, text } of given) {
    if (name === "send") messages.push(always(naming(flag, () => sendBytes(text, rules))));
    if (name === "send-hex") messages.push(always(naming(flag, () => parseHex(text))));
    if (name === "file") messages.push(await fileMessage(text));
  }
  return messages;
}

/**
 * Says the messages, again and again if asked to.
 *
 * @param messages what to say
 * @param options `count` rounds, `every` so many milliseconds; `signal` ends the waiting
 */
export async function* sayMessages(
  messages: readonly Message[],
  options: { readonly count: number; readonly every: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const start = performance.now();
  for (let round = 0; round < options.count; round++) {
    // Rounds keep to the clock that started with the first: what a round takes does not add up.
    if (round > 0) await wait(start + round * options.every - performance.now(), options.signal);
    for (const message of messages) yield* message();
  }
}

/**
 * Says what a person types, line by line.
 *
 * @param editor where they type
 * @param rules how text becomes bytes
 * @param complain told about a line that cannot be sent
 */
export async function* sayLines(editor: Editor, rules: TextRules, complain: (message: string) => void): Speech {
  for await (const line of editor.lines()) {
    if (line === GOODBYE) {
      yield HANG_UP;
      return;
    }
    try {
      yield lineBytes(line, rules);
    } catch (error) {
      complain(`Not sent: ${messageOf(error)}`);
    }
  }
}

/**
 * Says what standard input brings, byte for byte unless CRLF line ends are asked for.
 *
 * @param stdin where from
 * @param crlf turn bare LF into CRLF
 */
export async function* sayInput(stdin: Input, crlf: boolean): AsyncGenerator<Uint8Array> {
  const writer = new CrlfWriter();
  for await (const bytes of readBytes(stdin)) yield crlf ? writer.push(bytes) : bytes;
}

function sendBytes(text: string, rules: TextRules): Uint8Array {
  const bytes = textBytes(text, rules);
  if (!rules.crlf) return bytes;
  const ended = bytes.at(-1) === LF ? bytes : concat([bytes, encodeText("\n", rules.encoding)]);
  return new CrlfWriter().push(ended);
}

/** Puts the option before what is wrong with its value. */
function naming<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SockeyeError) {
      throw new SockeyeError(error.kind, `${flag}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

function lineBytes(line: string, rules: TextRules): Uint8Array {
  return concat([textBytes(line, rules), encodeText(rules.crlf ? "\r\n" : "\n", rules.encoding)]);
}

function textBytes(text: string, { encoding, escapes }: TextRules): Uint8Array {
  const encode = (part: string) => encodeText(part, encoding);
  return escapes ? parseEscapes(text, encode) : encode(text);
}

function always(bytes: Uint8Array): Message {
  return async function* () {
    await Promise.resolve();
    yield bytes;
  };
}

/** Opened once at the start, so that a wrong name is told before anything is sent. */
async function fileMessage(path: string): Promise<Message> {
  const open = () =>
    toldReading(path, async () => {
      const file = await Deno.open(path);
      if (!(await file.stat()).isDirectory) return file;
      file.close();
      throw new Error("it is a folder");
    });
  (await open()).close();
  return async function* () {
    using file = await open();
    yield* readBytes(file);
  };
}

/**
 * What a person types at a client: lines to send, and commands to the client itself. A command that is not the client's
 * own goes to the peer, which may be a chat.
 *
 * @module
 */

import { type ByteReader, concat, readChunks } from "../bytes.ts";
import { phraseOf } from "../errors.ts";
import { openToRead } from "../files.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import { encodeText } from "../text/encode.ts";
import { asEncodings, type Encodings } from "../text/encodings.ts";
import { parseHex } from "../text/hex.ts";
import { seal } from "../text/message_form.ts";
import { CLOSE, type Outgoing } from "./exchange_options.ts";
import { cutLines, textBytes, type TextRules } from "./messages.ts";

/** The ends that a typed line may get. */
export const EOLS = { lf: "\n", crlf: "\r\n", cr: "\r", none: "" } as const;

/** The name of a line end. */
export type Eol = keyof typeof EOLS;

/** The line that ends an interactive client. */
const QUIT = "q";

/** What a person can type besides lines, as `/help` and `--help` tell it. */
export const TYPED_COMMANDS: readonly (readonly [typed: string, does: string])[] = [
  ["q, /quit", "leave"],
  ["/enc NAME", "write and read another encoding; /enc WRITE:READ for two"],
  ["/hex 01 ff", "send these bytes"],
  ["/file PATH", "send this file"],
  ["//text", "send /text"],
  ["/other", "goes to the peer; a chat hears /help and /enc NAME as well"],
  ["/help", "these lines; a ⏎ after a text says that it had no line end"],
];

/** How lines become bytes, and what commands do. */
export interface TypedOptions {
  /** How text becomes bytes. */
  readonly rules: TextRules;
  /** What a line ends with. */
  readonly eol: Eol;
  /** Each message is sent as one, as over UDP. */
  readonly messageBoundaries: boolean;
  /** Called with notices for the person. */
  readonly notice: (message: Phrased) => void;
  /** Changes the encodings of received and sent text. */
  readonly onEncodings: (encodings: Encodings) => void;
  /** Whether the peer is a chat, which has commands of the same names. */
  readonly inChat: () => boolean;
}

/** Commands that a chat must hear as well: it has more to tell, and changes its side. */
const SHARED = /^\/(?:help|enc +[^\s:]+) *$/;

/** Sends typed lines; `q` alone closes. */
export async function* sendLines(lines: AsyncIterable<string>, options: TypedOptions): Outgoing {
  const { notice, onEncodings } = options;
  let { rules } = options;
  for await (const line of lines) {
    const [, command, argument = ""] = /^\/(quit|help|enc|hex|file)(?: +(.*))?$/.exec(line.trimEnd()) ?? [];
    if (line === QUIT || command === "quit") {
      yield CLOSE;
      return;
    }
    try {
      // In the encoding that the chat still reads.
      if (options.inChat() && SHARED.test(line)) yield lineBytes(line, rules, options.eol);
      if (command === "help") {
        for (const [typed, does] of TYPED_COMMANDS) {
          notice(say("typed-help")`${typed.padEnd(12)} ${new Phrase(`typed ${typed}`, does)}`);
        }
      } else if (command === "enc") {
        const encodings = argument === "" ? undefined : asEncodings(argument);
        if (encodings) {
          rules = { ...rules, encoding: encodings.write, readEncoding: encodings.read };
          onEncodings(encodings);
        }
        const { encoding, readEncoding = encoding } = rules;
        notice(
          readEncoding === encoding
            ? say("enc-both")`${encoding} is written and read`
            : say("enc-two")`${encoding} is written, ${readEncoding} read`,
        );
      } else if (command === "file") yield* fileParts(argument, options);
      else if (command === "hex") yield seal(rules.form ?? {}, parseHex(argument));
      else yield seal(rules.form ?? {}, lineBytes(line.startsWith("//") ? line.slice(1) : line, rules, options.eol));
    } catch (error) {
      const why = phraseOf(error);
      notice(command === "enc" ? say("not-changed")`Not changed: ${why}` : say("not-sent-why")`Not sent: ${why}`);
    }
  }
}

/** The lines typed at a terminal that edits them itself, without their ends. */
export async function* typedLines(stdin: ByteReader): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const line of cutLines(readChunks(stdin))) yield decoder.decode(line).replace(/\r?\n$/, "");
}

function lineBytes(line: string, rules: TextRules, eol: Eol): Uint8Array {
  return concat([textBytes(line, rules), encodeText(EOLS[eol], rules.encoding)]);
}

async function* fileParts(path: string, { messageBoundaries }: TypedOptions): AsyncGenerator<Uint8Array> {
  if (path === "") throw new Error("/file takes the name of a file");
  using file = await openToRead(path);
  if (messageBoundaries) yield concat(await Array.fromAsync(readChunks(file), (part) => part.slice()));
  else yield* readChunks(file);
}

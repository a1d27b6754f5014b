/**
 * The members of a room. What all have in common is here; a {@linkcode LineMember} reads and writes lines of text, a page
 * (`web/page_member.ts`) JSON messages.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import { TextStream } from "../text/decode.ts";
import { EncodingHint } from "../text/hint.ts";
import { LineSplitter, stripEol, withoutNuls } from "../text/lines.ts";
import { beginsLikeUtf16, hasNoByteFf, TelnetFilter, withoutMarks } from "../text/telnet.ts";
import { readTyped, type Typed } from "../text/typed.ts";
import type { Broadcast, TextFormat } from "./broadcast.ts";
import type { Participant } from "./contract.ts";
import type { StoredEvent } from "./history.ts";
import { type Rate, TokenBucket } from "./token_bucket.ts";

const CR = 0x0d, LF = 0x0a, NUL = 0;

const NOTHING = new Uint8Array();

/** Characters of typing and pasting; a member that sends more floods. */
const TYPING_RATE: Rate = { perSecond: 32 * 1024, burst: 64 * 1024 };

/** A client in the room. */
export abstract class Member implements Participant {
  /** The present name. */
  name = "";
  /** The name that it asks for when it joins. */
  wanted: string | undefined;
  /** Limits its messages; undefined without a limit. */
  readonly bucket: TokenBucket | undefined;
  /** Whether it got the note that it is too fast, and still is. */
  slowed = false;
  /** Whether it has written nothing yet. */
  first = true;
  /** Whether its last line was not for all, as commands are: if it goes on, the rest is not either. */
  withheld = false;
  /** Whether its lines are being sent to all, which may take time. */
  speaking = false;
  readonly #typing = new TokenBucket(TYPING_RATE);
  readonly #leaving = new AbortController();
  /** Aborted when it has left: nothing that it wrote before counts any more. */
  readonly gone: AbortSignal = this.#leaving.signal;

  /** `rate` limits its messages. */
  constructor(readonly peer: Peer, rate?: Rate) {
    this.bucket = rate && new TokenBucket(rate);
  }

  /** Whether it sends more than people type, with so many characters that the others get of it now. */
  isFlooding(chars: number): boolean {
    return this.#typing.take(chars) > 0;
  }

  /** Ends waits for its turn. */
  leave(): void {
    this.#leaving.abort();
  }

  /** Sends events of others, or for this member alone; false when its outbox is full. */
  abstract send(lines: Broadcast): boolean;

  /** The same for events that it caused, or that are about it. Its own lines are on its screen already. */
  sendOwn(_lines: Broadcast): boolean {
    return true;
  }

  /** The same for earlier events, when it is new. */
  sendHistory(_events: readonly StoredEvent[], lines: Broadcast): boolean {
    return this.send(lines);
  }
}

/** A line that a member wrote. */
export interface Line extends Typed {
  /** Whether it is the rest of one that was too long, which is text whatever it begins with. */
  readonly continued: boolean;
  /** Bytes of it as they came. */
  readonly bytes: number;
  /** Whether it is text in UTF-16, which has no lines here. Default false. */
  readonly isUtf16?: boolean;
  /** A better encoding. */
  readonly hint?: string | undefined;
}

/** How a member reads and writes text, in an encoding with its canonical name. */
export type LineOptions = {
  readonly encoding: string;
  /** Whether the data of one read is a message, with or without a line end. */
  readonly whole: boolean;
  readonly rate?: Rate | undefined;
  /** Bytes of a message to it, on a transport with message boundaries. Default: any number. */
  readonly messageMax?: number | undefined;
};

/** A member that reads and writes lines of text. */
export class LineMember extends Member {
  readonly #splitter = new LineSplitter();
  /** Removes everything that is not text from a stream; undefined if its encoding leaves no room for that. */
  #filter: TelnetFilter | undefined;
  #stream!: TextStream;
  #hint!: EncodingHint;
  #format: TextFormat = { encoding: "", eol: "\n" };
  /** Whether the last piece had no line end. */
  #cut = false;
  /** Whether something was to be seen in the pieces of the line before. */
  #seen = false;
  #unended = false;

  /** A member with the name that the room gives it. */
  constructor(peer: Peer, readonly options: LineOptions) {
    super(peer, options.rate);
    this.encoding = options.encoding;
  }

  /** The encoding that it reads and writes, a canonical name. */
  get encoding(): string {
    return this.#format.encoding;
  }

  set encoding(encoding: string) {
    const isText = !this.peer.messageBoundaries && hasNoByteFf(encoding);
    this.#filter = isText ? this.#filter ?? new TelnetFilter(encoding, true) : undefined;
    this.#stream = new TextStream(encoding);
    this.#hint = new EncodingHint(encoding);
    this.#format = { ...this.#format, encoding };
  }

  /** Whether it has sent part of a line without its end, so that no other member has received it. */
  get unended(): boolean {
    return this.#unended && !this.options.whole;
  }

  /** Queues lines. */
  send(lines: Broadcast): boolean {
    const messages = this.peer.messageBoundaries
      ? lines.single(this.#format, this.options.messageMax ?? Infinity)
      : lines.in(this.#format);
    // A member that is leaving needs no lines, and is not one that fails to read.
    return this.peer.post(messages) || !this.peer.open;
  }

  /** The lines that the next part of its stream completes. Decoded when asked for: an encoding counts from the next line on. */
  *read(bytes: Uint8Array): Generator<Line> {
    for (const text of this.#filtered(bytes)) {
      const end = text.lastIndexOf(LF) + 1;
      this.#unended = (end === 0 && this.#unended) || text.subarray(end).some((byte) => byte !== NUL);
      for (const line of this.#splitter.push(text)) yield* this.#decode(line, false);
    }
    if (this.options.whole) yield* this.rest();
  }

  /** The text of bytes: up to each line feed, since the line before it may change the encoding. */
  *#filtered(bytes: Uint8Array): Generator<Uint8Array> {
    if (this.peer.messageBoundaries) return yield bytes;
    const isPlain = this.#filter?.isPlain(bytes) ?? true;
    for (let from = 0; from < bytes.length;) {
      const end = isPlain ? bytes.length : bytes.indexOf(LF, from) + 1 || bytes.length;
      const piece = bytes.subarray(from, end);
      const { text, answer } = this.#filter?.push(piece) ?? { text: piece };
      if (answer) this.peer.post([answer]);
      from = end;
      yield text;
    }
  }

  /** The unfinished line at the end of the stream. */
  *rest(): Generator<Line> {
    for (const line of this.#splitter.push(this.#filter?.end() ?? NOTHING)) yield* this.#decode(line, false);
    const line = this.#splitter.end();
    if (line) yield* this.#decode(line, true);
  }

  *#decode(line: Uint8Array, last: boolean): Generator<Line> {
    const whole = stripEol(line);
    const ended = whole.length < line.length;
    if (ended) this.#adoptEol(line[whole.length] === CR ? "\r\n" : "\n");
    const wasCut = this.#cut;
    const continued = wasCut && this.#seen;
    const padless = withoutNuls(whole, { start: !continued, end: ended || last });
    // Padding alone is no line.
    if (!ended && padless.length === 0) return;
    const bare = last && padless.at(-1) === CR ? padless.subarray(0, -1) : padless;
    this.#cut = !ended && !last;
    const body = continued ? bare : withoutMarks(bare, this.encoding);
    // A mark alone is no message.
    if (body.length === 0 && bare.length > 0 && !ended) return;
    const { text, invalid } = this.#stream.push(body);
    const rest = this.#cut ? { text: "", invalid: 0 } : this.#stream.end();
    const bad = invalid + rest.invalid;
    const hint = this.#hint.push(body, bad);
    // Nothing goes on behind a line that just fits.
    if (text + rest.text === "" && wasCut) return;
    const all = text + rest.text;
    const typed: Typed = continued ? { kind: "text", text: all } : readTyped(all, bad > 0);
    this.#seen = continued || typed.kind !== "blank";
    const isUtf16 = !continued && beginsLikeUtf16(body, this.encoding);
    const bytes = whole.length;
    yield {
      ...typed,
      continued,
      bytes,
      isUtf16,
      ...(hint !== undefined && { hint }),
    };
  }

  /** Lines to it end as its own lines do. */
  #adoptEol(eol: TextFormat["eol"]): void {
    if (eol !== this.#format.eol) this.#format = { ...this.#format, eol };
  }
}

/**
 * Takes out of a stream of text what is none: a leading byte order mark, and what a telnet client sends besides its lines
 * (RFC 854), whose options are all refused. For encodings in which the byte ff occurs in no character.
 *
 * @module
 */

/** The bytes of RFC 854 that have a meaning here, behind `IAC` or in its place. */
const IAC = 0xff, DONT = 0xfe, DO = 0xfd, WONT = 0xfc, WILL = 0xfb, SB = 0xfa, DM = 0xf2, SE = 0xf0;

/** Bytes of the longest subnegotiation. All options are refused, so none should come; an endless one would swallow the text. */
const SUB_MAX = 64;

/** The lowest byte that is a command behind `IAC`; a lower one is text. */
const COMMANDS = 0xf0;

/** An option whose every request is answered (RFC 860): after Ctrl-C a client shows nothing more until then. */
const TIMING_MARK = 6;

const CR = 0x0d, LF = 0x0a, NUL = 0;

/** Byte order marks of UTF-8, which editors on Windows write in front of GBK as well, and of gb18030. */
const UTF8_MARK = [0xef, 0xbb, 0xbf], GB18030_MARK = [0x84, 0x31, 0x95, 0x33];

/** The marks that may stand before a text; none where the byte ff may be a part of it. */
function marksOf(encoding: string): readonly (readonly number[])[] {
  if (encoding === "utf-8") return [UTF8_MARK];
  return encoding === "gbk" || encoding === "gb18030" ? [UTF8_MARK, GB18030_MARK] : [];
}

/** Whether {@linkcode TelnetFilter} can be used with an encoding, given by its canonical name. */
export function hasNoByteFf(encoding: string): boolean {
  return marksOf(encoding).length > 0;
}

/** A message without the byte order mark before it. */
export function withoutMark(bytes: Uint8Array, encoding: string): Uint8Array {
  const mark = marksOf(encoding).find((mark) => mark.every((byte, at) => bytes[at] === byte));
  return mark ? bytes.subarray(mark.length) : bytes;
}

/** What a piece of a stream comes to. */
export interface Filtered {
  /** The piece itself where nothing was taken out, else a new array. */
  readonly text: Uint8Array;
  /** What is to be sent back: refusals. */
  readonly answer?: Uint8Array;
}

/** Where the filter is: in the text, behind `IAC`, behind a word about an option, in a subnegotiation, behind `IAC` in that. */
type State = "text" | "iac" | "option" | "sub" | "sub-iac";

/**
 * Filters one stream.
 *
 * Behind a command such as that of Ctrl-C a client may send `IAC DM`, one byte of it as urgent data, which the system takes out of
 * the stream. So there one of the two is dropped wherever it stands alone; elsewhere it is text, an invalid byte.
 *
 * @example
 * ```ts ignore
 * const { text, answer } = new TelnetFilter("utf-8").push(bytes); // ff fb 1f 68 69: "hi", and ff fe 1f to send back
 * ```
 */
export class TelnetFilter {
  /** The marks that the first bytes of the text may still become, and how many bytes of them have come. */
  #marks: readonly (readonly number[])[];
  #marked = 0;
  #state: State = "text";
  /** The word about an option. */
  #verb = 0;
  /** Bytes that the subnegotiation may still have. */
  #subLeft = 0;
  #afterCr = false;
  /** Whether no text has come since a command: a part of `IAC DM` may. */
  #maybeMark = false;
  /** Refusals that were given, as word and option; most clients need none. */
  #given: Set<number> | undefined;

  /** Begins a stream; the encoding is one of {@linkcode hasNoByteFf}. */
  constructor(encoding: string) {
    this.#marks = marksOf(encoding);
  }

  /** Whether {@linkcode push} would take nothing out of bytes, whatever came after them. */
  isPlain(bytes: Uint8Array): boolean {
    return this.#marks.length === 0 && this.#state === "text" && !this.#maybeMark &&
      !bytes.includes(IAC) && !bytes.includes(NUL);
  }

  /** Takes the next bytes, which may change after the call where others are returned. */
  push(bytes: Uint8Array): Filtered {
    if (this.isPlain(bytes)) {
      if (bytes.length === 0) return { text: bytes };
      this.#afterCr = bytes.at(-1) === CR;
      return { text: bytes };
    }
    const text: number[] = [];
    const answer: number[] = [];
    for (const byte of bytes) this.#take(byte, text, answer);
    return { text: Uint8Array.from(text), ...(answer.length > 0 && { answer: Uint8Array.from(answer) }) };
  }

  /** The bytes that might have become a mark or a command, when no more come for now. */
  end(): Uint8Array {
    const text: number[] = [];
    this.#giveUpMark(text);
    if (this.#state === "iac" && !this.#maybeMark) text.push(IAC);
    if (this.#state === "iac") this.#state = "text";
    return Uint8Array.from(text);
  }

  #take(byte: number, text: number[], answer: number[]): void {
    switch (this.#state) {
      case "text":
        if (byte === IAC) this.#state = "iac";
        else if (byte === DM && this.#maybeMark) this.#maybeMark = false;
        else this.#takeText(byte, text);
        return;
      case "iac":
        return this.#takeBehindIac(byte, text);
      case "option":
        this.#state = "text";
        return this.#refuse(byte, answer);
      case "sub":
      case "sub-iac": {
        const isEnd = this.#state === "sub-iac" && byte === SE;
        this.#state = isEnd || --this.#subLeft === 0 ? "text" : byte === IAC ? "sub-iac" : "sub";
      }
    }
  }

  #takeBehindIac(byte: number, text: number[]): void {
    if (byte === IAC || byte < COMMANDS) {
      const isMark = this.#maybeMark;
      this.#maybeMark = false;
      if (isMark && byte === IAC) return;
      this.#state = "text";
      if (!isMark) this.#takeText(IAC, text);
      if (byte !== IAC) this.#takeText(byte, text);
    } else if (byte < SB) {
      this.#state = "text";
      this.#maybeMark = byte !== DM;
    } else {
      this.#state = byte === SB ? "sub" : "option";
      this.#subLeft = SUB_MAX;
      this.#verb = byte;
    }
  }

  /** Each option is refused once: a client that asks again and again must get no answers for ever. */
  #refuse(option: number, answer: number[]): void {
    if (this.#verb !== WILL && this.#verb !== DO) return;
    const refusal = this.#verb === WILL ? DONT : WONT;
    const key = refusal << 8 | option;
    if (this.#given?.has(key) && option !== TIMING_MARK) return;
    (this.#given ??= new Set()).add(key);
    answer.push(IAC, refusal, option);
  }

  #takeText(byte: number, text: number[]): void {
    this.#maybeMark = false;
    if (this.#marks.length > 0) {
      const open = this.#marks.filter((mark) => mark[this.#marked] === byte);
      if (open.length === 0) this.#giveUpMark(text);
      else {
        this.#marked++;
        // No mark is the beginning of another one.
        this.#marks = open.some((mark) => mark.length === this.#marked) ? [] : open;
        return;
      }
    }
    // Telnet's other end of a line (RFC 1123 section 3.3.1).
    text.push(byte === NUL && this.#afterCr ? LF : byte);
    this.#afterCr = byte === CR;
  }

  #giveUpMark(text: number[]): void {
    text.push(...this.#marks[0]?.slice(0, this.#marked) ?? []);
    this.#marks = [];
    this.#marked = 0;
  }
}

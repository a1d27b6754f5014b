/**
 * Removes from a stream of text a leading byte order mark and the control sequences of telnet (RFC 854), whose options
 * are all refused. For encodings in which the byte ff occurs in no character.
 *
 * @module
 */

/** The bytes of RFC 854 that have a meaning here, behind `IAC` or in its place. */
const IAC = 0xff, DONT = 0xfe, DO = 0xfd, WONT = 0xfc, WILL = 0xfb, SB = 0xfa, DM = 0xf2, SE = 0xf0;

/** Commands that delete a character or the line, and the control characters with that meaning. */
const EDITING: ReadonlyMap<number, number> = new Map([[0xf7, 0x7f], [0xf8, 0x15], [0xf4, 0x15], [0xf3, 0x15]]);

/**
 * Bytes of the longest subnegotiation. All options are refused, so none should arrive. A longer sequence counts as
 * text, because an endless one would swallow the client's text.
 */
const SUB_MAX = 64;

/** The lowest byte that is a command behind `IAC`; a lower one is text. */
const COMMANDS = 0xf0;

/** An option whose every request is answered (RFC 860): after Ctrl-C a client shows nothing more until then. */
const TIMING_MARK = 6;

const CR = 0x0d, LF = 0x0a, NUL = 0, SLASH = 0x2f;

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

/**
 * A line without the byte order marks before it: files that were put together have them in the middle. Marks of other encodings
 * and telnet commands may be letters; they go where a slash follows, before which they are no text.
 */
export function withoutMarks(line: Uint8Array, encoding: string): Uint8Array {
  if ((line[0] ?? 0) < 0x80) return line;
  const own = behind(line, 0, (bytes) => markLength(bytes, marksOf(encoding)));
  const all = behind(line, own, (bytes) => markLength(bytes, [UTF8_MARK, GB18030_MARK]) || commandLength(bytes));
  return line.subarray(line[all] === SLASH ? all : own);
}

/** Where a run of pieces that starts at `at` ends; `lengthOf` returns 0 for anything else. */
function behind(line: Uint8Array, at: number, lengthOf: (bytes: Uint8Array) => number): number {
  for (let length; (length = lengthOf(line.subarray(at))) > 0;) at += length;
  return at;
}

function markLength(bytes: Uint8Array, marks: readonly (readonly number[])[]): number {
  return marks.find((mark) => mark.every((byte, at) => bytes[at] === byte))?.length ?? 0;
}

function commandLength([first, second = 0]: Uint8Array): number {
  if (first !== IAC || second < COMMANDS || second === IAC) return 0;
  return second < SB ? 2 : 3;
}

/** Whether a text begins with the byte order mark of UTF-16, though its encoding is one of {@linkcode hasNoByteFf}. */
export function beginsLikeUtf16(bytes: Uint8Array, encoding: string): boolean {
  const [first = 0, second = 0] = bytes;
  return (first === 0xff && second === 0xfe || first === 0xfe && second === 0xff) && hasNoByteFf(encoding);
}

/** The result for a piece of a stream. */
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
  /** The marks that the first bytes of the text may still become, and how many bytes of them have arrived. */
  #marks: readonly (readonly number[])[];
  #marked = 0;
  #state: State = "text";
  /** The word about an option. */
  #verb = 0;
  /** The bytes of the subnegotiation, with the command before them; empty outside one. */
  #sub: number[] = [];
  /** Whether a command has arrived: the client speaks telnet. */
  #isTelnet = false;
  #afterCr = false;
  /** Whether no text has arrived since a command: the next bytes may be a part of `IAC DM`. */
  #maybeMark = false;
  /** Refusals that were given, as word and option; most clients need none. */
  #given: Set<number> | undefined;

  /**
   * Begins a stream; the encoding is one of {@linkcode hasNoByteFf}. With `editing` the commands that take back a character or
   * give up a line become the controls DEL and NAK, which {@linkcode readTyped} obeys.
   */
  constructor(encoding: string, readonly editing = false) {
    this.#marks = marksOf(encoding);
  }

  /** Whether {@linkcode push} would remove nothing from bytes, whatever followed them. */
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

  /** The bytes that might have become a mark or a command, if no more arrive for now. */
  end(): Uint8Array {
    const text: number[] = [];
    this.#giveUpMark(text);
    if (this.#state === "iac" && !this.#maybeMark) text.push(IAC);
    if (this.#sub.length > 0) text.push(...this.#sub.splice(0));
    if (this.#state !== "option") this.#state = "text";
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
        return this.#takeOption(byte, text, answer);
      case "sub":
      case "sub-iac":
        return this.#takeSub(byte, text);
    }
  }

  /**
   * A client that begins with DONT speaks no telnet: nothing was offered that it could refuse. `ff fe` is the byte order mark
   * of UTF-16 then. The option `/` (Kermit, RFC 2840) is more often the beginning of a command, which must not become text.
   */
  #takeOption(byte: number, text: number[], answer: number[]): void {
    if (byte !== SLASH && (this.#isTelnet || this.#verb !== DONT)) {
      this.#isTelnet = true;
      return this.#refuse(byte, answer);
    }
    for (const stray of [IAC, this.#verb, byte]) this.#takeText(stray, text);
  }

  #takeSub(byte: number, text: number[]): void {
    const isEnd = this.#state === "sub-iac" && byte === SE;
    this.#state = isEnd ? "text" : this.#state === "sub" && byte === IAC ? "sub-iac" : "sub";
    this.#sub.push(byte);
    if (isEnd) this.#isTelnet = true;
    else if (this.#sub.length < SUB_MAX + 2) return;
    else {
      this.#state = "text";
      for (const stray of this.#sub) this.#takeText(stray, text);
    }
    this.#sub = [];
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
      this.#isTelnet = true;
      this.#maybeMark = byte !== DM;
      const control = this.editing ? EDITING.get(byte) : undefined;
      if (control !== undefined) text.push(control);
    } else {
      this.#state = byte === SB ? "sub" : "option";
      if (byte === SB) this.#sub = [IAC, SB];
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

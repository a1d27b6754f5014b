/**
 * A recording in a file: pcapng, written while the conversations go on.
 *
 * @module
 */

import { SockeyeError, stateOf } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { demand } from "../permissions.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { callAfter } from "../wait.ts";
import { BatchFile } from "./batch_file.ts";
import { BATCH_BYTES, BlockBuffer } from "./block_buffer.ts";
import { DatagramRecorder, flowsOf, now, type PacketSink, StreamRecorder } from "./conversation_recorder.ts";
import { writeFileHead } from "./file_head.ts";
import { type Packet, writePacket } from "./packet.ts";
import type { Conversation, ConversationRecorder, Recorder } from "./recorder.ts";

/** How to record. */
export interface RecorderOptions {
  /** Bytes of a file after which the next one begins, `talk.1.pcapng` after `talk.pcapng`. Default: one file. */
  readonly max?: number | undefined;
  /** The program and its version, for the reader of the file. Default `sockeye`. */
  readonly application?: string;
  /** Called with the failure that ended the recording, such as a full disk; later traffic is not recorded. */
  readonly onFail?: (error: SockeyeError) => void;
  /** Initial sequence number of a stream's client; the server's is half the numbers away. Default: the next one of a row. */
  readonly firstNumber?: number;
}

/** A new file, or an old one that is replaced, for its owner alone. */
const HOW: Deno.OpenOptions = { write: true, create: true, truncate: true, mode: 0o600 };

/** Milliseconds that bytes wait at most before they are written. */
const FLUSH_MS = 1_000;

/** From one initial sequence number to the next: two conversations with the same ports stay apart for their readers. */
const NUMBER_STEP = 0x01000193;

/**
 * Creates the file, or replaces it, and writes its head. Only its owner may read it, because it contains TLS traffic as
 * plaintext.
 *
 * @throws {SockeyeError} `permission` or `file`
 */
export async function openRecorder(path: string, options: RecorderOptions = {}): Promise<Recorder> {
  const recorder = new FileRecorder(path, options);
  await recorder.start();
  return recorder;
}

/** The file number `count` of a recording with {@linkcode RecorderOptions.max}, from 1: `talk.1.pcapng`. */
export function nextPath(path: string, count: number): string {
  return path.replace(/(\.pcapng)?$/, `.${count}$&`);
}

class FileRecorder implements Recorder, PacketSink {
  readonly #path: string;
  readonly #options: RecorderOptions;
  /** Batches go there; another one with every new file. */
  #file: BatchFile | undefined;
  readonly #buffer: BlockBuffer;
  /** Files so far, after the first one. */
  #files = 0;
  /** Conversations so far. */
  #conversations = 0;
  /** The next initial sequence number. */
  #number: number;
  /** Time of the last packet: stamps never go back. */
  #last = 0;
  /** Stops the timer of the next flush; set while bytes wait. */
  #stopTimer: (() => void) | undefined;
  /** No more is recorded. */
  #ended = false;
  #failed = false;
  /** Files that are being written to their ends. */
  #closing: Promise<void>[] = [];

  constructor(path: string, options: RecorderOptions) {
    this.#path = path;
    this.#options = options;
    this.#number = options.firstNumber ?? 1;
    this.#buffer = new BlockBuffer(new Uint8Array(BATCH_BYTES), () => this.#push());
  }

  async start(): Promise<void> {
    const doing = say("record-to")`record to ${quote(this.#path)}`;
    demand("write", this.#path, doing);
    if (this.#options.max !== undefined) demand("write", nextPath(this.#path, 1), doing);
    this.#begin(await withFileErrors(doing, () => Deno.open(this.#path, HOW)));
    this.#flush();
    await this.#file?.written();
  }

  open(conversation: Conversation): ConversationRecorder {
    const flows = flowsOf(conversation, this.#conversations++);
    const { connectionless = false, comment } = conversation;
    if (connectionless) return new DatagramRecorder(this, flows, comment);
    const numbers = { up: this.#number, down: (this.#number ^ 0x80000000) >>> 0 };
    this.#number = (this.#number + NUMBER_STEP) >>> 0;
    return new StreamRecorder(this, flows, { numbers, comment, time: now() });
  }

  get left(): number {
    return this.#buffer.left;
  }

  endPage(): void {
    this.#buffer.endPage();
  }

  get behind(): Promise<void> | undefined {
    return this.#ended ? undefined : this.#file?.behind;
  }

  write(packet: Packet): void {
    if (this.#ended) return;
    this.#last = Math.max(this.#last, packet.time);
    writePacket(this.#buffer, { ...packet, time: this.#last });
    this.#stopTimer ??= callAfter(FLUSH_MS, () => this.#flush());
    if (this.#buffer.size >= (this.#options.max ?? Infinity)) this.#rotate();
  }

  async close(): Promise<void> {
    if (!this.#ended) this.#flush();
    this.#ended = true;
    this.#stopTimer?.();
    this.#closeFile();
    await Promise.all(this.#closing);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Writes the head of a new file. */
  #begin(file: Deno.FsFile): void {
    this.#file = new BatchFile(file, (cause) => this.#fail(cause));
    this.#buffer.restart();
    writeFileHead(this.#buffer, this.#options.application ?? "sockeye");
  }

  /** Hands on the waiting bytes; returns the buffer that is filled next. */
  #push(): Uint8Array {
    return this.#file?.push(this.#buffer.pending) ?? this.#buffer.bytes;
  }

  #flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#buffer.pending.length > 0) this.#buffer.swap(this.#push());
  }

  /** Goes on in the next file. It is opened at once: meanwhile nothing else can pass. */
  #rotate(): void {
    this.#flush();
    this.#closeFile();
    try {
      this.#begin(Deno.openSync(nextPath(this.#path, ++this.#files), HOW));
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file) this.#closing = [...this.#closing, file.close()];
  }

  /** Also while it closes: what still waits may be too much for the disk. */
  #fail(cause: unknown): void {
    if (this.#failed) return;
    this.#failed = this.#ended = true;
    this.#stopTimer?.();
    const message = `The recording ${quote(this.#path)} ended: ${stateOf(cause)}`;
    this.#options.onFail?.(new SockeyeError("file", message, { cause }));
  }
}

/**
 * The downloads of one `sockeye fetch`, one after the other: their events, their exit code, and where heads and bodies
 * go that are not saved as files of their own.
 *
 * @module
 */

import { concat, writeAll } from "../bytes.ts";
import { messageOf, phraseOf, SockeyeError, tlsDetail } from "../errors.ts";
import type { DoneEvent } from "../events.ts";
import type { CookieStore } from "../fetch/cookies.ts";
import {
  type CookieHolder,
  download,
  type DownloadOptions,
  type DownloadResult,
  type Watch,
} from "../fetch/download.ts";
import type { Target } from "../fetch/target_contract.ts";
import { openEmptied, withFileErrors } from "../files.ts";
import { type HttpRequest, shownUrl } from "../http/request.ts";
import type { Output } from "../output/output.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { limitTime, unlessAborted, unlessHung } from "../wait.ts";
import type { Run } from "./command.ts";

/** What the command line asks of every download. */
export interface FetchPlan {
  /** The request, without its address. */
  readonly request: Omit<HttpRequest, "url">;
  /** How to download; the session adds the rest. */
  readonly options: Omit<DownloadOptions, "stream" | "taken" | "cookies" | "signal" | "watch">;
  /** Bodies go to stdout instead of files. */
  readonly toStdout: boolean;
  /** Encoding of bodies that go to a terminal, a canonical name; undefined where they do not. */
  readonly encoding: string | undefined;
  /** The file for the heads of all answers. */
  readonly headerFile: string | undefined;
  /** Milliseconds for one address, all attempts together; default: no limit. */
  readonly maxTime?: number | undefined;
  /** The cookies that were kept before. */
  readonly cookies?: CookieStore | undefined;
}

/** Milliseconds between two progress events: smooth for the eye, cheap for a program. */
const PROGRESS_MS = 100;

/** Downloads the addresses of one command line. */
export class FetchSession {
  readonly #plan: FetchPlan;
  readonly #run: Pick<Run, "system" | "sink">;
  readonly #output: Output;
  /** Names of files that earlier addresses were saved under. */
  readonly #taken = new Set<string>();
  /** Heads of all answers so far, for the header file. */
  readonly #heads: Uint8Array[] = [];
  /** Aborted when the reader of stdout has left, so that the rest of the bodies has no use. */
  readonly #readerLeft = new AbortController();
  readonly #signal: AbortSignal;
  readonly #cookies: CookieHolder;

  /** Makes a session; nothing is requested yet. */
  constructor(plan: FetchPlan, run: Pick<Run, "system" | "sink">, output: Output) {
    this.#plan = plan;
    this.#run = run;
    this.#output = output;
    this.#cookies = { store: plan.cookies };
    this.#signal = run.system.signal;
    if (!plan.toStdout) return;
    this.#signal = AbortSignal.any([run.system.signal, this.#readerLeft.signal]);
    const { onClose } = run.sink;
    run.sink.onClose = (stream, error) => {
      if (stream === "stdout") this.#readerLeft.abort();
      onClose(stream, error);
    };
  }

  /**
   * Downloads one address after the other. Failures are reported as events.
   *
   * @returns the exit code of the first failure, else 0
   */
  async fetchAll(urls: readonly URL[]): Promise<number> {
    let code = 0;
    for (const [index, url] of urls.entries()) {
      const own = await this.#fetchOne(index + 1, url);
      code ||= own;
      if (this.#signal.aborted) break;
    }
    try {
      await this.#cookies.store?.save();
    } catch (error) {
      const { exitCode } = this.#reportFailure(error);
      code ||= exitCode;
    }
    return code;
  }

  /** Reports a failure that is about no address. */
  #reportFailure(error: unknown): SockeyeError {
    const failure = error instanceof SockeyeError
      ? error
      : new SockeyeError("file", messageOf(error), { cause: error });
    void this.#output.report({ event: "error", kind: failure.kind, message: failure.phrase });
    return failure;
  }

  async #fetchOne(id: number, url: URL): Promise<number> {
    const started = performance.now();
    const reportDone = (fields: Partial<DoneEvent> & Pick<DoneEvent, "code">) => {
      const ms = Math.round(performance.now() - started);
      void this.#output.report({ event: "done", peers: 1, received: 0, sent: 0, ms, ...fields });
    };
    // Set when they have been saved, or could not be.
    let hasHeads = false;
    const { maxTime } = this.#plan;
    const limit = maxTime === undefined ? undefined : limitTime(maxTime, this.#signal, tooLate(url, maxTime));
    const signal = limit?.signal ?? this.#signal;
    try {
      const downloading = download({ ...this.#plan.request, url }, {
        ...this.#plan.options,
        stream: this.#plan.toStdout ? await this.#stdoutTarget() : undefined,
        taken: this.#taken,
        cookies: this.#cookies,
        signal,
        watch: this.#watch(id, url),
      });
      const result = await unlessHung(downloading, signal);
      if (result.file !== undefined) this.#taken.add(result.file);
      hasHeads = true;
      await this.#saveHeads();
      reportDone({ ...rounded(result), code: 0 });
      return 0;
    } catch (thrown) {
      if (!hasHeads) {
        await this.#saveHeads().catch((error) => {
          if (error === this.#signal.reason) return;
          void this.#output.report({ event: "error", kind: "file", message: phraseOf(error) });
        });
      }
      if (this.#readerLeft.signal.aborted) return 0;
      const error = thrown instanceof SockeyeError
        ? thrown
        : new SockeyeError("session", messageOf(thrown), { cause: thrown });
      const { kind, message, phrase, exitCode: code } = error;
      const detail = tlsDetail(error);
      if (detail !== undefined) void this.#output.report({ event: "notice", message: detail, detail: true });
      if (kind !== "interrupt" && kind !== "terminate") {
        // There may be several addresses.
        const isNamed = message.includes(shownUrl(url));
        const told = isNamed ? phrase : say("about")`${phrase} (${shownUrl(url)})`;
        void this.#output.report({ event: "error", kind, message: told });
      }
      reportDone({ url: shownUrl(url), code });
      return code;
    } finally {
      limit?.cancel();
    }
  }

  async #stdoutTarget(): Promise<Target> {
    const { sink, system } = this.#run;
    const write = (data: Uint8Array | string) => {
      const written = sink.write("stdout", data);
      // A reader that has stalled must not keep a signal from ending the download.
      return written && unlessAborted(written, system.signal);
    };
    const { StreamTarget } = await import("../fetch/stream_target.ts");
    const { encoding } = this.#plan;
    if (encoding === undefined) return new StreamTarget(write);
    // A terminal shows control characters of a body instead of obeying them.
    const { DirectionDecoder } = await import("../output/decoder.ts");
    const decoder = new DirectionDecoder(encoding, true);
    let endsLine = true;
    const noted = (text: string) => {
      if (text !== "") endsLine = text.endsWith("\n");
      return text;
    };
    // What is said of the body begins on a line of its own.
    const end = () => void sink.write("stdout", noted(decoder.rest()) + (endsLine ? "" : "\n"));
    return new StreamTarget((bytes) => write(noted(decoder.decode(bytes).text)), end);
  }

  #watch(id: number, url: URL): Watch {
    const { report, reportTraffic } = this.#output;
    const started = performance.now();
    let last = started;
    return {
      request: (data, peer) => void reportTraffic?.({ event: "send", id, peer, data }),
      answer: (data, peer) => {
        if (this.#plan.headerFile !== undefined) this.#heads.push(data);
        void reportTraffic?.({ event: "recv", id, peer, data });
      },
      progress: (bytes, total) => {
        const now = performance.now();
        if (now - last < PROGRESS_MS) return;
        last = now;
        const rate = Math.round(bytes / (now - started) * 1000);
        void report({ event: "progress", url: shownUrl(url), bytes, total, rate });
      },
      notice: (message, detail = false) => void report({ event: "notice", message, detail }),
    };
  }

  async #saveHeads(): Promise<void> {
    const { headerFile } = this.#plan;
    if (headerFile === undefined || this.#heads.length === 0) return;
    const write = async () => {
      using file = await openEmptied(headerFile);
      await writeAll(file, concat(this.#heads));
    };
    await unlessHung(withFileErrors(say("write")`write ${quote(headerFile)}`, write), this.#signal);
  }
}

function tooLate(url: URL, ms: number): SockeyeError {
  return new SockeyeError("timeout", say("not-done-in")`${shownUrl(url)} was not done in ${ms / 1000} s (--max-time)`);
}

function rounded({ timings, ...result }: DownloadResult): DownloadResult {
  const tenths = Object.entries(timings).map(([step, ms]) => [step, Math.round(ms * 10) / 10]);
  return { ...result, timings: Object.fromEntries(tenths) as DownloadResult["timings"] };
}

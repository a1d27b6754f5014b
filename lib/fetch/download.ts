/**
 * The download loop: hops along redirects, tries again where it makes sense, and hands over a file only when it is complete.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Field } from "../http/head.ts";
import { type HttpRequest, proxyFields, redirect, shownUrl } from "../http/request.ts";
import type { HeadEvent, ResponseEvent } from "../http/response.ts";
import { wait } from "../wait.ts";
import { hop } from "./hop.ts";
import { BACKOFF_MS, RETRY_AFTER_MAX_MS, RETRY_STATUSES } from "./limits.ts";
import { openRoute, type RouteOptions, type Timings } from "./route.ts";
import { Saving, type SavingOptions, StartOver } from "./saving.ts";

/** What is wanted. */
export interface DownloadOptions extends RouteOptions, SavingOptions {
  /** Fields that every request has, unless the user gives his own. */
  readonly defaults: readonly Field[];
  /** Redirects that are followed; 0 to take a redirect as the answer. */
  readonly maxRedirects: number;
  /** Further attempts. */
  readonly retries: number;
  /** Hears what happens. */
  readonly watch: Watch;
}

/** What a download tells while it runs. */
export interface Watch {
  /** A request's head, as sent to this server. */
  request(head: Uint8Array, peer: string): void;
  /** An answer's head, as it came. */
  answer(head: Uint8Array, peer: string): void;
  /** So much of the body is there; `total` where it is known. */
  progress(bytes: number, total: number | undefined): void;
  /** Something worth knowing; a detail is for those who want to know more. */
  notice(message: string, detail?: boolean): void;
}

/** What came of it. */
export interface DownloadResult {
  /** Where the body came from in the end. */
  readonly url: string;
  /** The last status. */
  readonly status: number;
  /** The file; undefined when the answer had no body or it went to a stream. */
  readonly path: string | undefined;
  /** Bytes that are saved, by this run and an earlier one. */
  readonly bytes: number;
  /** Bytes of bodies that came over the wire. */
  readonly received: number;
  /** SHA-256 in hex, where it was asked for. */
  readonly sha256: string | undefined;
  /** Milliseconds of each step of the last hop, and of everything. */
  readonly timings: Timings & { readonly firstByte: number; readonly total: number };
}

/**
 * Fetches an address.
 *
 * @param request what is asked first
 * @param options what is wanted
 * @returns what came of it
 * @throws {SockeyeError} of the kind that became of it; an existing file is untouched then
 */
export async function download(request: HttpRequest, options: DownloadOptions): Promise<DownloadResult> {
  return await new Download(request, options).run();
}

class Download {
  readonly #first: HttpRequest;
  readonly #options: DownloadOptions;
  readonly #saving: Saving;
  readonly #since = performance.now();
  #url: URL;
  #status = 0;
  #hasBody = false;
  #received = 0;
  #timings: Timings = { dns: 0, connect: 0, tls: 0 };
  #firstByte = 0;
  /** What a Retry-After field asked for, in milliseconds (RFC 9110 section 10.2.3). */
  #retryAfter = 0;
  #refusal: SockeyeError | undefined;

  constructor(request: HttpRequest, options: DownloadOptions) {
    this.#first = request;
    this.#options = options;
    this.#saving = new Saving(request.url, options);
    this.#url = request.url;
  }

  async run(): Promise<DownloadResult> {
    try {
      await this.#saving.prepare();
      await this.#tryUntilDone();
      await this.#saving.commit();
    } catch (error) {
      const kept = await this.#saving.abandon();
      const { path, size } = this.#saving;
      if (kept) this.#options.watch.notice(`${size} bytes are kept in ${path}.part: --resume goes on with them`);
      throw error;
    }
    if (this.#refusal) throw this.#refusal;
    return this.#result();
  }

  async #tryUntilDone(): Promise<void> {
    let left = this.#options.retries;
    let pause = BACKOFF_MS.first;
    while (true) {
      try {
        return await this.#followRedirects();
      } catch (error) {
        // Once: after it the whole body is asked for, and then there is nothing that could not be continued.
        if (error instanceof StartOver) continue;
        if (!(error instanceof SockeyeError) || !this.#mayRepeat(error) || left-- <= 0) throw error;
        const ms = Math.max(pause, this.#retryAfter);
        this.#options.watch.notice(`${error.message}; trying again in ${ms / 1000} s`);
        await wait(ms, this.#options.signal);
        pause = Math.min(pause * 2, BACKOFF_MS.longest);
        this.#saving.retry();
      }
    }
  }

  /** What a server may have acted on already is not sent twice (RFC 9110 section 9.2.2). */
  #mayRepeat({ passing, kind }: SockeyeError): boolean {
    const idempotent = this.#first.method !== "POST" && this.#first.method !== "PATCH";
    return passing && (idempotent || kind === "connect" || kind === "resolve" || kind === "status");
  }

  async #followRedirects(): Promise<void> {
    const { maxRedirects } = this.#options;
    const seen = new Set<string>();
    for (let request: HttpRequest | undefined = this.#first; request; request = await this.#hop(request)) {
      const key = `${request.method} ${request.url.href}`;
      if (seen.has(key)) throw new SockeyeError("protocol", `The redirects lead back to ${shownUrl(request.url)}`);
      if (seen.size > maxRedirects && maxRedirects > 0) {
        throw new SockeyeError("protocol", `More than ${maxRedirects} redirects (--max-redirects)`);
      }
      seen.add(key);
    }
  }

  /** One request; the next one when the answer is a redirect. */
  async #hop(request: HttpRequest): Promise<HttpRequest | undefined> {
    const { timeout, rate, signal, defaults, watch } = this.#options;
    const started = performance.now();
    const { channel, proxy, timings } = await openRoute(request.url, this.#options);
    this.#url = request.url;
    this.#timings = timings;
    this.#firstByte = 0;
    let next: HttpRequest | undefined;
    await hop(channel, request, {
      form: { defaults: [...defaults, ...this.#saving.fields(), ...proxyFields(proxy)], absolute: proxy !== undefined },
      timeout,
      // What a slow rate lets through is read in small pieces, or the rate would come in jumps.
      readBytes: rate && Math.max(1024, Math.ceil(rate / 10)),
      signal,
      onRequest: (head) => watch.request(head, channel.peer),
    }, async (event) => {
      if (event.type === "body" || event.type === "end") return await this.#take(event);
      this.#firstByte ||= performance.now() - started;
      watch.answer(event.raw, channel.peer);
      if (event.type === "interim") return true;
      next = this.#nextHop(request, event);
      return next === undefined && await this.#begin(event, request);
    });
    return next;
  }

  #nextHop(request: HttpRequest, { status, fields }: HeadEvent): HttpRequest | undefined {
    return this.#options.maxRedirects > 0 ? redirect(request, status, fields.get("location")) : undefined;
  }

  async #begin(head: HeadEvent, request: HttpRequest): Promise<boolean> {
    this.#status = head.status;
    this.#hasBody = head.framing.by !== "nothing";
    if (head.status >= 400 && !(head.status === 416 && this.#saving.resuming)) return await this.#refuse(head);
    const more = await this.#saving.begin(head, request);
    if (!more) this.#options.watch.notice("Already complete");
    return more;
  }

  /** A status that means failure: a stream gets the answer's body all the same, a file does not. */
  async #refuse(head: HeadEvent): Promise<boolean> {
    const { status, reason, fields } = head;
    const seconds = Number(fields.get("retry-after") ?? 0);
    this.#retryAfter = seconds >= 0 ? Math.min(seconds * 1000, RETRY_AFTER_MAX_MS) : 0;
    const passing = RETRY_STATUSES.has(status);
    const failure = new SockeyeError("status", `The server says ${status} ${reason}`.trimEnd(), { passing });
    const { stream, retries } = this.#options;
    if (!stream || stream.size > 0 || (passing && retries > 0)) throw failure;
    this.#refusal = failure;
    await this.#saving.beginRefusal(stream, head);
    return true;
  }

  async #take(event: Extract<ResponseEvent, { type: "body" | "end" }>): Promise<boolean> {
    const saving = this.#saving;
    if (event.type === "body") {
      this.#received += event.bytes.length;
      await saving.write(event.bytes);
      this.#options.watch.progress(saving.progress.position, saving.progress.total);
    } else {
      await saving.end();
      if (saving.body?.damaged) {
        this.#options.watch.notice(
          "Some bytes do not fit the page's charset and became U+FFFD; -e NAME names another one",
        );
      }
      if (event.rest.length > 0) this.#options.watch.notice("Bytes after the end of the answer were ignored", true);
    }
    return true;
  }

  #result(): DownloadResult {
    return {
      url: shownUrl(this.#url),
      status: this.#status,
      path: this.#hasBody && !this.#options.stream ? this.#saving.path : undefined,
      bytes: this.#saving.size,
      received: this.#received,
      sha256: this.#saving.body?.digest(),
      timings: { ...this.#timings, firstByte: this.#firstByte, total: performance.now() - this.#since },
    };
  }
}

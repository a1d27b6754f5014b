/**
 * The download loop: follows redirects, retries failures that may pass, and makes a file NAME only when it is complete.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Fetched } from "../events.ts";
import { type Field, isRedirect } from "../http/head.ts";
import { type HttpRequest, proxyFields, redirect, shownUrl } from "../http/request.ts";
import type { HeadEvent, ResponseEvent } from "../http/response.ts";
import { type Phrased, say } from "../phrase.ts";
import { wait } from "../wait.ts";
import type { CookieStore } from "./cookies.ts";
import { hop } from "./hop.ts";
import { BACKOFF_MS, RETRY_STATUSES } from "./limits.ts";
import { COMPLETE, DAMAGED, IN_PARTS, NO_TIME, NOT_MODIFIED, refusal, retryIn } from "./remarks.ts";
import { openRoute, type RouteOptions, type Timings } from "./route.ts";
import { checkTarget } from "./target.ts";
import { Saving, type SavingOptions } from "./saving.ts";
import { NextPart, StartOver } from "./saving_state.ts";
import { NotShowable } from "./target_contract.ts";

/** How to download. */
export interface DownloadOptions extends RouteOptions, SavingOptions {
  /** Header fields of every request; those of the first request replace them by name. */
  readonly defaults: readonly Field[];
  /** Redirects that are followed; with 0 a redirect is the answer. */
  readonly maxRedirects: number;
  /** Attempts after the first one. */
  readonly retries: number;
  /** The SHA-256 in hex that the body must have to become NAME. Default: any. */
  readonly sha256?: string | undefined;
  /** Gives the file the time of the answer's Last-Modified. Default false. */
  readonly remoteTime?: boolean | undefined;
  /** Takes a body as complete that ends with its TLS connection, though TLS did not say that this is its end. */
  readonly allowTruncated: boolean;
  /** The cookies of this call. Default: none are kept from one request to the next. */
  readonly cookies?: CookieHolder | undefined;
  /** Receives the events. */
  readonly watch: Watch;
}

/** What the downloads of one call share; there is no store before the first cookie. */
export interface CookieHolder {
  /** The cookies. */
  store?: CookieStore | undefined;
}

/** Events of a running download. */
export interface Watch {
  /** The head of a request, as sent to `peer`. */
  request(head: Uint8Array, peer: string): void;
  /** The head of an answer, as `peer` sent it. */
  answer(head: Uint8Array, peer: string): void;
  /** Received bytes of the body, and of the whole body if that is known; both as sent. */
  progress(bytes: number, total: number | undefined): void;
  /** A message for the user; a `detail` is shown only with `--verbose`. */
  notice(message: Phrased, detail?: boolean): void;
}

/** A download that succeeded. Its `file` is undefined if the answer had no body, or the body went to a stream. */
export interface DownloadResult extends Fetched {
  /** Bytes of bodies that this run received, over all attempts. */
  readonly received: number;
}

/**
 * Downloads a body.
 *
 * @throws {SockeyeError} of any kind but `expect`; an existing file is unchanged then
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
  /** The last answer that was not a redirect. */
  #answer: HeadEvent | undefined;
  #received = 0;
  /** Steps of the last hop. */
  #timings: Timings = { dns: 0, connect: 0, tls: 0 };
  /** Milliseconds from the start of the last hop to the first byte of its answer. */
  #firstByte = 0;
  /** Pause that the last Retry-After field asked for, in milliseconds (RFC 9110 section 10.2.3). */
  #retryAfter = 0;
  /** Notices about the body that the user has seen. */
  readonly #told = new Set<string>();
  #toldParts = false;
  /** The failure status whose body goes to a stream; thrown once the body is there. */
  #refusal: SockeyeError | undefined;

  constructor(request: HttpRequest, options: DownloadOptions) {
    this.#first = request;
    this.#options = options;
    this.#saving = new Saving(request, options);
    this.#url = request.url;
  }

  async run(): Promise<DownloadResult> {
    try {
      await this.#saving.prepare();
      if (!this.#options.stream && this.#first.method !== "HEAD") await this.#checkTarget();
      await this.#tryUntilDone();
      await this.#commit();
    } catch (error) {
      const kept = await this.#saving.abandon();
      if (kept) this.#options.watch.notice(kept);
      // Of a page that only explains the status nothing more need be said.
      throw error instanceof NotShowable ? this.#refusal ?? error : error;
    }
    if (this.#refusal) throw this.#refusal;
    return {
      url: shownUrl(this.#url),
      status: this.#answer?.status ?? 0,
      file: this.#answer?.framing.by === "nothing" || this.#options.stream ? undefined : this.#saving.path,
      bytes: this.#saving.size,
      received: this.#received,
      sha256: this.#saving.digest(),
      timings: { ...this.#timings, firstByte: this.#firstByte, total: performance.now() - this.#since },
    };
  }

  async #commit(): Promise<void> {
    const { sha256, remoteTime } = this.#options;
    if (sha256 !== undefined && !this.#refusal) {
      await (await import("./verify.ts")).checkDigest(this.#saving, sha256);
    }
    await this.#saving.commit(remoteTime ? await this.#modified() : undefined);
  }

  async #modified(): Promise<number | undefined> {
    const { readDate } = await import("../http/date.ts");
    const modified = readDate(this.#answer?.fields.get("last-modified") ?? "");
    if (modified === undefined) this.#options.watch.notice(NO_TIME);
    return modified;
  }

  /** NAME is checked before the first request; the server may choose another one, but not where -o names it. */
  async #checkTarget(): Promise<void> {
    const { path, noClobber, resume } = this.#options;
    const keeps = noClobber && !resume && path !== undefined;
    await checkTarget(this.#saving.path, keeps ? say("no-clobber")`--no-clobber keeps it` : undefined);
  }

  async #tryUntilDone(): Promise<void> {
    let left = this.#options.retries;
    let pause = BACKOFF_MS.first;
    while (true) {
      try {
        return await this.#followRedirects();
      } catch (error) {
        // This does not repeat for ever: the next request asks for the whole body, and only one for the rest leads here.
        if (error instanceof StartOver) continue;
        if (error instanceof NextPart) {
          this.#tellParts();
          continue;
        }
        if (!(error instanceof SockeyeError) || !this.#mayRepeat(error)) throw error;
        if (this.#saving.advances()) [left, pause] = [this.#options.retries, BACKOFF_MS.first];
        if (left-- <= 0) throw error;
        const ms = Math.max(pause, this.#retryAfter);
        this.#options.watch.notice(retryIn(error.phrase, ms, this.#saving.retry(error)));
        await wait(ms, this.#options.signal);
        pause = Math.min(pause * 2, BACKOFF_MS.longest);
      }
    }
  }

  #tellParts(): void {
    if (!this.#toldParts) this.#options.watch.notice(IN_PARTS);
    this.#toldParts = true;
  }

  /** A request that is not idempotent is not repeated once the server may have acted on it (RFC 9110 section 9.2.2). */
  #mayRepeat({ transient, kind }: SockeyeError): boolean {
    const idempotent = this.#first.method !== "POST" && this.#first.method !== "PATCH";
    return transient && (idempotent || kind === "connect" || kind === "resolve" || kind === "status");
  }

  async #followRedirects(): Promise<void> {
    const { maxRedirects } = this.#options;
    const seen = new Set<string>();
    let request: HttpRequest | undefined = this.#first;
    while (request) {
      const fields: readonly Field[] = this.#options.cookies?.store?.addTo(request.fields, request.url) ??
        request.fields;
      // The same request gets the same answer; with another cookie it may get another one.
      const cookie = fields.find(([name]) => name.toLowerCase() === "cookie")?.[1] ?? "";
      const key = `${request.method} ${request.url.href} ${cookie}`;
      if (seen.has(key)) {
        throw new SockeyeError("protocol", say("redirect-loop")`The redirects lead back to ${shownUrl(request.url)}`);
      }
      if (seen.size > maxRedirects && maxRedirects > 0) {
        throw new SockeyeError(
          "protocol",
          say("many-redirects")`More than ${maxRedirects} redirects (--max-redirects)`,
        );
      }
      seen.add(key);
      request = await this.#hop(request, fields);
    }
  }

  async #keepCookies({ fields }: HeadEvent, url: URL): Promise<void> {
    const { cookies, watch } = this.#options;
    if (!cookies || fields.get("set-cookie") === undefined) return;
    const { CookieStore } = await import("./cookies.ts");
    cookies.store ??= new CookieStore();
    cookies.store.take(fields, url, (remark) => watch.notice(remark, true));
  }

  /** Sends one request, with these fields in place of its own; returns the next one if the answer is a redirect. */
  async #hop(request: HttpRequest, fields: readonly Field[]): Promise<HttpRequest | undefined> {
    const { timeout, rate, signal, defaults, watch, maxRedirects, allowTruncated } = this.#options;
    const started = performance.now();
    const { channel, proxy, timings } = await openRoute(request.url, this.#options);
    this.#url = request.url;
    this.#timings = timings;
    this.#firstByte = 0;
    let next: HttpRequest | undefined;
    await hop(channel, { ...request, fields }, {
      form: { defaults: [...defaults, ...this.#saving.fields(), ...proxyFields(proxy)], absolute: proxy !== undefined },
      timeout,
      // A tenth of a second's worth per read, so that a low rate is even.
      readBytes: rate && Math.max(1024, Math.ceil(rate / 10)),
      allowTruncated,
      signal,
      onRequest: (head) => watch.request(head, channel.peer),
    }, async (event) => {
      if (event.type === "body" || event.type === "end") return await this.#take(event);
      this.#firstByte ||= performance.now() - started;
      watch.answer(event.raw, channel.peer);
      for (const remark of event.remarks) watch.notice(remark, true);
      if (event.type === "interim") return true;
      await this.#keepCookies(event, request.url);
      next = maxRedirects > 0 ? redirect(request, event.status, event.fields.get("location")) : undefined;
      return next === undefined && await this.#begin(event, request);
    });
    return next;
  }

  async #begin(head: HeadEvent, request: HttpRequest): Promise<boolean> {
    this.#answer = head;
    const { status } = head;
    // 304 has no body, so it replaces nothing.
    const isAnswer = status < 300 || status === 304 || (this.#options.maxRedirects === 0 && isRedirect(status));
    const isRest = status === 416 && this.#saving.resuming;
    if (!isAnswer && !isRest) return await this.#refuse(head);
    const more = await this.#saving.begin(head, request);
    this.#tellNotices();
    if (!more) this.#options.watch.notice(COMPLETE);
    if (status === 304) this.#options.watch.notice(NOT_MODIFIED);
    return more;
  }

  /** Reports oddities of the body's codings once; only its first or last bytes may show them. */
  #tellNotices(): void {
    for (const notice of this.#saving.body?.takeNotices() ?? []) {
      if (!this.#told.has(notice)) this.#options.watch.notice(notice);
      this.#told.add(notice);
    }
  }

  /** Takes a status of failure. Its body goes to an empty stream, if no retry follows, but never to a file. */
  async #refuse(head: HeadEvent): Promise<boolean> {
    const { status, reason, fields } = head;
    const transient = RETRY_STATUSES.has(status);
    const later = fields.get("retry-after");
    const pause = later === undefined || !transient ? undefined : await import("./retry_after.ts");
    this.#retryAfter = pause?.pauseOf(later ?? "", fields.get("date")) ?? 0;
    const failure = new SockeyeError("status", refusal(status, reason, !isRedirect(status)), { transient });
    const { stream, retries } = this.#options;
    if (!stream || stream.size > 0 || (transient && retries > 0)) throw failure;
    this.#refusal = failure;
    await this.#saving.beginRefusal(stream, head);
    return true;
  }

  async #take(event: Extract<ResponseEvent, { type: "body" | "end" }>): Promise<boolean> {
    const saving = this.#saving;
    if (event.type === "body") {
      this.#received += event.bytes.length;
      await saving.write(event.bytes);
      this.#tellNotices();
      this.#options.watch.progress(saving.progress.position, saving.progress.total);
    } else {
      await saving.end();
      this.#tellNotices();
      if (saving.body?.damaged) this.#options.watch.notice(DAMAGED);
      if (event.rest.length > 0) this.#options.watch.notice("Bytes after the end of the answer were ignored", true);
    }
    return true;
  }
}

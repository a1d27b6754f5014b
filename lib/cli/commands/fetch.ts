/**
 * `sockeye fetch`: downloads over a plain socket; the header goes to the terminal, the body to a file.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { concat } from "../../bytes.ts";
import { messageOf, SockeyeError } from "../../errors.ts";
import { download, type DownloadOptions, type DownloadResult, type Watch } from "../../fetch/download.ts";
import { readChunks } from "../../bytes.ts";
import { readBytes, withFileErrors } from "../../files.ts";
import { IDLE_MS, MAX_REDIRECTS } from "../../fetch/limits.ts";
import { parseProxy, proxyFromEnvironment, type ProxySettings } from "../../fetch/proxy.ts";
import { StreamTarget } from "../../fetch/stream_target.ts";
import type { Target } from "../../fetch/target_contract.ts";
import { type HttpRequest, parseField, parseMethod, parseUrl, shownUrl } from "../../http/request.ts";
import { CONNECT_TIMEOUT_MS } from "../../transport/limits.ts";
import { asNumber, asRate, asSize, asText, asTimeLimit, flag, many, one, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { DirectionDecoder } from "../../output/decoder.ts";
import { ProgressLine } from "../../output/progress.ts";
import { demand, isGuarded, keepOnly } from "../../permissions.ts";
import { quote } from "../../printable.ts";
import { unlessAborted } from "../../wait.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import type { System } from "../system.ts";

const FETCH_OPTIONS = {
  "output": one("FILE", "save the body there; - is standard output", asText, { short: "o" }),
  "header-output": one("FILE", "save the headers there instead of showing them", asText),
  "request": one("METHOD", "GET, POST, PUT…", parseMethod, {
    short: "X",
    choices: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  }),
  "header": many("FIELD", "send this header field, 'Name: value'", parseField, { short: "H" }),
  "data": many("DATA", "send this body (POST); @FILE sends a file, @- standard input", asText, { short: "d" }),
  "head": flag("ask for the header only"),
  "no-follow": flag("take a redirect as the answer"),
  "max-redirects": one("N", `redirects that are followed (${MAX_REDIRECTS})`, asNumber(1, 1000)),
  "resume": flag("go on with what an earlier run left"),
  "retry": one("N", "try N times more; goes on where it stopped", asNumber(0, 1_000_000)),
  "no-clobber": flag("never replace a file"),
  "max-size": one("S", "save no more than this: 64k, 10m, 1g", asSize),
  "limit-rate": one("S", "bytes a second: 64k, 10m", asRate),
  "raw": flag("save a compressed body as it is"),
  "to-utf8": flag("turn text of any charset into UTF-8"),
  "show-request": flag("show the requests as well"),
  "timeout": one("D", `give up when nothing comes for so long (${IDLE_MS / 1000}s)`, asTimeLimit),
  "ca": one("FILE", "trust the certificates in this PEM file", asText),
  "insecure": flag("take any certificate", { short: "k" }),
  "proxy": one("URL", "go through this proxy", parseProxy),
} as const;

type FetchValues = Values<typeof FETCH_OPTIONS> & CommonValues;

/** Milliseconds between two progress events: smooth for the eye, cheap for a program. */
const PROGRESS_MS = 100;

/** The table entry. */
export const fetch: CommandSpec = defineCommand({
  name: "fetch",
  summary: "download pages: the header to the terminal, the body to a file",
  operands: "URL…",
  about: `The body is saved under the name that the server gives, else the last part of the address,
else the site's own name: http://www.baidu.com/ becomes baidu.html. It is written to
NAME.part and renamed when it is complete, so that a failure leaves an existing file alone.`,
  options: FETCH_OPTIONS,
  examples: [
    { args: "fetch http://www.baidu.com/", does: "show the header, save baidu.html" },
    { args: "fetch http://localhost:8000/big.iso --resume --retry 5", does: "go on where it stopped" },
    { args: "fetch http://localhost:8000/ -o page.html --to-utf8", does: "a GBK page as UTF-8" },
    { args: "fetch http://localhost:8000/ -o - -q", does: "the body to standard output" },
    { args: "fetch http://localhost:8000/ --head --show-request", does: "only the headers, of both sides" },
  ],
  run: runFetch,
});

async function runFetch(values: FetchValues, run: Run): Promise<number> {
  const urls = run.operands.map(parseUrl);
  if (urls.length === 0) throw new SockeyeError("usage", "Missing address: fetch takes URL…");
  const { output: path } = values;
  if (path !== undefined && path !== "-" && urls.length > 1) {
    throw new SockeyeError("usage", `Option -o ${quote(path)} names one file, but there are ${urls.length} addresses`);
  }
  if (path === "-" && values.json) {
    throw new SockeyeError("usage", "Options -o - and --json both want standard output: give -o a file");
  }
  const headerFile = values["header-output"];
  if (headerFile !== undefined) demand("write", headerFile, `write ${quote(headerFile)}`);
  if (headerFile !== undefined && headerFile === path) {
    throw new SockeyeError("usage", `Options -o and --header-output both name ${quote(headerFile)}`);
  }
  const heads = values["header-output"] === undefined ? (path === "-" ? "stderr" : "stdout") : undefined;
  const output = openOutput("fetch", values, run, { heads, requests: values["show-request"] });
  if (run.system.stderr.isTerminal()) output.progressLine = new ProgressLine(run.sink, () => run.system.columns());
  const proxy = readProxies(values);
  const ca = values.ca === undefined
    ? undefined
    : await (await import("../../transport/tls/trust.ts")).readCertificates(values.ca);
  const body = await readBody(values.data ?? [], run.system);
  const streams = path === "-" && headerFile === undefined;
  if (![path ?? ".", headerFile ?? "."].some(isGuarded)) keepOnly(streams ? ["net"] : ["net", "read", "write"]);
  const session = new FetchSession(values, run, output, { proxy, ca, body });
  return await session.fetchAll(urls);
}

/** What was read before the permissions were given up. */
interface Materials {
  readonly proxy: ProxySettings;
  readonly ca: string | undefined;
  readonly body: Uint8Array | undefined;
}

class FetchSession {
  readonly #values: FetchValues;
  readonly #run: Run;
  readonly #output: Output;
  readonly #materials: Materials;
  readonly #taken = new Set<string>();
  readonly #heads: Uint8Array[] = [];
  /** Aborted when who reads standard output has left: nobody is there for the rest. */
  readonly #readerLeft = new AbortController();
  #signal: AbortSignal;

  constructor(values: FetchValues, run: Run, output: Output, materials: Materials) {
    this.#values = values;
    this.#run = run;
    this.#output = output;
    this.#materials = materials;
    this.#signal = run.system.signal;
    if (values.output === "-") this.#watchReader();
  }

  #watchReader(): void {
    const { sink, system } = this.#run;
    const { onClose } = sink;
    sink.onClose = (stream, error) => {
      if (stream === "stdout") this.#readerLeft.abort();
      onClose(stream, error);
    };
    this.#signal = AbortSignal.any([system.signal, this.#readerLeft.signal]);
  }

  /** Fetches one address after the other; the first failure decides the exit code. */
  async fetchAll(urls: readonly URL[]): Promise<number> {
    let code = 0;
    for (const [index, url] of urls.entries()) {
      const own = await this.#fetchOne(index + 1, url);
      code ||= own;
      if (this.#signal.aborted) break;
    }
    return code;
  }

  async #fetchOne(id: number, url: URL): Promise<number> {
    const started = performance.now();
    const counts = () => ({ peers: 1, received: 0, sent: 0, ms: Math.round(performance.now() - started) });
    try {
      const result = await download(this.#request(url), this.#options(id, url));
      if (result.path !== undefined) this.#taken.add(result.path);
      await this.#saveHeads();
      void this.#output.report({
        event: "done",
        ...counts(),
        ...toFetched(result),
        received: result.received,
        code: 0,
      });
      return 0;
    } catch (thrown) {
      await this.#saveHeads().catch((error) =>
        this.#output.report({ event: "error", kind: "file", message: messageOf(error) })
      );
      if (this.#readerLeft.signal.aborted) return 0;
      const error = thrown instanceof SockeyeError
        ? thrown
        : new SockeyeError("session", messageOf(thrown), { cause: thrown });
      if (error.kind !== "interrupt" && error.kind !== "terminate") {
        void this.#output.report({ event: "error", kind: error.kind, message: withAddress(error.message, url) });
      }
      void this.#output.report({ event: "done", ...counts(), url: shownUrl(url), code: error.exitCode });
      return error.exitCode;
    }
  }

  #request(url: URL): HttpRequest {
    const { head, request, header = [] } = this.#values;
    const { body } = this.#materials;
    const method = request ?? (head ? "HEAD" : body ? "POST" : "GET");
    return { method, url, fields: header, body };
  }

  #options(id: number, url: URL): DownloadOptions {
    const { values, materials } = { values: this.#values, materials: this.#materials };
    return {
      path: values.output === "-" ? undefined : values.output,
      stream: this.#stream(),
      taken: this.#taken,
      defaults: [["User-Agent", `${config.name}/${config.version}`], ["Accept", "*/*"], ["Connection", "close"]],
      maxRedirects: values["no-follow"] ? 0 : values["max-redirects"] ?? MAX_REDIRECTS,
      resume: values.resume ?? false,
      retries: values.retry ?? 0,
      noClobber: values["no-clobber"] ?? false,
      maxSize: values["max-size"] ?? Infinity,
      rate: values["limit-rate"],
      raw: values.raw ?? false,
      toUtf8: values["to-utf8"] ?? false,
      charset: values.encoding,
      digest: (values.verbose || values.json) ?? false,
      timeout: values.timeout ?? IDLE_MS,
      connectTimeout: Math.min(values.timeout ?? CONNECT_TIMEOUT_MS, CONNECT_TIMEOUT_MS),
      insecure: values.insecure,
      signal: this.#signal,
      proxy: materials.proxy,
      ca: materials.ca,
      watch: this.#watch(id, url),
    };
  }

  #stream(): Target | undefined {
    if (this.#values.output !== "-") return undefined;
    const { sink, system } = this.#run;
    // On a terminal a page is shown, not obeyed.
    const voice = system.stdout.isTerminal() ? new DirectionDecoder(encodingOf(this.#values)) : undefined;
    return new StreamTarget((bytes) => {
      const shown = sink.write("stdout", voice?.safeText(bytes).text ?? bytes);
      // Who reads it may have stalled; a signal is obeyed all the same.
      return shown && unlessAborted(shown, system.signal);
    });
  }

  #watch(id: number, url: URL): Watch {
    const { report, reportTraffic } = this.#output;
    const started = performance.now();
    let last = started;
    return {
      request: (data, peer) => void reportTraffic?.({ event: "send", id, peer, data }),
      answer: (data, peer) => {
        if (this.#values["header-output"] !== undefined) this.#heads.push(data);
        void reportTraffic?.({ event: "recv", id, peer, data });
      },
      progress: (bytes, total) => {
        const now = performance.now();
        if (now - last < PROGRESS_MS) return;
        last = now;
        void report({
          event: "progress",
          url: shownUrl(url),
          bytes,
          total,
          rate: Math.round(bytes / (now - started) * 1000),
        });
      },
      notice: (message, detail = false) => void report({ event: "notice", message, detail }),
    };
  }

  async #saveHeads(): Promise<void> {
    const path = this.#values["header-output"];
    if (path === undefined || this.#heads.length === 0) return;
    await withFileErrors(`write ${quote(path)}`, () => Deno.writeFile(path, concat(this.#heads)));
  }
}

/** With several addresses a failure must say which one it is about. */
function withAddress(message: string, url: URL): string {
  const shown = shownUrl(url);
  return message.includes(shown) ? message : `${message} (${shown})`;
}

function toFetched({ url, status, path, bytes, sha256, timings }: DownloadResult) {
  const rounded = Object.entries(timings).map(([step, ms]) => [step, Math.round(ms * 10) / 10]);
  return { url, status, file: path, bytes, sha256, timings: Object.fromEntries(rounded) as DownloadResult["timings"] };
}

function readProxies({ proxy }: FetchValues): ProxySettings {
  if (proxy) return { http: proxy, https: proxy };
  const granted = (variable: string) => Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  return proxyFromEnvironment((name) => granted(name) ? Deno.env.get(name) : undefined);
}

/** Several texts are joined as the fields of a form. */
async function readBody(data: readonly string[], system: System): Promise<Uint8Array | undefined> {
  if (data.length === 0) return undefined;
  const parts: Uint8Array[] = [];
  for (const text of data) {
    if (parts.length > 0) parts.push(encode("&"));
    parts.push(await readPart(text, system));
  }
  return concat(parts);
}

async function readPart(text: string, { stdin, signal }: System): Promise<Uint8Array> {
  if (text === "@-") return concat(await unlessAborted(Array.fromAsync(readChunks(stdin)), signal));
  return text.startsWith("@") ? await readBytes(text.slice(1)) : encode(text);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

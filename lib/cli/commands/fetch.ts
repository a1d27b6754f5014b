/**
 * `sockeye fetch`: downloads over a plain socket; the header goes to the terminal, the body to a file.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { concat, readChunks } from "../../bytes.ts";
import { SockeyeError } from "../../errors.ts";
import { IDLE_MS, MAX_REDIRECTS } from "../../fetch/limits.ts";
import { demandRoute, type RouteOptions } from "../../fetch/route.ts";
import { parseProxy, proxyFromEnvironment, type ProxySettings } from "../../fetch/proxy.ts";
import { isSameFile, readBytes } from "../../files.ts";
import { inFolder } from "../../fetch/naming.ts";
import { checkFraming } from "../../http/request_framing.ts";
import { parseField, parseMethod } from "../../http/request.ts";
import { parseUrl } from "../../http/web_address.ts";
import { asNumber, asRate, asSize, asText, asTimeLimit, flag, many, one, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { demand, isGuarded, keepOnly } from "../../permissions.ts";
import { type Phrased, say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { CONNECT_TIMEOUT_MS } from "../../transport/limits.ts";
import { asSource } from "../../transport/local.ts";
import { familyOf } from "../../transport/resolve.ts";
import { numberPort } from "../../transport/services.ts";
import { unlessAborted, unlessHung } from "../../wait.ts";
import { type CommandSpec, type CommonValues, defineCommand, encodingOf, openOutput, type Run } from "../command.ts";
import { type FetchPlan, FetchSession } from "../fetch_session.ts";
import type { Parsed } from "../parse.ts";
import { openRecording, RECORD_OPTIONS, recordNeeds } from "../record_options.ts";
import type { System } from "../system.ts";

const FETCH_OPTIONS = {
  "output": one("FILE", "save the body there; - is standard output", asText, { short: "o" }),
  "header-output": one("FILE", "save the headers there instead of showing them", asText, { needs: ["write"] }),
  "request": one("METHOD", "GET, POST, PUT…", parseMethod, {
    short: "X",
    choices: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  }),
  "header": many("FIELD", "send this header field, 'Name: value'; Host and its like once", parseField, { short: "H" }),
  "data": many("DATA", "send this body (POST); @FILE sends a file, @- standard input", asText, { short: "d" }),
  "user": one("USER[:PASSWORD]", "log in (Basic), only at the server of the address", asText, { short: "u" }),
  "cookie": many("COOKIES", "send these cookies: 'a=1; b=2'", asText, { short: "b" }),
  "cookie-jar": one("FILE", "read cookies there at the start, and write them at the end", asText, {
    needs: ["read", "write"],
  }),
  "head": flag("ask for the header only", { short: "I" }),
  "no-follow": flag("do not follow redirects"),
  "max-redirects": one("N", `redirects that are followed (${MAX_REDIRECTS})`, asNumber(1, 1000)),
  "resume": flag("continue the partial file of an earlier run"),
  "retry": one("N", "retry N times, continuing where it stopped", asNumber(0, 1_000_000)),
  "allow-truncated": flag("accept a body that ends without close_notify of TLS"),
  "no-clobber": flag("never replace a file"),
  "output-dir": one("DIR", "save in this folder", asText),
  "remote-time": flag("give the file the time of Last-Modified", { short: "R" }),
  "sha256": one("HEX", "expected SHA-256; a file with another one stays NAME.part", asText),
  "max-size": one("S", "save no more than this: 64k, 10m, 1g", asSize),
  "limit-rate": one("S", "bytes a second: 64k, 10m", asRate),
  "raw": flag("save a compressed body as it is"),
  "decode": flag("unpack the body also where the file is packed: x.tar.gz"),
  "to-utf8": flag("turn text of any charset into UTF-8"),
  "show-request": flag("show the requests as well"),
  ...RECORD_OPTIONS,
  "timeout": one("D", `stop when nothing is received for D (${IDLE_MS / 1000}s)`, asTimeLimit),
  "max-time": one("D", "stop a download after D", asTimeLimit, { short: "m" }),
  "ca": one("FILE", "trust the certificates in this PEM file", asText, { needs: ["read"] }),
  "insecure": flag("do not check the certificate", { short: "k" }),
  "cert": one("FILE", "client certificate (PEM); needs --key", asText, { needs: ["read"] }),
  "key": one("FILE", "its private key (PEM)", asText, { needs: ["read"] }),
  "source": one("ADDR", "connect from this address of this machine, :PORT, or ADDR:PORT", asSource),
  "ipv4": flag("use IPv4 only", { short: "4" }),
  "ipv6": flag("use IPv6 only", { short: "6" }),
  "resolve": many("HOST:PORT:ADDR", "connect to ADDR for HOST:PORT", asText),
  "proxy": one("URL", "go through this proxy: http://, socks5:// or socks5h://", (text) => parseProxy(text)),
} as const;

/** The options whose values are read in a module of their own. */
const EXTRAS = ["user", "cookie", "cookie-jar", "ca", "cert", "key", "resolve", "sha256"] as const;

type FetchValues = Values<typeof FETCH_OPTIONS> & CommonValues;

/** The table entry. */
export const fetchCommand: CommandSpec = defineCommand({
  name: "fetch",
  summary: "download pages: the header to the terminal, the body to a file",
  operands: "URL…",
  about: `The body is saved under the name that the server gives, else the last part of the address,
else the site's own name: http://www.baidu.com/ becomes baidu.html. It is written to
NAME.part and renamed when it is complete, so that a failure leaves an existing file alone.`,
  options: FETCH_OPTIONS,
  examples: [
    ["fetch http://www.baidu.com/", "show the header, save baidu.html"],
    ["fetch http://localhost:8000/big.iso --resume --retry 5", "continue where it stopped"],
    ["fetch http://localhost:8000/ -o page.html --to-utf8", "a GBK page as UTF-8"],
    ["fetch http://localhost:8000/ -o - -q", "the body to standard output"],
    ["fetch http://localhost:8000/ --head --show-request", "only the headers, of both sides"],
  ],
  habits: {
    // curl's -e URL and -x HOST:PORT.
    suspects: ({ given, operands }) =>
      given.some(({ flag, text }) => flag === "-e" && text.includes("//")) ||
      (given.some(({ flag }) => flag === "-x") && operands.length > 1 && isBareHost(operands[0] ?? "")),
    load: async () => (await import("../curl_options.ts")).readCurlLine,
  },
  checks: checksOf,
  run: runFetch,
});

/** Whether a word looks like a proxy: a host and a port, without a path. */
function isBareHost(text: string): boolean {
  return /^(?:\w+:\/\/)?[^/]+:\d+\/?$/.test(text);
}

/** What it cannot do without; with the permission to read it keeps less in memory. */
function checksOf({ operands, given }: Parsed): (() => void)[] {
  const texts = (option: string) => given.filter(({ name }) => name === option).map(({ text }) => text);
  const elsewhere = [...texts("proxy"), ...texts("resolve")].length > 0;
  const connects = elsewhere
    ? [() => demand("net", undefined, say("connect-proxy")`connect to the proxy`)]
    : operands.map((url) => () => demandRoute(parseUrl(url.replace(/%[^\]/]*\]/, "]"))));
  const path = texts("output").at(-1) ?? ".";
  const saved = path === "-" || texts("head").length > 0 ? [] : [path];
  const sent = texts("data").filter((text) => text.startsWith("@") && text !== "@-").map((text) => text.slice(1));
  return [
    ...connects,
    ...saved.map((path) => () => demand("write", path, say("write")`write ${quote(path)}`)),
    ...sent.map((path) => () => demand("read", path, say("read")`read ${quote(path)}`)),
  ];
}

async function runFetch(values: FetchValues, run: Run): Promise<number> {
  const zones = new Map<string, string>();
  const urls = await Promise.all(run.operands.map((text) => readAddress(text, zones)));
  const files = [values.output, values["header-output"], values["cookie-jar"]].filter((path) => path !== undefined);
  await unlessHung(checkOutputs(values, urls), run.system.signal);
  const output = await openFetchOutput(values, run);
  const notice = (message: Phrased, detail = false) => void output.report({ event: "notice", message, detail });
  for (const remark of run.remarks ?? []) notice(remark, true);
  const plan = await unlessHung(makePlan(values, zones, run.system, notice), run.system.signal);
  await using recording = await openRecording(values, run, output);
  const writesNothing = files.every((path) => path === "-") && files.length > 0 && recordNeeds(values).length === 0;
  // Below /dev, /proc and /sys a process opens files only while it has every permission.
  if (!files.some(isGuarded)) keepOnly(writesNothing ? ["net"] : ["net", "read", "write"]);
  const record: RouteOptions["record"] = recording &&
    ((channel, serverName) => recording.channel(channel, { serverName }));
  return await new FetchSession({ ...plan, options: { ...plan.options, record } }, run, output).fetchAll(urls);
}

/** Reads an address, and adds the zone of its IPv6 host, which no URL can have; a link-local address needs one. */
async function readAddress(text: string, zones: Map<string, string>): Promise<URL> {
  if (!/\[(?:fe[89ab]|[^\]/?#]*%)/i.test(text)) return parseUrl(numberPort(text));
  const { withoutZone } = await import("../../fetch/places.ts");
  const { text: bare, zone } = withoutZone(text);
  const url = parseUrl(numberPort(bare));
  if (zone !== undefined) zones.set(url.hostname.replace(/^\[|\]$/g, ""), zone);
  return url;
}

/** Refuses outputs that are in each other's way. */
async function checkOutputs(values: FetchValues, urls: readonly URL[]): Promise<void> {
  const { output: path, "header-output": headerFile, json, raw, decode } = values;
  if (urls.length === 0) {
    throw new SockeyeError("usage", say("missing-address")`Missing address: ${"fetch"} takes ${"URL…"}`);
  }
  if (path !== undefined && path !== "-" && urls.length > 1) {
    throw new SockeyeError("usage", `Option -o ${quote(path)} names one file, but there are ${urls.length} addresses`);
  }
  if (path === "-" && json) {
    throw new SockeyeError("usage", "Options -o - and --json both want standard output: give -o a file");
  }
  if (raw && decode) {
    throw new SockeyeError("usage", say("contradict")`Options ${"--raw"} and ${"--decode"} contradict each other`);
  }
  checkFolder(values);
  if (values.sha256 !== undefined && urls.length > 1) {
    throw new SockeyeError("usage", `Option --sha256 is for one file, but there are ${urls.length} addresses`);
  }
  if (headerFile !== undefined) demand("write", headerFile, say("write")`write ${quote(headerFile)}`);
  const named = [["-o", path], ["--header-output", headerFile], ["--cookie-jar", values["cookie-jar"]]] as const;
  for (const [at, [flag, one]] of named.entries()) {
    for (const [other, two] of named.slice(at + 1)) {
      if (one === undefined || two === undefined || one === "-") continue;
      const place = flag === "-o" ? inFolder(one, values["output-dir"]) : one;
      if (!await isSameFile(place, two)) continue;
      throw new SockeyeError("usage", `Options ${flag} and ${other} both name ${quote(two)}`);
    }
  }
}

function checkFolder({ output, "output-dir": folder }: FetchValues): void {
  if (folder === undefined) return;
  if (folder === "") throw new SockeyeError("usage", 'Bad --output-dir "": expected a folder');
  if (output === "-" || output?.startsWith("/")) {
    throw new SockeyeError("usage", `Options -o ${quote(output)} and --output-dir contradict each other`);
  }
}

/** Heads of answers are shown unless they are saved; on stderr where stdout has the body. */
async function openFetchOutput(values: FetchValues, run: Run): Promise<Output> {
  const bodyOnStdout = values.output === "-";
  const heads = values["header-output"] !== undefined ? undefined : bodyOnStdout ? "stderr" : "stdout";
  const output = await openOutput("fetch", values, run, { heads, requests: values["show-request"] });
  // Not into the body itself.
  if (run.system.stderr.isTerminal() && !showsBody(values, run.system)) {
    const { ProgressLine } = await import("../../output/progress.ts");
    output.progressLine = new ProgressLine(run.sink, () => run.system.columns(), (text) => output.words(text));
  }
  return output;
}

/** Whether bodies go to the terminal. */
function showsBody({ output = "" }: FetchValues, { stdout }: System): boolean {
  return (output === "-" || /^\/dev\/(?:tty|std(?:out|err)|fd\/[12])$/.test(output)) && stdout.isTerminal();
}

/** Reads the files that options name, and standard input if the body comes from there. */
async function makePlan(
  values: FetchValues,
  zones: ReadonlyMap<string, string>,
  system: System,
  notice: (message: Phrased) => void,
): Promise<FetchPlan> {
  const { timeout = IDLE_MS } = values;
  const proxy = readProxies(values);
  const own = values.header ?? [];
  const extras = EXTRAS.some((name) => values[name] !== undefined)
    ? await (await import("../fetch_extras.ts")).readExtras(values, own, notice)
    : undefined;
  const body = await readBody(values.data ?? [], system);
  const toStdout = values.output === "-";
  const shown = toStdout && system.stdout.isTerminal();
  const fields = [...own, ...extras?.fields ?? []];
  checkFraming({ fields, body });
  return {
    request: { method: values.request ?? (values.head ? "HEAD" : body ? "POST" : "GET"), fields, body },
    options: {
      path: toStdout ? undefined : values.output,
      folder: values["output-dir"],
      defaults: [["User-Agent", `${config.name}/${config.version}`], ["Accept", "*/*"], ["Connection", "close"]],
      maxRedirects: values["no-follow"] ? 0 : values["max-redirects"] ?? MAX_REDIRECTS,
      resume: values.resume ?? false,
      retries: values.retry ?? 0,
      allowTruncated: values["allow-truncated"] ?? false,
      noClobber: values["no-clobber"] ?? false,
      maxSize: values["max-size"] ?? Infinity,
      rate: values["limit-rate"],
      raw: values.raw ?? false,
      decode: values.decode ?? false,
      // A terminal gets text in the charset that -e names, else that of the answer.
      toUtf8: shown ? values.encoding === undefined : values["to-utf8"] ?? false,
      shown,
      charset: values.encoding && encodingOf(values),
      digest: (values.verbose || values.json) ?? values.sha256 !== undefined,
      remoteTime: values["remote-time"],
      timeout,
      connectTimeout: Math.min(timeout, CONNECT_TIMEOUT_MS),
      proxy,
      ...extras?.options,
      zones,
      insecure: values.insecure,
      source: values.source,
      family: familyOf(values),
    },
    toStdout,
    encoding: shown ? encodingOf(values) : undefined,
    headerFile: values["header-output"],
    maxTime: values["max-time"],
    cookies: extras?.store,
  };
}

/** The proxy of the command line, else those of the environment variables that may be read. */
function readProxies({ proxy }: FetchValues): ProxySettings {
  if (proxy) return { http: () => proxy, https: () => proxy };
  const granted = (variable: string) => Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  return proxyFromEnvironment((name) => granted(name) ? Deno.env.get(name) : undefined);
}

/** Reads the body that -d asks for; several values are joined as the fields of a form. */
async function readBody(data: readonly string[], system: System): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (const text of data) parts.push(encode(parts.length === 0 ? "" : "&"), await readPart(text, system));
  return data.length === 0 ? undefined : concat(parts);
}

async function readPart(text: string, { stdin, signal }: System): Promise<Uint8Array> {
  if (text === "@-") return concat(await unlessAborted(Array.fromAsync(readChunks(stdin)), signal));
  return text.startsWith("@") ? await readBytes(text.slice(1)) : encode(text);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * What becomes of the options of curl and wget: data for `curl_options.ts`.
 *
 * @module
 */

/** One option of theirs. */
export interface CurlRow {
  /** Its letter. */
  readonly short?: string;
  /** Its long name, or one that stands for it. */
  readonly long: string;
  /** Placeholder of its value; without it there is none. */
  readonly value?: string;
  /** Our option that does the same. */
  readonly as?: string;
  /** The value of that option. Default: the same. */
  readonly text?: (value: string) => string;
  /** Why nothing has to be done. */
  readonly done?: string;
  /** What to do instead, or whether: undefined where the value can be taken. */
  readonly not?: string | ((value: string) => string | undefined);
}

const done = (names: string, done: string): CurlRow => ({ ...nameOf(names), done });
const not = (names: string, not: CurlRow["not"], value?: string): CurlRow => ({
  ...nameOf(names),
  not: not!,
  ...(value === undefined ? {} : { value }),
});
const as = (names: string, as: string, value?: string, text?: (value: string) => string): CurlRow => ({
  ...nameOf(names),
  as,
  ...(value === undefined ? {} : { value }),
  ...(text === undefined ? {} : { text }),
});

/** `L location` or `location`. */
function nameOf(names: string): { short?: string; long: string } {
  const [first = "", long] = names.split(" ");
  return long === undefined ? { long: first } : { short: first, long };
}

const FOLLOWED = "redirects are followed already";
const STATUS = "a status of 400 or more is exit code 8 already";
const NAMED = "the name that the server or the address says is taken already";
const SHOWN = "the header is shown already";
const NO_FORM = "forms of several parts are not sent; -d name=value sends fields";
const ONLY_BASIC = "only Basic is spoken: -u USER:PASSWORD";

/** The rows. A letter of ours, as -o or -d, is not here: it has our meaning. */
export const CURL_ROWS: readonly CurlRow[] = [
  done("L location", FOLLOWED),
  not("location-trusted", "a login goes to the server that it is for, and to no other one"),
  as("s silent", "quiet"),
  done("S show-error", "errors are said with -q as well"),
  done("server-response", SHOWN),
  done("i include", SHOWN),
  done("show-headers", SHOWN),
  as("D dump-header", "header-output", "FILE"),
  done("f fail", STATUS),
  done("fail-with-body", STATUS),
  done("O remote-name", NAMED),
  done("remote-name-all", NAMED),
  done("J remote-header-name", NAMED),
  done("content-disposition", NAMED),
  done("trust-server-names", NAMED),
  as("output-document", "output", "FILE"),
  as("P directory-prefix", "output-dir", "DIR"),
  not("create-dirs", "folders are not made: make them before"),
  as("A user-agent", "header", "TEXT", (text) => `User-Agent: ${text}`),
  as("referer", "header", "URL", (text) => `Referer: ${text}`),
  as("oauth2-bearer", "header", "TOKEN", (text) => `Authorization: Bearer ${text}`),
  as("r range", "header", "RANGE", (text) => `Range: bytes=${text}`),
  not("c cookies-or-continue", "--cookie-jar FILE keeps cookies, --resume goes on with a file"),
  as("load-cookies", "cookie-jar", "FILE"),
  as("save-cookies", "cookie-jar", "FILE"),
  as("continue", "resume"),
  {
    ...as("C continue-at", "resume", "OFFSET", () => ""),
    not: (text) => text === "-" ? undefined : "--resume finds out by itself where to go on",
  },
  not(
    "T upload-file",
    (text) => /^\d+$/.test(text) ? "--timeout D gives up a silence" : "-X PUT -d @FILE sends a file",
    "FILE",
  ),
  not("F form", NO_FORM, "FIELD"),
  not("form-string", NO_FORM, "FIELD"),
  not("K config", "options are read from the command line alone", "FILE"),
  not("G get", "write the fields into the address, behind a ?"),
  as("data-binary", "data", "DATA"),
  as("data-ascii", "data", "DATA"),
  as("post-data", "data", "DATA"),
  as("post-file", "data", "FILE", (text) => `@${text}`),
  {
    ...as("data-raw", "data", "DATA"),
    not: (text) => text.startsWith("@") ? "-d @- takes it from standard input" : undefined,
  },
  not("data-urlencode", "-d sends bytes as they are: encode them before", "DATA"),
  as("method", "request", "METHOD"),
  as("spider", "head"),
  done("compressed", "packed bodies are asked for and unpacked already"),
  done("http1.1", "HTTP/1.1 is spoken already"),
  not("http2", "HTTP/1.1 is spoken, and nothing newer"),
  not("http3", "HTTP/1.1 is spoken, and nothing newer"),
  as("max-redirs", "max-redirects", "N"),
  as("max-redirect", "max-redirects", "N"),
  as("max-filesize", "max-size", "S"),
  not("connect-timeout", "--timeout D gives up a silence, --max-time D the whole", "D"),
  not("t tries", "--retry N tries N times more", "N"),
  done("retry-connrefused", "--retry tries that again already"),
  not("retry-delay", "--retry waits longer each time, or as long as the server says", "D"),
  not("retry-max-time", "--max-time D is for all attempts together", "D"),
  as("cacert", "ca", "FILE"),
  as("ca-certificate", "ca", "FILE"),
  as("no-check-certificate", "insecure"),
  as("certificate", "cert", "FILE"),
  as("private-key", "key", "FILE"),
  not("E client-certificate", "--cert FILE and --key FILE show a certificate", "FILE"),
  not("n netrc", "a login is not read from a file: -u USER:PASSWORD"),
  not("U proxy-user", "--proxy http://USER:PASSWORD@HOST:PORT logs in", "USER"),
  done("basic", "Basic is spoken already"),
  not("digest", ONLY_BASIC),
  not("ntlm", ONLY_BASIC),
  not("negotiate", ONLY_BASIC),
  not("anyauth", ONLY_BASIC),
  as("socks5", "proxy", "HOST", (text) => `socks5://${text}`),
  as("socks5-hostname", "proxy", "HOST", (text) => `socks5h://${text}`),
  not("noproxy", "the variable no_proxy names what is reached directly", "LIST"),
  as("interface", "source", "ADDR"),
  as("bind-address", "source", "ADDR"),
  not("z time-cond", "-H 'If-Modified-Since: DATE' asks for what is newer", "DATE"),
  not("w write-out", "--json has the figures, in the event `done`", "FORMAT"),
  not("trace-ascii", "--show-request shows both sides", "FILE"),
  done("N no-buffer", "what comes is passed on at once"),
  done("progress-bar", "progress is shown on a terminal already"),
  done("no-progress-meter", "progress is shown on a terminal alone"),
  done("g globoff", "brackets mean nothing here"),
  not("Z parallel", "addresses are fetched one after the other"),
  not("recursive", "only the addresses on the command line are fetched"),
  not("url", "an address stands by itself", "URL"),
];

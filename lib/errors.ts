/**
 * Error kinds, which become exit codes. A failure is turned into a {@linkcode SockeyeError} where its meaning is known,
 * near the system call, and then passes unchanged up to `main.ts`.
 *
 * @module
 */

import { type Phrased, PhrasedError } from "./phrase.ts";

/** The exit code of each kind of failure, the same for every command. */
export const EXIT_CODES = {
  /** The connection broke: reset, broken pipe. */
  session: 1,
  /** Unknown flag, bad value, missing argument. */
  usage: 2,
  /** A host name has no address. */
  resolve: 3,
  /** Connecting or binding an address failed. */
  connect: 4,
  /** A time limit passed; the message says which. */
  timeout: 5,
  /** The TLS handshake or a certificate failed. */
  tls: 6,
  /** The peer violated the protocol. */
  protocol: 7,
  /** The HTTP status is 400 or more. */
  status: 8,
  /** A local file could not be read or written. */
  file: 9,
  /** The answer did not match `--expect`. */
  expect: 10,
  /** A Deno permission is missing. */
  permission: 13,
  /** Stopped by Ctrl-C. */
  interrupt: 130,
  /** Stopped by SIGTERM. */
  terminate: 143,
} as const;

/** A kind of failure. Each kind has its own exit code. */
export type ErrorKind = keyof typeof EXIT_CODES;

/** Kinds of failure that a retry may overcome. */
const TRANSIENT: ReadonlySet<ErrorKind> = new Set(["session", "resolve", "connect", "timeout"]);

/** Options of a {@linkcode SockeyeError}. */
export interface SockeyeErrorOptions extends ErrorOptions {
  /** True if a retry may succeed. Default: depends on the kind. */
  readonly transient?: boolean;
}

/**
 * A failure with a one-line message for the user.
 *
 * @example
 * ```ts ignore
 * throw new SockeyeError("file", `Cannot read "page.html": there is no such file`, { cause });
 * ```
 */
export class SockeyeError extends Error {
  /** The kind of failure, which decides the exit code. */
  readonly kind: ErrorKind;
  /** The message in words of any language; `message` is English. */
  readonly phrase: Phrased;
  /** True if a retry may succeed. */
  readonly transient: boolean;

  /** Creates an error with a message of one line, without a full stop: `Cannot <do> "<value>": <state>`. */
  constructor(kind: ErrorKind, message: Phrased, options: SockeyeErrorOptions = {}) {
    super(String(message), "cause" in options ? { cause: options.cause } : undefined);
    this.name = "SockeyeError";
    this.phrase = message;
    this.kind = kind;
    this.transient = options.transient ?? TRANSIENT.has(kind);
  }

  /** The process exit code of this kind. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** The first line of the message of a thrown value, without the class name. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n", 1)[0] ?? "";
}

/** The message of a thrown value in words of any language, where it has them; else as {@linkcode messageOf}. */
export function phraseOf(error: unknown): Phrased {
  return error instanceof SockeyeError || error instanceof PhrasedError ? error.phrase : messageOf(error);
}

/** What the TLS library said of a failure for which there are no better words; for `--verbose`. */
export function tlsDetail({ kind, cause }: SockeyeError): string | undefined {
  return kind === "tls" && cause !== undefined ? `The TLS library says: ${messageOf(cause)}` : undefined;
}

/**
 * The system's description of a failure (`No space left on device`), without `(os error N)` and what Deno adds after
 * it.
 */
export function stateOf(thrown: unknown): string {
  return messageOf(thrown).replace(/ \(os error \d+\).*$/, "");
}

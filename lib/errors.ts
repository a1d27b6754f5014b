/**
 * The error kinds that become exit codes. Whatever fails is turned into a {@linkcode SockeyeError} where it is understood,
 * near the system call; from there to `main.ts` it only travels.
 *
 * @module
 */

/** The exit code of each kind of failure, the same for every command. */
export const EXIT_CODES = {
  /** The session broke: reset, broken pipe. */
  session: 1,
  /** Unknown flag, bad value, missing argument. */
  usage: 2,
  /** A host name has no address. */
  resolve: 3,
  /** Nothing could be connected to, or no address bound. */
  connect: 4,
  /** A time limit passed; the message says which. */
  timeout: 5,
  /** The TLS handshake or a certificate failed. */
  tls: 6,
  /** The peer broke the protocol. */
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

/** What went wrong, one kind per exit code. */
export type ErrorKind = keyof typeof EXIT_CODES;

/** Kinds of failure that may be gone at the next attempt. */
const TRANSIENT: ReadonlySet<ErrorKind> = new Set(["session", "resolve", "connect", "timeout"]);

/** What comes with an error. */
export interface SockeyeErrorOptions extends ErrorOptions {
  /** Whether another attempt may succeed. Default: it depends on the kind. */
  readonly transient?: boolean;
}

/** A failure that a person can read in one line. */
export class SockeyeError extends Error {
  /** What went wrong. */
  readonly kind: ErrorKind;
  /** Whether another attempt may succeed. */
  readonly transient: boolean;

  /**
   * Makes a failure.
   *
   * @param kind what went wrong
   * @param message one line, without a full stop: `Cannot <do> "<value>": <state>`
   * @param options `cause` keeps the error underneath
   */
  constructor(kind: ErrorKind, message: string, options: SockeyeErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = "SockeyeError";
    this.kind = kind;
    this.transient = options.transient ?? TRANSIENT.has(kind);
  }

  /** The process exit code of this kind. */
  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/**
 * The text of anything that was thrown, without the class name.
 *
 * @param error whatever was thrown
 * @returns one line
 */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split("\n", 1)[0] ?? "";
}

/**
 * What the system says of a failure, without the number that it gives and what the platform adds.
 *
 * @param thrown what an operation of the system threw
 * @returns the first line of its message: `No space left on device`
 */
export function stateOf(thrown: unknown): string {
  return messageOf(thrown).replace(/ \(os error \d+\).*$/, "");
}

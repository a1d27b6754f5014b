/**
 * System errors as people read them. The platform's texts differ between versions, so its classes and codes are asked.
 *
 * @module
 */

import type { TransportName } from "../events.ts";
import { type ErrorKind, messageOf, SockeyeError } from "../errors.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import { DATAGRAM_MAX, FORGED_MAX } from "./limits.ts";

/** State and kind for each error code that a bind or a connect can give. */
const STATES: Readonly<Record<string, readonly [ErrorKind, Phrase]>> = {
  EADDRINUSE: ["connect", say("EADDRINUSE")`the address is in use; choose another port, or stop what listens there`],
  EADDRNOTAVAIL: ["connect", say("EADDRNOTAVAIL")`this machine does not have that address`],
  ENOENT: ["connect", say("ENOENT")`there is no such socket or folder`],
  EACCES: ["connect", say("EACCES")`the system does not permit it; ports below 1024 are usually for root`],
  EAFNOSUPPORT: ["connect", say("EAFNOSUPPORT")`this machine does not speak that address family`],
  ECONNREFUSED: ["connect", say("ECONNREFUSED")`nothing listens there (connection refused)`],
  EHOSTUNREACH: ["connect", say("EHOSTUNREACH")`there is no route to the host`],
  ENETUNREACH: ["connect", say("ENETUNREACH")`the network is unreachable`],
  EMFILE: ["connect", say("EMFILE")`too many open files`],
  ENFILE: ["connect", say("ENFILE")`too many open files in the system`],
  ETIMEDOUT: ["timeout", say("ETIMEDOUT")`the system gave up connecting (connect timeout)`],
  ENODEV: ["connect", say("ENODEV")`this machine has no such interface`],
};

/** The same for a path, where a code means something else. */
const PATH_STATES: typeof STATES = {
  EADDRINUSE: [
    "connect",
    say("path-EADDRINUSE")`the address is in use; choose another path, or stop what listens there`,
  ],
  EACCES: [
    "connect",
    say("path-EACCES")`the system does not permit it; check the owner and mode of the path and its folders`,
  ],
  EPROTOTYPE: ["connect", say("path-EPROTOTYPE")`a datagram socket lives at that path`],
  EAGAIN: ["connect", say("path-EAGAIN")`too many connections wait there already (its backlog is full)`],
};

/** What a peer's end looks like from here. */
const ENDS: Readonly<Record<string, Phrase>> = {
  ECONNRESET: say("end-ECONNRESET")`reset by the peer`,
  EPIPE: say("end-EPIPE")`gone before it read everything`,
  ECONNABORTED: say("end-ECONNABORTED")`aborted`,
  ETIMEDOUT: say("end-ETIMEDOUT")`no answer from the peer's network`,
  EHOSTUNREACH: say("end-EHOSTUNREACH")`no route to the peer any more`,
  ENETUNREACH: say("end-ENETUNREACH")`the network is unreachable`,
  EAFNOSUPPORT: say("end-EAFNOSUPPORT")`this machine does not speak that address family`,
  EPERM: say("end-EPERM")`the system does not permit it`,
};

/** Why a server of TLS leaves a client that shows no certificate. */
export const ASKS_FOR_CERTIFICATE: Phrase = say(
  "tls-asks",
)`it asks for a certificate of the client; --cert and --key show one`;

/** What the other side of TLS says before it leaves (RFC 8446 section 6.2): always about us. */
const ALERTS: readonly (readonly [RegExp, Phrased])[] = [
  [/^CertificateRequired$/, ASKS_FOR_CERTIFICATE],
  [/^CertificateExpired$/, say("tls-refuses-expired")`it refuses our certificate: expired`],
  [/^CertificateRevoked$/, "it refuses our certificate: revoked"],
  [/^UnknownCA$/i, say("tls-unknown-ca")`it does not know the authority of our certificate`],
  [/^ProtocolVersion$/, say("tls-version")`it speaks no version of TLS that we speak`],
  [/^Unrecogni[sz]edName$/, say("tls-name")`it does not know the name that we asked for`],
  [/^NoApplicationProtocol$/, "it does not speak the protocol that we offer in ALPN"],
  [
    /^HandshakeFailure$/,
    "it has no cipher or no kind of key in common with us (not taken: keys of RSA-PSS, Ed448 and secp256k1, for example)",
  ],
];

/** What the platform gives without a code. */
const UNCODED: readonly (readonly [RegExp, string])[] = [
  [/^Protocol wrong type for socket/, "EPROTOTYPE"],
  [/^No such device/, "ENODEV"],
];

/**
 * Wraps the error of a bind or a connect in one of the fitting kind: `Cannot <doing>: <state>`.
 *
 * @param transport a path fails in its own ways. Default: something with a port
 */
export function socketFailure(doing: Phrased, cause: unknown, transport?: TransportName): SockeyeError {
  if (cause instanceof SockeyeError) return cause;
  const [kind, state] = (transport === "unix" ? PATH_STATES[codeOf(cause)] : undefined) ?? describe(cause);
  return new SockeyeError(kind, say("cannot")`Cannot ${doing}: ${state}`, { cause });
}

/** How a conversation ended in which a read or a write threw. */
export function endOf(cause: unknown): Phrased {
  if (cause instanceof SockeyeError) return cause.cause === undefined ? cause.phrase : endOf(cause.cause);
  const known = ENDS[codeOf(cause)] ?? explainAlert(cause, say("tls-over")`it ended TLS`);
  if (known !== undefined) return known;
  if (isTruncation(cause)) return say("end-truncated")`gone without the end that TLS asks for`;
  // The platform's TLS gives InvalidData, with a text that describes the library.
  if (cause instanceof Deno.errors.InvalidData || /^ERR_(SSL|TLS)/.test(codeOf(cause))) {
    return say("end-tls")`it broke the rules of TLS`;
  }
  return messageOf(cause).replace(/ \(os error \d+\)$/, "");
}

/** Whether a TLS connection ended without a close_notify, so that the data may be incomplete (RFC 8446 section 6.1). */
export function isTruncation(cause: unknown): boolean {
  return /close_notify/.test(messageOf(cause));
}

/**
 * The meaning of a TLS alert from the other side: `it refuses our certificate: expired`; undefined when there was no
 * alert.
 *
 * @param otherwise the words before the name of alerts that most people need not know
 */
export function explainAlert(cause: unknown, otherwise: Phrased): Phrased | undefined {
  const [, alert, number] = /received fatal alert: (\w+)(?:\((\w+)\))?/.exec(messageOf(cause)) ?? [];
  if (alert === undefined) return undefined;
  const known = ALERTS.find(([pattern]) => pattern.test(alert))?.[1];
  if (known !== undefined) return known;
  // The names of RFC 8446; the library writes them in its own way, and gives the others a number.
  const name = number ?? alert.replace(/(?<=[a-z])(?=[A-Z])|(?<=PSK)/g, "_").toLowerCase();
  if (/Certificate/.test(alert)) return say("tls-refuses")`it refuses our certificate (alert ${name})`;
  return say("tls-alert")`${otherwise} (alert ${name})`;
}

/** Whether the system found no address for a host. */
export function isUnresolved(cause: unknown): boolean {
  return /lookup address|getaddrinfo|resolve|no record|URI|^invalid (?:empty )?host/i.test(messageOf(cause));
}

/** Whether the peer's system answered a connect with a reset: nothing listens there. */
export function isRefusal(cause: unknown): boolean {
  return /^(ECONNREFUSED|ECONNRESET)$/.test(codeOf(cause));
}

/** Whether the peer has reset the connection. */
export function isReset(cause: unknown): boolean {
  const source = cause instanceof SockeyeError ? cause.cause ?? cause : cause;
  return codeOf(source) === "ECONNRESET";
}

/** Whether a read or a write shows that the peer has given the connection up: its reset may have arrived before. */
export function isGivenUp(cause: unknown): boolean {
  return isReset(cause) || /^(EPIPE|ECONNABORTED)$/.test(codeOf(cause));
}

/** Whether the system is out of file descriptors. */
export function isOutOfFiles(cause: unknown): boolean {
  return /^E[MN]FILE$/.test(codeOf(cause));
}

/** Whether a connection had ended before it was accepted, which concerns no other connection. */
export function isAbortedBeforeAccept(cause: unknown): boolean {
  return /^(ENOTCONN|ECONNABORTED|ECONNRESET|EPROTO)$/.test(codeOf(cause));
}

/** The failure of a resource that its owner has closed; {@linkcode isClosed} recognizes it. */
export function closedError(what: "channel" | "listener"): Error {
  return new Deno.errors.BadResource(`The ${what} was closed`);
}

/** Whether an accept or a read threw because the owner of the socket had closed it. */
export function isClosed(cause: unknown): boolean {
  return cause instanceof Deno.errors.BadResource;
}

/** The failure to send more bytes than a message of a transport holds, by default a datagram. */
export function tooLong(length: number, max: number = DATAGRAM_MAX): SockeyeError {
  const holder = max === DATAGRAM_MAX ? "datagram" : "message";
  return new SockeyeError("session", `Cannot send ${length} bytes at once: a ${holder} holds ${max} at most`);
}

/** The failure to send more than an address that may be forged gets. */
export function mayBeForged(length: number, host: string): SockeyeError {
  const rule = `an address that may be forged gets at most ${FORGED_MAX} times what it sent`;
  return new SockeyeError("session", `Not sent: ${length} bytes, for ${rule}; --genuine ${host} lifts the limit`);
}

function describe(cause: unknown): readonly [ErrorKind, Phrased] {
  if (cause instanceof Deno.errors.NotCapable) return ["permission", say("needs-net")`it needs --allow-net`];
  const known = STATES[codeOf(cause)];
  if (known) return known;
  const message = messageOf(cause);
  if (isUnresolved(cause)) return ["resolve", say("no-address")`the host name has no address`];
  return ["connect", message];
}

function codeOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && cause.code !== undefined) return String(cause.code);
  const message = messageOf(cause);
  return UNCODED.find(([pattern]) => pattern.test(message))?.[1] ?? "";
}

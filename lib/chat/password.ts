/**
 * The password of a room. It is compared in constant time, and a host that has given ten wrong ones has to wait until a minute has
 * passed since the first of them.
 *
 * @module
 */

import { escapeControls } from "../printable.ts";

/** Wrong passwords that a host may give in {@linkcode SPAN_MS}. */
const WRONG_MAX = 10;

/** Milliseconds in which they count. */
const SPAN_MS = 60_000;

/** Hosts whose wrong passwords are remembered; the oldest entry is forgotten first. */
const HOSTS_MAX = 10_000;

/** What becomes of an attempt; `late`: it was not looked at. */
export type Verdict = "right" | "wrong" | "late";

/** Judges passwords. */
export class PasswordGate {
  readonly #password: string;
  /** Its digest, from the first guess on. */
  #expected: Promise<Uint8Array> | undefined;
  /** When each host was wrong, in milliseconds of `performance.now()`. */
  readonly #wrong = new Map<string, number[]>();

  /** Takes the right password. */
  constructor(password: string) {
    this.#password = password;
  }

  /** Judges a password that came from a host: an IP address, with a port or without. */
  async judge(peer: string, given: string): Promise<Verdict> {
    const host = hostOf(peer);
    const now = performance.now();
    const recent = (this.#wrong.get(host) ?? []).filter((at) => now - at < SPAN_MS);
    if (recent.length >= WRONG_MAX) return "late";
    // It counts as wrong until it is judged: many at once are no way around the limit.
    recent.push(now);
    this.#wrong.set(host, recent);
    if (this.#wrong.size > HOSTS_MAX) this.#wrong.delete(this.#wrong.keys().next().value ?? "");
    if (!isSame(await (this.#expected ??= digest(this.#password)), await digest(given))) return "wrong";
    const left = (this.#wrong.get(host) ?? []).filter((at) => at !== now);
    if (left.length > 0) this.#wrong.set(host, left);
    else this.#wrong.delete(host);
    return "right";
  }
}

/** What is compared: digests have one length, and do not tell how much of a password was right. */
async function digest(password: string): Promise<Uint8Array> {
  const text = escapeControls(password.normalize("NFC"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** Whether bytes are the same; it takes as long wherever they differ. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}

/** The host of `192.168.1.5:4711` or `[fd00::2]:4711`. Of IPv6 the network counts: each machine has all addresses of one. */
function hostOf(peer: string): string {
  const [, ipv6] = /^\[([^\]]*)\]/.exec(peer) ?? [];
  if (ipv6 === undefined) return peer.replace(/:\d+$/, "");
  const [head = "", tail] = ipv6.replace(/%.*/, "").split("::");
  const groups = head.split(":").filter(Boolean);
  const after = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  return [...groups, ...Array<string>(zeros).fill("0"), ...after].slice(0, 4).join(":");
}

/**
 * A certificate and its private key, from the files that `--cert` and `--key` name.
 *
 * @module
 */

import { createPrivateKey } from "node:crypto";
import { SockeyeError } from "../../errors.ts";
import { readText } from "../../files.ts";
import { quote } from "../../printable.ts";
import type { Credentials } from "../transport.ts";
import { certificatesIn } from "./trust.ts";

/** Kinds of keys that the platform signs with. */
const KEY_KINDS: readonly string[] = ["rsa", "ec", "ed25519"];

/**
 * Reads the files.
 *
 * @throws {SockeyeError} `usage` when only one of them is named, `file`, `permission`
 */
export async function readCredentials(cert: string | undefined, key: string | undefined): Promise<Credentials> {
  if (key === undefined) throw new SockeyeError("usage", "Option --cert needs --key FILE too");
  if (cert === undefined) throw new SockeyeError("usage", "Option --key needs --cert FILE too");
  return { cert: await readText(cert), key: await readText(key) };
}

/**
 * Reads the files of a client and checks their contents.
 *
 * @throws {SockeyeError} as {@linkcode readCredentials}, or `tls` for what cannot be used
 */
export async function readIdentity(cert: string | undefined, key: string | undefined): Promise<Credentials> {
  const credentials = await readCredentials(cert, key);
  const problem = problemOf(credentials);
  if (problem === undefined) return credentials;
  throw new SockeyeError("tls", `Cannot use the certificate ${quote(cert ?? "")}: ${problem}`);
}

/** What is wrong with a certificate or its key. */
export function problemOf({ cert, key }: Credentials): string | undefined {
  if (/ENCRYPTED/.test(key)) return "the key is encrypted; decrypt it first";
  const [leaf] = unlessThrown(() => certificatesIn(cert)) ?? [];
  if (!leaf) return "the certificate file holds no usable certificate in PEM";
  const own = unlessThrown(() => createPrivateKey(key));
  if (!KEY_KINDS.includes(own?.asymmetricKeyType ?? "")) return "the key file holds no usable private key in PEM";
  return own && leaf.checkPrivateKey(own) ? undefined : "the key does not belong to the certificate";
}

function unlessThrown<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

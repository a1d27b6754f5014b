/**
 * Compares the saved bytes with the expected SHA-256. Loaded only with `--sha256`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readChunks } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { openToRead } from "../files.ts";
import { quote } from "../printable.ts";
import type { Saving } from "./saving.ts";

/**
 * Reads a digest that a person gives: 64 hex digits, also after `sha256:`.
 *
 * @throws {Error} with the expected form as its message
 */
export function asSha256(text: string): string {
  const [, digits] = /^(?:sha-?256[:=])?([0-9a-f]{64})$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error("expected the 64 hex digits of a SHA-256");
  return digits.toLowerCase();
}

/**
 * Checks a body before it becomes NAME, or NAME where a server says that it is complete.
 *
 * @throws {SockeyeError} `expect` when it is another one, or there is none; `file`
 */
export async function checkDigest(saving: Saving, wanted: string): Promise<void> {
  const found = saving.digest() ?? (saving.size > 0 ? await digestOf(saving.path) : undefined);
  if (found === wanted) return;
  await saving.reject("their SHA-256 is another one");
  const what = found === undefined ? "there is no body" : `it is ${found}`;
  throw new SockeyeError("expect", `The SHA-256 is not ${quote(wanted.slice(0, 16) + "…")}: ${what}`);
}

async function digestOf(path: string): Promise<string> {
  using file = await openToRead(path);
  const hash = createHash("sha256");
  for await (const bytes of readChunks(file)) hash.update(bytes);
  return hash.digest("hex");
}

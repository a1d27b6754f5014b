/**
 * Files that say whom to trust.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { readText } from "../../files.ts";
import { certificatesIn } from "./trust.ts";
import { quote } from "../../printable.ts";

/**
 * Reads certificates.
 *
 * @param path a file in PEM
 * @returns its text
 * @throws {SockeyeError} `file`, `permission`; `tls` when no certificate is in it, or a damaged one
 */
export async function readCertificates(path: string): Promise<string> {
  const text = await readText(path);
  if (holdsCertificates(text)) return text;
  throw new SockeyeError("tls", `Cannot trust ${quote(path)}: it holds no usable certificate in PEM`);
}

function holdsCertificates(text: string): boolean {
  try {
    return certificatesIn(text).length > 0;
  } catch {
    return false; // An exception is how a damaged one says so.
  }
}

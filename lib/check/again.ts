/**
 * The words of a client that shows by hand what a case has seen.
 *
 * @module
 */

/** Bytes that still fit on a command line that is read. */
const SHOWN_MAX = 400;

/**
 * Words after `sockeye` that send these bytes, but for the address.
 *
 * @param cuts offsets at which they are cut in pieces
 * @returns undefined where they are too many
 */
export function clientWords(bytes: Uint8Array, cuts: readonly number[] = []): string[] | undefined {
  if (bytes.length > SHOWN_MAX) return undefined;
  return ["client", ...sendWords(bytes), ...(cuts.length > 0 ? ["--cut", cuts.join()] : [])];
}

/** Text where it is text, with escapes for line ends; else hex. */
function sendWords(bytes: Uint8Array): string[] {
  const text = textOf(bytes);
  if (text === undefined || /(?![\r\n\t])\p{C}/u.test(text)) {
    return ["--send-hex", bytes.toHex()];
  }
  if (!/[\r\n\t]/.test(text)) return ["--send", text];
  const escaped = text.replaceAll("\\", "\\\\").replace(
    /[\r\n\t]/g,
    (one) => ({ "\r": "\\r", "\n": "\\n" })[one] ?? "\\t",
  );
  return ["--send", escaped, "--escapes"];
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // A fatal TextDecoder throws a TypeError for bytes that are no UTF-8.
  }
}

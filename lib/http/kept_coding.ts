/**
 * Content codings that are the file itself: a server sends `x.tar.gz` with `Content-Encoding: gzip`, and without that coding
 * it would be a tar file under the name of a packed one. What is saved must fit the checksum that is published beside it.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { quote } from "../printable.ts";
import { canDecode, NO_CODINGS } from "./coding_names.ts";
import type { Field, Fields } from "./head.ts";
import { beginsAs, codingsByName, hasMagic, isBareArchive, isCoding, isTypeOf } from "./packing.ts";

/** Whether the user's fields ask for a body without a coding (RFC 9110 section 12.5.3); undefined if they do not say. */
export function asksForIdentity(fields: readonly Field[]): boolean | undefined {
  const values = fields.filter(([name]) => name.toLowerCase() === "accept-encoding").map(([, value]) => value.trim());
  const codings = values.join(",").split(",").map((coding) => coding.trim()).filter((coding) => coding !== "");
  if (codings.length === 0) return values.length === 0 ? undefined : false;
  return codings.every((coding) => /^identity(?:$|[\s;])/i.test(coding) || /;\s*q=0(?:\.0*)?$/i.test(coding));
}

/** What decides which codings of a body are undone. */
export interface CodingOptions {
  /** None. */
  readonly raw?: boolean | undefined;
  /** All, also those of a file that is packed by its name or type. */
  readonly decode?: boolean | undefined;
  /** The name that shows the type of the file. Default: none. */
  readonly name?: string;
  /** Whether a body without a coding was asked for: one that has it nevertheless stays as it is. Default false. */
  readonly identity?: boolean;
  /** Whether the request let the server pack the body for the way. Default false. */
  readonly mayPack?: boolean;
}

/** What becomes of the codings of a body, all in the order of the header. */
export interface Codings {
  /** Those that the body keeps, by what its header says. */
  readonly kept: readonly string[];
  /** Those to undo. */
  readonly undone: readonly string[];
  /** What to tell the user if some are kept though `--raw` did not ask for that. */
  readonly notice?: string;
  /** What to tell the user of words in the header that are no codings. */
  readonly remark?: string | undefined;
  /** What may have to be undone instead, the likeliest first; the first bytes decide ({@linkcode codingsAround}). */
  readonly guesses: readonly (readonly string[])[];
}

/** Decides by the header which codings of a body to undo. */
export function sortCodings(fields: Fields, options: CodingOptions): Codings {
  const { raw, decode, name = "", identity, mayPack = false } = options;
  const words = fields.list("content-encoding").map(wordOf).filter((word) => !NO_CODINGS.has(word));
  if (raw) return { kept: words, undone: [], guesses: [] };
  const codings = words.filter(isCoding);
  const [other] = words.filter((word) => !isCoding(word));
  const remark = other === undefined
    ? undefined
    : `Content-Encoding ${quote(other)} is no coding: nothing is undone for it`;
  const [inner] = codings;
  if (inner === undefined || decode) return { kept: [], undone: codings, remark, guesses: [] };
  const named = codingsByName(codings, name);
  const typed = !isBareArchive(name) && isTypeOf(inner, fields.get("content-type") ?? "");
  const theirs = identity ? codings.length : named || Number(typed);
  const locked = codings.findLastIndex((coding) => !canDecode(coding)) + 1;
  const own = Math.max(theirs, locked);
  if (own === 0) return { kept: [], undone: codings, remark, guesses: [] };
  const [kept, undone] = [codings.slice(0, own), codings.slice(own)];
  const why = named > 0 ? "as its name says" : typed ? "as its type says" : undefined;
  const reason = why ?? (identity ? "though the server was asked for it unpacked" : "for nothing here can unpack it");
  const advice = kept.every(canDecode) ? "; --decode unpacks it" : "";
  const notice = `The body stays packed (${kept.join(", ")}), ${reason}${advice}`;
  return { kept, undone, notice, remark, guesses: guessesOf(kept, undone, mayPack) };
}

/** A member of Content-Encoding without quotes and parameters: `gzip` of `"gzip"` and `gzip;q=1`. */
function wordOf(member: string): string {
  return member.split(";", 1)[0]!.replaceAll('"', "").trim();
}

/**
 * A server that compresses a packed file for the transfer names the coding only once if it does not know that the file
 * is packed; a server in which that is configured twice names it once more than it compresses.
 */
function guessesOf(kept: readonly string[], undone: readonly string[], mayPack: boolean): string[][] {
  const outer = kept.at(-1)!;
  if (!hasMagic(outer)) return [];
  const fewer = undone.map((_, from) => undone.slice(from));
  return undone.length > 0 ? [...fewer, []] : mayPack && canDecode(outer) ? [[outer]] : [];
}

/**
 * Bytes that suffice to show the contents of coded data. Most codings need some hundred bytes, but a zstd block, of 128
 * KiB at most, shows nothing before its end.
 */
const PEEK_BYTES = 132 * 1024;

/**
 * Finds by the first bytes of a body which codings lie around those that it keeps.
 *
 * @param head the first bytes
 * @param whole whether there are no others
 * @returns the codings to undo; undefined while there are too few bytes to decide
 */
export async function codingsAround(
  head: Uint8Array,
  { kept, undone, guesses }: Codings,
  whole: boolean,
): Promise<readonly string[] | undefined> {
  const isLast = whole || head.length >= PEEK_BYTES;
  for (const guess of guesses) {
    const data = await peel(head, guess, whole);
    const found = data && beginsAs(kept.at(-1)!, data);
    if (found) return guess;
    if (data && found === undefined && !isLast) return undefined;
  }
  return undone;
}

/** Undoes codings as far as the bytes go; undefined if the bytes do not have them. */
async function peel(head: Uint8Array, codings: readonly string[], whole: boolean): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  if (codings.length === 0) return head;
  const { decoderFor } = await import("./coding.ts");
  let isCoded = true;
  const decoder = decoderFor(
    codings,
    (bytes) => Promise.resolve(void pieces.push(bytes.slice())),
    () => isCoded = false,
  );
  if (!decoder) return head;
  try {
    await decoder.push(head);
    if (whole) await decoder.end();
  } catch {
    if (pieces.length === 0) return undefined;
  } finally {
    decoder.abort();
  }
  return isCoded ? concat(pieces) : undefined;
}

/**
 * Content codings that are the file itself: a server sends `x.tar.gz` with `Content-Encoding: gzip`, and without that coding
 * it would be a tar file under the name of a packed one.
 *
 * @module
 */

import { canDecode, NO_CODINGS } from "./coding.ts";
import type { Field, Fields } from "./head.ts";

/** A way to pack: its content codings, the extensions of its files, and their media types. */
type Packing = readonly [coding: RegExp, name: RegExp, type: RegExp];

/** Bzip2 and xz are no codings of HTTP, but some servers name them in Content-Encoding. */
const PACKINGS: readonly Packing[] = [
  [
    /^(?:x-)?gzip$/,
    /\.(?:t?gz|gzip|taz|tpz|cpgz|svgz|vgz|emz|wmz|adz|dz|xcfgz)$/i,
    /^(?:[^/]+\/(?:x-)?(?:gzip|gzipped|gzip-compressed|gunzip|tgz|tar-gz|targz|compressed|compressed-tar)|image\/svg\+xml-compressed|.*\+gzip)$/,
  ],
  [/^(?:x-)?br$/, /\.br$/i, /^[^/]+\/(?:x-)?(?:br|brotli)$/],
  [/^(?:x-)?zstd$/, /\.(?:t?zst|zstd)$/i, /^(?:[^/]+\/(?:x-)?zstd(?:-compressed(?:-tar)?)?|.*\+zstd)$/],
  [/^(?:x-)?compress$/, /\.(?:z|taz)$/i, /^[^/]+\/(?:x-)?(?:compress|compressed-tar|tarz)$/],
  [/^(?:x-)?bzip2?$/, /\.(?:bz2?|tbz2?|tb2)$/i, /^[^/]+\/(?:x-)?(?:bzip2?|bzip2?-compressed-tar)$/],
  [/^(?:x-)?(?:xz|lzma)$/, /\.(?:xz|txz|lzma|tlz)$/i, /^[^/]+\/(?:x-)?(?:xz|lzma)(?:-compressed-tar)?$/],
];

/** Whether a name is that of a packed file. */
export function isPacked(name: string): boolean {
  return PACKINGS.some(([, pattern]) => pattern.test(name));
}

/** The name that says what a file is: NAME, or that of the server if NAME is not given or has no extension. */
export function tellingName(path: string | undefined, served: string): string {
  return path !== undefined && /[^/\\]\.[^./\\]+$/.test(path) ? path : served;
}

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
  /** The {@linkcode tellingName}. Default: none. */
  readonly name?: string;
  /** Whether a body without a coding was asked for: one that has it nevertheless stays as it is. Default false. */
  readonly identity?: boolean;
  /** Whether the request let the server pack the body for the way. Default false. */
  readonly mayPack?: boolean;
}

/** What becomes of the codings of a body. */
export interface Codings {
  /** Those to undo, in the order of the header. */
  readonly undone: readonly string[];
  /** Whether the body stays packed. */
  readonly packed: boolean;
  /** What to tell the user if it stays packed though `--raw` did not ask for that. */
  readonly notice?: string;
  /** Whether the server may have packed a packed file once more for the way: its bytes decide ({@linkcode isPackedTwice}). */
  readonly doubtful?: boolean;
}

/** Decides which codings of a body to undo. */
export function sortCodings(fields: Fields, options: CodingOptions): Codings {
  const { raw, decode, name = "", identity, mayPack = false } = options;
  const codings = fields.list("content-encoding").filter((coding) => !NO_CODINGS.has(coding));
  const [inner] = codings;
  if (inner === undefined || decode) return { undone: codings, packed: false };
  if (raw) return { undone: [], packed: true };
  const [, names, types] = PACKINGS.find(([pattern]) => pattern.test(inner)) ?? [];
  const type = (fields.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
  const why = names?.test(name) ? "as its name says" : types?.test(type) ? "as its type says" : undefined;
  if (why === undefined && !identity) return { undone: codings, packed: false };
  const undone = identity ? [] : codings.slice(1);
  const reason = why ?? "though the server was asked for it unpacked";
  const kept = codings.slice(0, codings.length - undone.length);
  const advice = kept.every(canDecode) ? "; --decode unpacks it" : "";
  const doubtful = mayPack && codings.length === 1 && inner.endsWith("gzip");
  return { undone, packed: true, notice: `The body stays packed (${kept.join(", ")}), ${reason}${advice}`, doubtful };
}

/** The first bytes of gzip data (RFC 1952), with its only method. */
const GZIP_MAGIC = [0x1f, 0x8b, 8];

/** Whether gzip data begins with gzip data. */
export async function isPackedTwice(head: Uint8Array): Promise<boolean> {
  const zlib = await import("node:zlib");
  try {
    const inside = zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
    return GZIP_MAGIC.every((byte, i) => inside[i] === byte);
  } catch {
    return false; // It is no gzip data: saved as it is, like all that stays packed.
  }
}

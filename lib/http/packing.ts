/**
 * What tells a packed file: its name, its media type, and its first bytes.
 *
 * @module
 */

/** A way to pack. */
interface Packing {
  /** Its content codings. Some are no codings of HTTP, but servers name them in Content-Encoding. */
  readonly codings: ReadonlySet<string>;
  /** The extensions of its files, without the dot. */
  readonly extensions: ReadonlySet<string>;
  /** Their media types, without the part before the slash and without `x-`. */
  readonly types: ReadonlySet<string>;
  /** The bytes with which its data begins; none where they are not always the same. */
  readonly magic: readonly number[];
}

const PACKINGS: readonly Packing[] = [
  // Debian has served .tgz as x-gtar.
  packing({
    codings: "gzip",
    extensions:
      "gz gzip tgz tar-gz targz taz tpz tz bgz tbgz bgzf vcfgz fqgz mgz cpgz svgz vgz emz wmz adz dz xcfgz crate",
    types: "gz gzip gzipped gzip-compressed gunzip bgzf bgzip tgz tar-gz targz gtar gtar-compressed compressed " +
      "compressed-tar gzpdf gzpostscript svg+xml-compressed",
    magic: [0x1f, 0x8b, 8],
  }),
  packing({ codings: "br", extensions: "br tbr brotli", types: "br brotli" }),
  packing({
    codings: "zstd zst",
    extensions: "zst zstd tzst tzstd",
    types: "zst zstd zstd-compressed zstd-compressed-tar",
    magic: [0x28, 0xb5, 0x2f, 0xfd],
  }),
  packing({ codings: "deflate", extensions: "zlib zz", types: "zlib" }),
  packing({
    codings: "compress",
    extensions: "z taz tarz",
    types: "compress compressed compressed-tar tarz gtar-compressed",
    magic: [0x1f, 0x9d],
  }),
  packing({
    codings: "bzip2 bzip bz2",
    extensions: "bz2 bz bzip2 bzip tbz2 tbz tb2 tz2",
    types: "bzip2 bzip bz2 bzip2-compressed-tar bzip-compressed-tar",
    magic: [0x42, 0x5a, 0x68],
  }),
  packing({
    codings: "xz lzma",
    extensions: "xz txz lzma tlz tlzma",
    types: "xz lzma xz-compressed-tar lzma-compressed-tar",
  }),
  packing({ codings: "lzip", extensions: "lz tlz", types: "lzip lzip-compressed-tar" }),
  packing({ codings: "lz4", extensions: "lz4 tlz4", types: "lz4 lz4-compressed-tar" }),
];

function packing(
  { codings, extensions, types, magic = [] }: Record<"codings" | "extensions" | "types", string> & {
    magic?: readonly number[];
  },
): Packing {
  const set = (words: string) => new Set(words.split(" "));
  return { codings: set(codings), extensions: set(extensions), types: set(types), magic };
}

function packingOf(coding: string): Packing | undefined {
  return PACKINGS.find(({ codings }) => codings.has(coding.replace(/^x-/, "")));
}

/** The extensions of a name in lower case, also before path parameters: `tar` and `gz` of `x.tar.gz;v=1`. */
function extensionsOf(name: string): string[] {
  const [found] = /(?:\.[^./\\;]+)+(?=(?:;[^/\\]*)?$)/.exec(name) ?? [];
  return found?.toLowerCase().split(".").slice(1) ?? [];
}

/** Content codings that are registered and pack no files (RFC 8188, RFC 9842, W3C EXI). */
const OTHER_CODINGS: ReadonlySet<string> = new Set(["aes128gcm", "dcb", "dcz", "exi", "pack200-gzip", "sdch"]);

/** Whether a word in Content-Encoding is a coding; servers put charsets and the like there. */
export function isCoding(word: string): boolean {
  return packingOf(word) !== undefined || OTHER_CODINGS.has(word);
}

/** Whether a name is that of a packed file. */
export function isPacked(name: string): boolean {
  const last = extensionsOf(name).at(-1);
  return last !== undefined && PACKINGS.some(({ extensions }) => extensions.has(last));
}

/** How many of the codings, from the innermost on, the extensions name: servers send one for each, `.tar.gz.br`. */
export function codingsByName(codings: readonly string[], name: string): number {
  const extensions = extensionsOf(name);
  const fits = (count: number) =>
    codings.slice(0, count).every((coding, i) =>
      packingOf(coding)?.extensions.has(extensions[extensions.length - count + i] ?? "")
    );
  let count = codings.length;
  while (!fits(count)) count--;
  return count;
}

/** Whether a media type, with or without parameters, is that of files which a coding has packed. */
export function isTypeOf(coding: string, contentType: string): boolean {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  const { codings, types } = packingOf(coding) ?? {};
  // Suffixes, as of application/vnd.oci.image.layer.v1.tar+gzip, are named as the codings.
  const suffix = /[.+]([^.+]+)$/.exec(type)?.[1] ?? "";
  return (types?.has(type.replace(/^[^/]*\/(?:x-)?/, "")) || codings?.has(suffix)) ?? false;
}

/** Whether the beginning of its data tells a coding. */
export function hasMagic(coding: string): boolean {
  return (packingOf(coding)?.magic.length ?? 0) > 0;
}

/** Whether data begins as that of a coding that {@linkcode hasMagic}; undefined if there are too few bytes. */
export function beginsAs(coding: string, data: Uint8Array): boolean | undefined {
  const magic = packingOf(coding)?.magic ?? [];
  if (magic.some((byte, i) => i < data.length && data[i] !== byte)) return false;
  return data.length < magic.length ? undefined : true;
}

/** Extensions of the archives that some packed names shorten: `.tgz` is `.tar.gz`. */
const ARCHIVES: ReadonlySet<string> = new Set(["tar", "gtar"]);

/** Whether a name is that of a packed file's content: `a.json` of `x.json.gz`, `a.svg` of `x.svgz`. */
function isContentOf(name: string, packed: string): boolean {
  const last = extensionsOf(name).at(-1);
  if (last === undefined || isPacked(name)) return false;
  const [outer, inner] = extensionsOf(packed).reverse();
  return ARCHIVES.has(last) || last === inner || outer === `${last}z` || outer === `${last}gz`;
}

/**
 * The name that shows the type of a file: the first one of a packed file. An earlier name, chosen by the user or the
 * server, overrides it if it is that of the packed file's content; any other may be temporary.
 *
 * @param names the user's, and those of the server
 */
export function tellingName(...names: readonly (string | undefined)[]): string {
  const known = names.filter((name) => name !== undefined);
  const packed = known.find(isPacked);
  if (packed === undefined) return known[0] ?? "";
  return known.slice(0, known.indexOf(packed)).find((name) => isContentOf(name, packed)) ?? packed;
}

/** Whether a name says what a file is; the dots of `v1.2` do not. */
export function hasExtension(name: string): boolean {
  return /[a-z]/.test(extensionsOf(name).at(-1) ?? "");
}

/** Whether a name says that the file is an archive that is not packed, whatever its media type is. */
export function isBareArchive(name: string): boolean {
  return ARCHIVES.has(extensionsOf(name).at(-1) ?? "");
}

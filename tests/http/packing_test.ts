import { assertEquals } from "@std/assert";
import {
  beginsAs,
  codingsByName,
  hasExtension,
  hasMagic,
  isPacked,
  isTypeOf,
  tellingName,
} from "../../lib/http/packing.ts";

/** Names of files that a coding has packed. */
const NAMES = [
  ["gzip", "a.gz a.tgz a.tar.gz a.svgz a.json.gz a.taz a.tpz a.cpgz a.emz a.vgz a.GZ a.bgz a.vcf.bgz a.crate"],
  ["x-gzip", "a.gz a.tgz a-1.2.tar.gz a.tar.gz;v=1 a.tar.gz;v=1.2;w a;b.gz A.TAR.GZ"],
  ["br", "a.br a.js.br a.tar.br"],
  ["zstd", "a.zst a.tzst a.tar.zst"],
  ["deflate", "a.zz a.zlib"],
  ["x-compress", "a.Z a.taz a.tar.Z"],
  ["x-bzip2", "a.bz2 a.tbz a.tbz2"],
  ["bzip2", "a.tb2"],
  ["xz", "a.xz a.txz"],
  ["lzma", "a.lzma a.tlz"],
  ["lzip", "a.lz a.tlz"],
] as const;

Deno.test("a packed file is known by its name, with the coding that packed it", () => {
  for (const [coding, names] of NAMES) {
    for (const name of names.split(" ")) {
      assertEquals([isPacked(name), codingsByName([coding], name)], [true, 1], `${coding} ${name}`);
      assertEquals(codingsByName(["aes128gcm"], name), 0, name);
    }
  }
  for (const name of ["a.html", "a", "gz", "a.gz.html", "agz", "a.gz/b", "a.zip", "a;x.gz;y/b"]) {
    assertEquals([isPacked(name), codingsByName(["gzip"], name)], [false, 0], name);
  }
  assertEquals([codingsByName(["br"], "a.tar.gz"), codingsByName(["gzip"], "a.br")], [0, 0]);
});

Deno.test("a name has as many codings as it has extensions for them, from the innermost on", () => {
  for (
    const [codings, name, count] of [
      ["gzip,gzip", "a.tar.gz", 1],
      ["x-gzip,x-gzip", "a.tar.gz.gz", 2],
      ["gzip,br", "a.tar.gz.br", 2],
      ["gzip,br", "a.tgz", 1],
      ["gzip,br,gzip", "a.gz.br", 2],
      ["br,gzip", "a.gz", 0],
      ["gzip", "a.gz.gz", 1],
      ["gzip,aes128gcm", "a.gz", 1],
    ] as const
  ) assertEquals(codingsByName(codings.split(","), name), count, `${codings} ${name}`);
});

Deno.test("a packed file is known by its type, with the coding that packed it", () => {
  for (
    const [coding, types] of [
      [
        "gzip",
        "application/gzip application/x-gzip application/x-tgz application/x-compressed-tar Application/GZIP;x=y",
      ],
      ["x-gzip", "application/x-gtar application/x-gtar-compressed application/x-tar-gz application/x-targz"],
      ["gzip", "application/x-tar+gzip application/x-compressed multipart/x-gzip application/x-gunzip"],
      ["gzip", "image/svg+xml-compressed application/tei+gzip application/vnd.oci.image.layer.v1.tar+gzip"],
      ["gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip application/gzipped application/gzip-compressed"],
      ["br", "application/brotli application/x-brotli application/x-br"],
      ["zstd", "application/zstd application/x-zstd application/x-zst application/x-zstd-compressed-tar a/b.tar+zstd"],
      ["deflate", "application/zlib"],
      ["compress", "application/x-compress application/x-tarz"],
      ["bzip2", "application/x-bzip2 application/x-bzip application/x-bzip-compressed-tar"],
      ["xz", "application/x-xz application/x-xz-compressed-tar"],
    ] as const
  ) {
    for (const type of types.split(" ")) assertEquals(isTypeOf(coding, type), true, type);
  }
  for (const type of ["", "text/html", "application/zstd", "application/zip", "image/svg+xml", "application/x-tar"]) {
    assertEquals(isTypeOf("gzip", type), false, type);
  }
});

Deno.test("packed data is known by its first bytes", () => {
  const begins = (coding: string, hex: string) => beginsAs(coding, Uint8Array.fromHex(hex));
  assertEquals([begins("x-gzip", "1f8b08"), begins("gzip", "1f8b0800"), begins("zstd", "28b52ffd")], [
    true,
    true,
    true,
  ]);
  assertEquals([begins("gzip", ""), begins("gzip", "1f8b"), begins("zstd", "28b52f")], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([begins("gzip", "1f8c"), begins("gzip", "3c68746d6c"), begins("bzip2", "425a69")], [
    false,
    false,
    false,
  ]);
  assertEquals(["gzip", "zstd", "br", "xz", "new"].map(hasMagic), [true, true, false, false, false]);
});

Deno.test("tellingName() takes the packed name, unless the one before it is that of the content", () => {
  for (
    const [names, telling] of [
      [[undefined, "a.gz"], "a.gz"],
      [["out/b.tar", "a.gz"], "out/b.tar"],
      [["out/b.tar", "a.tgz"], "out/b.tar"],
      [["b.json", "a.json.gz"], "b.json"],
      [["b.SVG", "a.svgz"], "b.SVG"],
      [["b.tgz", "a.html"], "b.tgz"],
      [["b", "a.html"], "b"],
      [["b", "a.gz"], "a.gz"],
      [["/dev/null", "a.gz"], "a.gz"],
      [["out.d/b", "a.gz"], "a.gz"],
      [["out/.hidden", "a.gz"], "a.gz"],
      [["/tmp/tmp.Xa3bC", "a.tar.gz"], "a.tar.gz"],
      [["v1.2", "a.tar.gz"], "a.tar.gz"],
      [["b.bin", "a.tar.gz"], "a.tar.gz"],
      [[undefined, "4711", "a.tar.gz"], "a.tar.gz"],
      [[undefined, "x.tar", "a.tar.gz"], "x.tar"],
    ] as const
  ) assertEquals(tellingName(...names), telling, names.join());
});

Deno.test("hasExtension() does not take the dots of a version for one", () => {
  const names = ["a.gz", "a.7z", "a", "v1.2", "a.tar.gz;v=1"];
  assertEquals(names.map(hasExtension), [true, true, false, false, true]);
});

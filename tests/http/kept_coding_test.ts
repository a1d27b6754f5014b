import * as zlib from "node:zlib";
import { assertEquals } from "@std/assert";
import { Fields } from "../../lib/http/head.ts";
import { asksForIdentity, type CodingOptions, codingsAround, sortCodings } from "../../lib/http/kept_coding.ts";

function fieldsOf(codings: string, type = ""): Fields {
  const fields = new Fields();
  fields.add("Content-Encoding", codings);
  fields.add("Content-Type", type);
  return fields;
}

/** What is undone, and why the rest is not: `name`, `type`, `identity`, or nothing. */
function sorted(codings: string, name: string, type = "", options: CodingOptions = {}): [string, string] {
  const { undone, notice = "" } = sortCodings(fieldsOf(codings, type), { name, ...options });
  const why = /as its (name|type) says|though the server was asked for it unpacked/.exec(notice);
  return [undone.join(), why?.[1] ?? (why ? "identity" : "")];
}

Deno.test("sortCodings() keeps the innermost coding when it is what the file is", () => {
  assertEquals(sorted("gzip", "a.tgz", "text/plain"), ["", "name"]);
  assertEquals(sorted("gzip", "a", "application/gzip"), ["", "type"]);
  assertEquals(
    sorted("gzip", "a.gtar", "application/x-gtar"),
    ["gzip", ""],
    "the name of an archive that is not packed",
  );
  assertEquals(sorted("gzip", "a", "application/x-tar"), ["gzip", ""]);
  assertEquals(sorted("deflate", "a.tgz"), ["deflate", ""], "a coding for the way");
});

Deno.test("sortCodings() undoes the codings around those that stay", () => {
  assertEquals(sorted("gzip, br", "a.tgz"), ["br", "name"]);
  assertEquals(sorted("identity, gzip, gzip", "a.tgz"), ["gzip", "name"]);
  assertEquals(sorted("gzip, gzip", "a", "application/gzip"), ["gzip", "type"]);
  assertEquals(sorted("gzip, br", "a.tar.gz.br"), ["", "name"]);
  assertEquals(sorted("br, gzip", "a.tgz"), ["br,gzip", ""]);
});

Deno.test("sortCodings() keeps every coding that came though none was asked for, and does what the options say", () => {
  assertEquals(sorted("gzip, br", "a.html", "", { identity: true }), ["", "identity"]);
  assertEquals(sorted("gzip, br", "a.gz", "", { identity: true }), ["", "name"]);
  assertEquals(sorted("identity", "a.gz", "", { identity: true }), ["", ""]);
  assertEquals(sorted("gzip, br", "a.gz", "application/gzip", { identity: true, decode: true }), ["gzip,br", ""]);
  assertEquals(sorted("gzip", "a.gz", "", { raw: true }), ["", ""]);
});

Deno.test("sortCodings() names --decode where that can undo what stays", () => {
  const names = (coding: string) => sortCodings(fieldsOf(coding), { identity: true }).notice?.includes("--decode");
  assertEquals(["gzip", "gzip, br", "x-compress", "gzip, aes128gcm"].map(names), [true, true, false, false]);
});

const TEXT = new TextEncoder().encode("what is in the archive ".repeat(50));
const gzip = (bytes: Uint8Array) => new Uint8Array(zlib.gzipSync(bytes));
const br = (bytes: Uint8Array) => new Uint8Array(zlib.brotliCompressSync(bytes));
const zstd = (bytes: Uint8Array) => new Uint8Array(zlib.zstdCompressSync(bytes));

Deno.test("codingsAround() finds by the first bytes what is to be undone", async () => {
  const mayPack = true;
  const cases: [
    codings: string,
    name: string,
    body: Uint8Array,
    undone: string | undefined,
    options?: CodingOptions,
  ][] = [
    ["gzip, gzip", "a.tgz", gzip(gzip(TEXT)), "gzip"],
    ["gzip, gzip", "a.tgz", gzip(TEXT), ""],
    ["gzip, gzip, gzip", "a.tgz", gzip(TEXT), ""],
    ["gzip, gzip, gzip", "a.tgz", gzip(gzip(TEXT)), "gzip"],
    ["gzip, gzip", "a.tgz.gz", gzip(gzip(TEXT)), undefined],
    ["gzip, br", "a.tgz", br(gzip(TEXT)), "br"],
    ["gzip, br", "a.tgz", gzip(TEXT), ""],
    ["gzip, zstd", "a.tgz", zstd(gzip(TEXT)), "zstd"],
    ["gzip, gzip, br", "a.tgz", br(gzip(TEXT)), "br"],
    ["zstd, gzip", "a.zst", gzip(zstd(TEXT)), "gzip"],
    ["zstd, gzip", "a.zst", zstd(TEXT), ""],
    ["gzip, gzip", "a.tgz", TEXT, "gzip"],
    ["gzip", "a.tgz", gzip(gzip(TEXT)), undefined],
    ["gzip", "a.tgz", gzip(gzip(TEXT)), "gzip", { mayPack }],
    ["gzip", "a.tgz", gzip(TEXT), "", { mayPack }],
    ["zstd", "a.zst", zstd(zstd(TEXT)), "zstd", { mayPack }],
    ["br", "a.br", br(br(TEXT)), undefined, { mayPack }],
    ["x-bzip2", "a.bz2", TEXT, undefined, { mayPack }],
  ];
  for (const [header, name, body, undone, options] of cases) {
    const codings = sortCodings(fieldsOf(header), { name, ...options });
    assertEquals(codings.guesses.length > 0, undone !== undefined, `${header} ${name}`);
    if (undone === undefined) continue;
    for (
      const [head, whole] of [[body, true], [new Uint8Array([...body, ...new Uint8Array(140_000)]), false]] as const
    ) {
      assertEquals((await codingsAround(head, codings, whole))?.join(), undone, `${header} ${name} ${head.length}`);
    }
    // It is sure once, and not too soon.
    for (let length = 1; length < body.length; length++) {
      const found = await codingsAround(body.subarray(0, length), codings, false);
      if (found) assertEquals(found.join(), undone, `${header} ${name} ${length}`);
    }
  }
});

Deno.test("asksForIdentity() reads the user's Accept-Encoding", () => {
  const asks = (...values: string[]) => asksForIdentity(values.map((value) => ["accept-Encoding", value]));
  assertEquals([asks(), asksForIdentity([["Accept", "identity"]])], [undefined, undefined]);
  for (const values of [["identity"], ["Identity;q=1, *;q=0"], ["gzip;q=0", "identity"]]) {
    assertEquals(asks(...values), true, values.join());
  }
  for (const values of [[""], ["gzip"], ["identity, gzip"], ["gzip;q=0.5"], ["identity", "br"]]) {
    assertEquals(asks(...values), false, values.join());
  }
});

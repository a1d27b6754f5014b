import { assertEquals } from "@std/assert";
import { Fields } from "../../lib/http/head.ts";
import { asksForIdentity, type CodingOptions, isPacked, sortCodings, tellingName } from "../../lib/http/packing.ts";

/** What is undone, and why the rest is not: `name`, `type`, `identity`, or nothing. */
function sorted(codings: string, name: string, type = "", options: CodingOptions = {}): [string, string] {
  const fields = new Fields();
  fields.add("Content-Encoding", codings);
  fields.add("Content-Type", type);
  const { undone, notice = "" } = sortCodings(fields, { name, ...options });
  const why = /as its (name|type) says|though the server was asked for it unpacked/.exec(notice);
  return [undone.join(), why?.[1] ?? (why ? "identity" : "")];
}

Deno.test("sortCodings() keeps the innermost coding when it is what the file is by its name", () => {
  for (
    const [coding, names] of [
      ["gzip", "a.gz a.tgz a.tar.gz a.svgz a.json.gz a.taz a.tpz a.cpgz a.emz a.vgz a.GZ"],
      ["x-gzip", "a.gz a.tgz"],
      ["br", "a.br a.js.br"],
      ["zstd", "a.zst a.tzst a.tar.zst"],
      ["x-compress", "a.Z"],
      ["x-bzip2", "a.bz2 a.tbz"],
      ["xz", "a.xz a.txz"],
    ] as const
  ) {
    for (const name of names.split(" ")) {
      assertEquals(sorted(coding, name, "text/plain"), ["", "name"], `${coding} ${name}`);
      assertEquals([isPacked(name), sorted("deflate", name)], [true, ["deflate", ""]], name);
    }
  }
  for (const name of ["a.html", "a", "gz", "a.gz.html", "agz"]) {
    assertEquals([isPacked(name), sorted("gzip", name)], [false, ["gzip", ""]], name);
  }
  assertEquals(sorted("br", "a.tar.gz"), ["br", ""], "a coding for the way");
  assertEquals(sorted("gzip", "a.br"), ["gzip", ""]);
});

Deno.test("sortCodings() keeps the innermost coding when it is what the file is by its type", () => {
  for (
    const [coding, types] of [
      [
        "gzip",
        "application/gzip application/x-gzip application/x-tgz application/x-compressed-tar Application/GZIP;x=y",
      ],
      ["gzip", "image/svg+xml-compressed application/tei+gzip"],
      ["br", "application/brotli application/x-brotli"],
      ["zstd", "application/zstd application/x-zstd"],
      ["compress", "application/x-compress"],
    ] as const
  ) {
    for (const type of types.split(" ")) assertEquals(sorted(coding, "a", type), ["", "type"], type);
  }
  for (const type of ["", "text/html", "application/zstd", "application/zip", "image/svg+xml", "application/x-tar"]) {
    assertEquals(sorted("gzip", "a", type), ["gzip", ""], type);
  }
});

Deno.test("sortCodings() undoes the codings around the one that stays", () => {
  assertEquals(sorted("gzip, br", "a.tgz"), ["br", "name"]);
  assertEquals(sorted("identity, gzip, gzip", "a.tgz"), ["gzip", "name"]);
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
  const noticeOf = (coding: string) => {
    const fields = new Fields();
    fields.add("Content-Encoding", coding);
    return sortCodings(fields, { identity: true }).notice?.includes("--decode");
  };
  assertEquals(["gzip", "gzip, br", "x-compress", "gzip, aes128gcm"].map(noticeOf), [true, true, false, false]);
});

Deno.test("tellingName() takes the name with an extension", () => {
  for (
    const [path, name] of [
      [undefined, "a.gz"],
      ["out/b.tar", "out/b.tar"],
      ["b", "a.gz"],
      ["/dev/null", "a.gz"],
      ["out.d/b", "a.gz"],
      ["out/.hidden", "a.gz"],
    ] as const
  ) assertEquals(tellingName(path, "a.gz"), name);
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

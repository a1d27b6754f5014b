/** Packed files that are cut anywhere, go on or not, and change meanwhile: what is saved is one of them, byte by byte. */

import * as zlib from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { toText } from "../http/helpers.ts";
import { randomFrom } from "../text/random.ts";
import { fetchFrom, Folder, impatient } from "./helpers.ts";
import { type Exchange, serveRaw } from "./server.ts";

type Random = ReturnType<typeof randomFrom>;

/** A file as it lies on the disk of the server, and as it is sent. */
interface Version {
  readonly file: Uint8Array;
  readonly sent: Uint8Array;
  readonly fields: readonly string[];
}

/** Makes one: packed once, and named once or twice, or packed once more for the way. */
function makeVersion(number: number, random: Random): Version {
  const text = Uint8Array.from({ length: 200 + random(3000) }, () => 97 + random(26));
  const file = new Uint8Array(zlib.gzipSync(text));
  const [way, codings] = [
    [(bytes: Uint8Array) => bytes, "gzip"],
    [(bytes: Uint8Array) => bytes, "gzip, gzip"],
    [zlib.gzipSync, "x-gzip, gzip"],
    [zlib.brotliCompressSync, "gzip, br"],
    [zlib.zstdCompressSync, "gzip, zstd"],
  ][random(5)] as [(bytes: Uint8Array) => Uint8Array, string];
  const fields = [`ETag: "${number}"`, `Content-Encoding: ${codings}`];
  return { file, sent: new Uint8Array(way(file)), fields };
}

/** Sends a version from where the range begins, and often not all of it. */
async function send(exchange: Exchange, { sent, fields }: Version, random: Random): Promise<void> {
  const valid = exchange.field("if-range") === undefined || fields[0]!.endsWith(exchange.field("if-range")!);
  const from = valid ? Number(/\d+/.exec(exchange.field("range") ?? "")?.[0] ?? 0) : 0;
  // A server may send less than it was asked for.
  const to = from > 0 && random(3) === 0 ? from + 1 + random(sent.length - from) : sent.length;
  const range = from > 0 ? [`Content-Range: bytes ${from}-${to - 1}/${sent.length}`] : [];
  const body = sent.subarray(from, to);
  const some = random(3) === 0 ? body : body.subarray(0, random(body.length));
  await exchange.answer(from > 0 ? "206 Part" : "200 OK", [...fields, ...range, `Content-Length: ${body.length}`]);
  const size = 1 + random(some.length);
  for (let at = 0; at < some.length; at += size) await exchange.send(some.subarray(at, at + size));
}

Deno.test("a packed file is one of the server's versions however it is cut, coded and continued", async () => {
  using _quick = impatient();
  let complete = 0;
  let continued = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const random = randomFrom(seed * 0x9e3779b1);
    const versions = [makeVersion(0, random)];
    await using folder = await Folder.make();
    await using server = serveRaw((exchange) => {
      if (random(6) === 0) versions.push(makeVersion(versions.length, random));
      return send(exchange, versions.at(-1)!, random);
    });
    for (let run = 0; run < 4; run++) {
      const resume = random(2) === 0;
      const options = { path: folder.at("x.tgz"), retries: random(6), resume };
      if (!await fetchFrom(server.url("/x.tgz"), options).then(() => true, () => false)) continue;
      complete++;
      if (server.ranges.at(-1)?.[0] !== undefined) continued++;
      // What is to be continued comes as it is sent.
      const right = versions.flatMap(({ file, sent }) => resume ? [file, sent] : [file]).map(toText);
      assert(right.includes(await folder.get("x.tgz") ?? ""), `seed ${seed}, run ${run}`);
      assertEquals(await folder.names(), ["x.tgz"]);
      await Deno.remove(folder.at("x.tgz"));
    }
  }
  assert(complete > 20 && continued > 8, `${complete} complete, ${continued} continued`);
});

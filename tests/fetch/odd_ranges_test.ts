/** A server that understands ranges anyhow: what is saved as complete must be one of its versions, byte by byte. */

import { assert, assertEquals } from "@std/assert";
import { randomFrom } from "../text/random.ts";
import { fetchFrom, Folder, impatient } from "./helpers.ts";
import { type Exchange, serveRaw } from "./server.ts";

type Random = ReturnType<typeof randomFrom>;

const SIZE = 40;

/** The bytes of a version; no two versions share one at any offset. */
const textOf = (version: number) =>
  Array.from({ length: SIZE + (version % 3) }, (_, at) => String.fromCharCode(33 + (at * 31 + version * 17) % 90)).join(
    "",
  );

/** Serves one resource whose version changes now and then, and never says anything false of its bytes. */
class OddServer {
  /** Versions so far. */
  version = 0;
  readonly #random: Random;
  /** Which fields tell its versions apart. */
  readonly #kind: number;

  constructor(random: Random) {
    this.#random = random;
    this.#kind = random(4);
  }

  #often(times: number): boolean {
    return this.#random(times) > 0;
  }

  #pick<T>(...values: T[]): T {
    return values[this.#random(values.length)]!;
  }

  #validators(): string[] {
    const modified = `Last-Modified: ${new Date(Date.UTC(2024, 0, 1 + this.version)).toUTCString()}`;
    const date = "Date: Sun, 01 Jan 2040 00:00:00 GMT";
    const kinds = [[`ETag: "${this.version}"`], [`ETag: W/"${this.version}"`, modified], [modified, date], []];
    return kinds[this.#kind] ?? [];
  }

  async answer(exchange: Exchange): Promise<void> {
    if (!this.#often(3)) this.version++;
    const text = textOf(this.version);
    const asked = Number(/\d+/.exec(exchange.field("range") ?? "")?.[0] ?? 0);
    const validators = this.#validators();
    const condition = exchange.field("if-range");
    const valid = condition === undefined || validators.some((field) => field.endsWith(`: ${condition}`));
    // A server that does not look at If-Range tells what it sends; another one need not repeat it.
    const honest = !valid || condition === undefined || this.#often(2) ? validators : [];
    if (asked > 0 && !this.#often(8)) {
      return await exchange.answer("416 No", [`Content-Range: bytes */${text.length}`, ...validators]);
    }
    if (!this.#often(10)) return await exchange.answer("503 Later");
    if (asked === 0 ? this.#often(3) : !this.#often(3)) return await this.#send(exchange, 200, text, validators);
    const start = this.#often(5) ? asked : this.#random(text.length);
    const end = this.#often(3) ? text.length : start + 1 + this.#random(text.length - start);
    const range = this.#range(start, end, text.length);
    // A 200 from byte 0 on is the whole body unless it says how much more there is.
    const status = range.length === 0 || start === 0 || this.#often(3) ? 206 : 200;
    await this.#send(exchange, status, text.slice(start, end), [...honest, ...range]);
  }

  /** How a part is described: rightly as to its first byte, or not at all. */
  #range(start: number, end: number, total: number): string[] {
    if (!this.#often(8)) return [];
    if (!this.#often(8)) return ["Content-Type: multipart/byteranges; boundary=x", `Content-Range: bytes ${start}-`];
    const unit = this.#pick("bytes ", "bytes ", "BYTES=", "bytes: ", "");
    const last = this.#pick(`-${end - 1}`, `-${end - 1}`, `-${end + 7}`, "-", "");
    const size = this.#pick(`/${total}`, `/${total}`, "/*", "", `/${start}`);
    return [`Content-Range: ${unit}${start}${last}${size}`];
  }

  /** Sends a body in one of three framings, all of it or not. */
  async #send(exchange: Exchange, status: number, body: string, fields: readonly string[]): Promise<void> {
    const sent = this.#often(3) ? body : body.slice(0, this.#random(body.length));
    const framing = this.#random(3);
    const head = [`HTTP/1.1 ${status} So`, ...fields];
    if (framing === 0) {
      return await exchange.send([...head, "Transfer-Encoding: chunked", "", ""].join("\r\n"), ...chunks(sent, body));
    }
    // The end of a connection alone does not tell that a whole body is cut.
    if (framing === 1 && status === 206) return await exchange.send([...head, "", ""].join("\r\n"), sent);
    await exchange.send([...head, `Content-Length: ${body.length}`, "", ""].join("\r\n"), sent);
  }
}

function chunks(sent: string, body: string): string[] {
  const begun = sent === "" ? [] : [`${sent.length.toString(16)}\r\n${sent}\r\n`];
  return sent === body ? [...begun, "0\r\n\r\n"] : begun;
}

Deno.test("no server that is odd about ranges makes a mixture or a part pass for the whole", async () => {
  using _quick = impatient();
  let complete = 0;
  let continued = 0;
  for (let seed = 1; seed <= 70; seed++) {
    const odd = new OddServer(randomFrom(seed * 0x9e3779b1));
    await using folder = await Folder.make();
    await using server = serveRaw((exchange) => odd.answer(exchange));
    for (let run = 0; run < 4; run++) {
      const wishes = { path: folder.at("file"), resume: true, retries: run % 3, timeout: 5000 };
      const done = await fetchFrom(server.url(), wishes).then(() => true, () => false);
      if (!done) continue;
      complete++;
      if (server.ranges.at(-1)?.[0] !== undefined) continued++;
      const text = await folder.get("file");
      const versions = Array.from({ length: odd.version + 1 }, (_, version) => textOf(version));
      assert(versions.includes(text ?? ""), `seed ${seed}, run ${run}: ${text}`);
      assertEquals(await folder.names(), ["file"]);
      await Deno.remove(folder.at("file"));
    }
  }
  assert(complete > 60 && continued > 5, `${complete} complete, ${continued} continued`);
});

/** TLS connections that end without a close_notify (RFC 8446 section 6.1): nobody knows if the body has all come. */

import { assertEquals } from "@std/assert";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { fails, fetchFrom, Log, test, type Wishes } from "./helpers.ts";
import { serveRaw } from "./server.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const TO_THE_END = `${OK}\r\nhello`;

/** Passes the connections to a port on until it is told to cut them: TLS sends nothing then. */
class Relay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns: Deno.Conn[] = [];
  readonly #running: Promise<void>;

  constructor(port: number) {
    this.#running = this.#run(port);
  }

  url(): URL {
    return new URL(`https://127.0.0.1:${this.#listener.addr.port}/file`);
  }

  cut(): void {
    for (const conn of this.#conns.splice(0)) conn.close();
  }

  async #run(port: number): Promise<void> {
    const ends: Promise<void>[] = [];
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#conns.push(near, far);
      ends.push(pass(near, far), pass(far, near));
    }
    await Promise.all(ends);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#running;
  }
}

async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(4096);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) await to.write(buffer.subarray(0, count));
  } catch {
    // It was cut.
  }
}

/** Plays a server that says something, and a connection that is cut once the client has it all, each way to verify. */
async function cutting(said: string, play: (url: URL, wishes: Wishes, log: Log) => Promise<void>): Promise<void> {
  await using made = await Certificates.make();
  for (
    const [pair, wishes] of [[await made.signed(), { ca: made.ca }], [await made.selfSigned(), {
      insecure: true,
    }]] as const
  ) {
    await using server = serveRaw((exchange) => exchange.send(said).then(() => exchange.stall()), pair);
    await using relay = new Relay(server.port);
    const watch = new Log();
    watch.onProgress = () => relay.cut();
    await play(relay.url(), { ...wishes, watch }, watch);
  }
}

const needed = { ignore: !hasOpenssl };

test("a body whose TLS connection ends without close_notify is kept as a part, with a word", async ({ path, kept }) => {
  await cutting(TO_THE_END, async (url, wishes, { notices }) => {
    const end = "lost: gone without the end that TLS asks for; --allow-truncated takes it as complete";
    await fails(url, "session", end, { path, ...wishes });
    assertEquals(notices.map((notice) => notice.slice(0, notice.indexOf(","))), [`5 bytes are kept in ${path}.part`]);
    await kept("hello");
  });
}, needed);

test("--allow-truncated takes it as complete", async ({ folder, path }) => {
  await cutting(TO_THE_END, async (url, wishes) => {
    await folder.put("file", "old");
    await fetchFrom(url, { path, allowTruncated: true, ...wishes });
    assertEquals(await folder.files(), { file: "hello" });
  });
}, needed);

test("a stream that cannot begin again names what cut it, and --allow-truncated", async () => {
  await cutting(TO_THE_END, async (url, wishes) => {
    const stream = new StreamTarget(() => {});
    const { message } = await fails(url, "session", "lost: gone without", { stream, retries: 3, ...wishes });
    const end = "; --allow-truncated takes it as complete; it cannot begin again, for 5 bytes have been passed on";
    assertEquals(message.slice(-end.length), end);
  });
}, needed);

for (
  const [what, said, kind, words, part] of [
    [
      "a body that is shorter than its length",
      `${OK}Content-Length: 10\r\n\r\nhello`,
      "session",
      "TLS asks for",
      "hello",
    ],
    [
      "chunks without the last one",
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
      "session",
      "TLS asks for",
      "hello",
    ],
    ["coded data without its end", `${OK}Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0`, "protocol", "cut off", ""],
    ["the beginning of a part", `${OK}Content-Range: bytes 0-4/10\r\n\r\nhello`, "protocol", "5 of 10 bytes", "hello"],
  ] as const
) {
  test(`--allow-truncated does not take ${what}`, async ({ path, kept }) => {
    await cutting(said, async (url, wishes) => {
      await fails(url, kind, words, { path, allowTruncated: true, ...wishes });
      await kept(part);
    });
  }, needed);
}

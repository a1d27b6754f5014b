/** What TLS clients say of servers that break TLS in their own ways: the cause, in one line. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { StreamChannel } from "../../../lib/transport/stream.ts";
import { dialTls, type TlsOptions } from "../../../lib/transport/tls/client.ts";
import { FILES } from "../../support/failing.ts";
import { spawnSockeye } from "../../support/harness.ts";
import { HOST, Reverser, test } from "./tls.ts";

/** TLS with a server fails, and the message says this of it. */
async function fails(port: number, words: RegExp, options: Partial<TlsOptions>): Promise<void> {
  const open = async () => new StreamChannel(await Deno.connect({ hostname: HOST, port }));
  const all = { serverName: "localhost", protocols: ["http/1.1"], signal: new AbortController().signal, ...options };
  const { kind, message } = await assertRejects(() => dialTls(open, all), SockeyeError);
  const [, reason] = /^Cannot speak TLS with localhost: (.+)$/.exec(message) ?? [];
  assertMatch(reason ?? message, words);
  assertEquals(kind, "tls");
}

const OLD = ["-cipher", "ALL:@SECLEVEL=0"];

test(
  "a server's version, ciphers, curves and wish for a certificate are named when they are the cause",
  [],
  async (made) => {
    const { ca } = made;
    for (
      const [options, words] of [
        [["-tls1", ...OLD], /^it speaks TLS 1\.0 at most; this program speaks TLS 1\.2 and 1\.3$/],
        [
          ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
          /^it has only ciphers that are not taken \(0xc023\); this program has ECDHE with AES-GCM or ChaCha20, /,
        ],
        [
          ["-tls1_2", "-groups", "brainpoolP256r1"],
          /^it has only curves .* that are not taken \(0x001a\); .* X25519, P-256/,
        ],
        [
          ["-tls1_2", "-Verify", "1", "-verify_return_error"],
          /^it asks for a certificate of the client; --cert and --key show one$/,
        ],
      ] as const
    ) {
      await using server = await Reverser.start(made, 1, ...options);
      for (const trust of [{ ca }, { insecure: true }]) await fails(server.port, words, trust);
    }
  },
);

test("fetch ends with 6 when the server asks for a certificate after the handshake", [], async (made) => {
  await using server = await Reverser.start(made, 1, "-Verify", "1", "-verify_return_error");
  const args = ["fetch", `https://localhost:${server.port}/`, "-o", "-", "-k"];
  const { stderr } = await spawnSockeye(args, { permissions: FILES }).ends(6);
  assertMatch(
    stderr,
    /^sockeye: Connection to .* lost: it asks for a certificate of the client; --cert and --key show one \(/,
  );
});

test("the name and the time of a certificate are seen with TLS 1.3 alone as well", [], async (made) => {
  await made.signed({ names: "DNS:example.com", dates: ["200101000000Z", "200102000000Z"] });
  await using server = await Reverser.start(made, 2, "-tls1_3");
  const words =
    /^its certificate expired on 2020-01-02, and is for "example\.com", not for "localhost"; --insecure does/;
  await fails(server.port, words, { ca: made.ca });
});

/** Serves clients that speak TLS something else. */
class Stranger implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: HOST, port: 0 });
  readonly #serving: Promise<void>;

  constructor(answer: (conn: Deno.Conn, hello: Uint8Array) => Promise<unknown>) {
    this.#serving = this.#serve(answer);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(answer: (conn: Deno.Conn, hello: Uint8Array) => Promise<unknown>): Promise<void> {
    for await (const conn of this.#listener) {
      const buffer = new Uint8Array(4096);
      const count = await conn.read(buffer) ?? 0;
      await answer(conn, buffer.subarray(0, count)).catch(() => {});
      conn.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

const text = (words: string) => (conn: Deno.Conn) => conn.write(new TextEncoder().encode(words));
const bytes = (...bytes: number[]) => (conn: Deno.Conn) => conn.write(Uint8Array.from(bytes));
const alert = (number: number) => bytes(21, 3, 3, 0, 2, 2, number);

for (
  const [what, answer, words] of [
    [
      "plain HTTP",
      text("HTTP/1.1 400 Bad Request\r\n\r\n"),
      /^it does not speak TLS but plain HTTP: its address begins with http:\/\/$/,
    ],
    [
      "a greeting",
      text("220 mail \x1b[2J\r\n"),
      /^it does not speak TLS but says "220 mail \\x1b\[2J"; try it without TLS$/,
    ],
    ["zeros", bytes(...Array(100).fill(0)), /^it does not speak TLS; try it without TLS$/],
    [
      "its echo",
      (conn: Deno.Conn, hello: Uint8Array) => conn.write(hello),
      /^it does not speak TLS: it sends back what it/,
    ],
    ["nothing", () => Promise.resolve(), /^it ended the connection during the handshake$/],
    ["an alert about names", alert(112), /^it does not know the name that we asked for$/],
    ["an alert about ALPN", alert(120), /^it does not speak the protocol that we offer in ALPN$/],
    ["an alert about certificates", alert(42), /^it asks for a certificate of the client; --cert and --key show one$/],
    ["another alert", alert(80), /^it refused the handshake \(alert internal_error\)$/],
    ["an unknown alert", alert(200), /^it refused the handshake \(alert 0xc8\)$/],
  ] as const
) {
  Deno.test(`dialTls() says what answers where TLS is asked for: ${what}`, async () => {
    await using server = new Stranger(answer);
    for (const insecure of [false, true]) await fails(server.port, words, { insecure });
  });
}

Deno.test("fetch says that a server speaks TLS where http is asked for", async () => {
  await using server = new Stranger(alert(70));
  const args = ["fetch", `http://localhost:${server.port}/`, "-o", "-"];
  const { stderr } = await spawnSockeye(args, { permissions: FILES }).ends(7);
  assertMatch(stderr, /^sockeye: Bad answer: the server speaks TLS: its address begins with https:\/\/ /);
});

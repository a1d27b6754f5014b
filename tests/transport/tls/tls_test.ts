import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import type { Channel } from "../../../lib/transport/channel.ts";
import { connect } from "../../../lib/transport/connect.ts";
import { StreamChannel } from "../../../lib/transport/stream.ts";
import { dialTls, type TlsOptions } from "../../../lib/transport/tls/client.ts";
import { startNodeTls } from "../../../lib/transport/tls/node.ts";
import { onlyTrusted } from "../../../lib/transport/tls/trust.ts";
import { Certificates, FUTURE, hasOpenssl, type Pair, PAST } from "../../support/certificates.ts";

/** A TLS server that gives back what it gets; a client that leaves in the handshake is no failure. */
class TlsEcho implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TlsListener;
  readonly #running: Promise<void>;

  constructor({ cert, key }: Pair) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key, alpnProtocols: ["h2", "http/1.1"] });
    this.port = this.#listener.addr.port;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const talks: Promise<void>[] = [];
    while (true) {
      try {
        talks.push(this.#talk(await this.#listener.accept()));
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) break;
      }
    }
    await Promise.all(talks);
  }

  async #talk(conn: Deno.TlsConn): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (let count; (count = await conn.read(buffer)) !== null;) {
        for (let at = 0; at < count;) at += await conn.write(buffer.subarray(at, count));
      }
      await conn.closeWrite();
    } catch {
      // It left.
    }
    conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
  }
}

/** A connected TCP channel. */
async function dialled(port: number): Promise<StreamChannel> {
  return new StreamChannel((await connect("127.0.0.1", port, new AbortController().signal)).conn);
}

const LOCAL: TlsOptions = { serverName: "127.0.0.1", signal: new AbortController().signal };
const LOCALHOST: TlsOptions = { ...LOCAL, serverName: "localhost" };

/** A way to TLS with a server on this machine. */
type Start = (port: number, options: TlsOptions) => Promise<Channel>;

const dial: Start = (port, options) => dialTls(() => dialled(port), options);

/** The route that compares with the certificates of `ca`, alone: no other is tried after it. */
const startTrusted: Start = async (port, options) =>
  await startNodeTls(await dialled(port), options, onlyTrusted(options.ca ?? "", options.serverName));

/** TLS with a server that has this certificate; the channel must work. */
async function works(pair: Pair, options: TlsOptions, start = dial): Promise<void> {
  await using server = new TlsEcho(pair);
  const channel = await start(server.port, options);
  try {
    assertEquals([channel.transport, channel.peer, channel.host], ["tls", `127.0.0.1:${server.port}`, "127.0.0.1"]);
    await echoes(channel);
  } finally {
    channel.close();
  }
}

/** A megabyte there and back, in a small buffer. */
async function echoes(channel: Channel): Promise<void> {
  const sent = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
  const sending = (async () => {
    for (let at = 0; at < sent.length;) at += await channel.write(sent.subarray(at, at + 50_000));
    await channel.closeWrite();
  })();
  const got = new Uint8Array(sent.length);
  const buffer = new Uint8Array(10_000);
  let length = 0;
  for (let count; (count = await channel.read(buffer)) !== null; length += count) {
    got.set(buffer.subarray(0, count), length);
  }
  await sending;
  assertEquals([length, got.findIndex((byte, i) => byte !== sent[i])], [sent.length, -1]);
}

/** TLS with a server that has this certificate must fail with these words. */
async function refused(pair: Pair, words: string, options = LOCAL, start = dial): Promise<void> {
  await using server = new TlsEcho(pair);
  const error = await assertRejects(() => start(server.port, options), SockeyeError, words);
  assertEquals(error.kind, "tls");
  assert(error.message.startsWith(`Cannot speak TLS with ${options.serverName}: `), error.message);
}

/** A test with an authority of its own. */
function test(name: string, fn: (made: Certificates) => Promise<void>): void {
  Deno.test(name, { ignore: !hasOpenssl }, async () => {
    await using made = await Certificates.make();
    await fn(made);
  });
}

test("dialTls() refuses a certificate that has expired or is not valid yet", async (made) => {
  const options = { ...LOCAL, ca: made.ca };
  await refused(
    await made.signed({ dates: PAST }),
    "its certificate expired on 2020-01-02; --insecure does not check",
    options,
  );
  await refused(
    await made.signed({ dates: FUTURE }),
    "its certificate is not valid before 2049-01-01; --insecure does not check",
    options,
  );
});

test("dialTls() trusts exactly the self-signed certificates that --ca names", async (made) => {
  const [pair, other] = [await made.selfSigned(), await made.selfSigned()];
  for (const start of [dial, startTrusted]) {
    await works(pair, { ...LOCAL, ca: pair.cert }, start);
    await works(pair, { ...LOCALHOST, ca: `${other.cert}\n${pair.cert}` }, start);
    for (const ca of [other.cert, made.ca, "", "garbage"]) {
      await refused(pair, "is not the one that --ca names", { ...LOCAL, ca }, start);
    }
  }
});

test("dialTls() connects once when --ca has the server's certificate or its signer, else asks the platform too, and looks once more when all have refused", async (made) => {
  const [signed, own, other] = [await made.signed(), await made.selfSigned(), await made.selfSigned()];
  const connections = async (pair: Pair, ca: string, onSecured?: () => void) => {
    await using server = new TlsEcho(pair);
    let count = 0;
    const open = () => (count++, dialled(server.port));
    const channel = await dialTls(open, { ...LOCAL, ca, onSecured }).catch(() => undefined);
    channel?.close();
    return [channel !== undefined, count];
  };
  for (const onSecured of [undefined, () => {}]) {
    assertEquals(await connections(signed, made.ca, onSecured), [true, 1]);
    assertEquals(await connections(own, own.cert, onSecured), [true, 1]);
    assertEquals(await connections(signed, `${other.cert}\n${made.ca}`, onSecured), [true, 2]);
    assertEquals(await connections(own, other.cert, onSecured), [false, 3]);
  }
});

test("onlyTrusted() looks at the name and the dates as well", async (made) => {
  const cases = [
    [{ names: "DNS:example.com" }, 'its certificate is for "example.com", not for 127.0.0.1; '],
    [
      { names: "IP:127.0.0.2,DNS:127.0.0.1.example.com" },
      'its certificate is for 127.0.0.2 and "127.0.0.1.example.com", not for 127.0.0.1; ',
    ],
    [{ dates: PAST }, "its certificate expired on 2020-01-02; "],
    [{ dates: FUTURE }, "its certificate is not valid before 2049-01-01; "],
  ] as const;
  for (const [details, words] of cases) {
    const pair = await made.selfSigned(details);
    await refused(pair, words, { ...LOCAL, ca: pair.cert }, startTrusted);
  }
});

for (const insecure of [false, true]) {
  const how = insecure ? " (insecure)" : "";

  Deno.test(`dialTls()${how} gives up with its signal, before the handshake and in it`, async () => {
    const reason = new Error("enough");
    for (const stop of [AbortSignal.abort(reason), undefined]) {
      const later = new AbortController();
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const serving = listener.accept().then(async (conn) => {
        if (!stop) await conn.read(new Uint8Array(4096));
        later.abort(reason);
        conn.close();
      });
      const dialling = dial(listener.addr.port, { ...LOCAL, insecure, signal: stop ?? later.signal });
      assertStrictEquals(await assertRejects(() => dialling), reason);
      await serving;
    }
  });

  test(`a read of a TLS channel${how} that is closed by its owner does not look like the peer's end`, async (made) => {
    await using server = new TlsEcho(await made.signed());
    const channel = await dial(server.port, { ...LOCAL, ca: made.ca, insecure });
    const reading = channel.read(new Uint8Array(10)).then((count) => `read ${count}`, () => "failed");
    channel.close();
    assertEquals(await reading, "failed");
  });
}

test("dialTls() gives no channel when its signal comes just as the handshake ends", async (made) => {
  await using server = new TlsEcho(await made.signed());
  const stop = new AbortController();
  const reason = new Error("enough");
  const real = Deno.startTls;
  Deno.startTls = async (conn, options) => {
    const secured = await real(conn, options);
    const handshake = secured.handshake.bind(secured);
    return Object.assign(secured, { handshake: () => handshake().finally(() => stop.abort(reason)) });
  };
  try {
    const starting = dial(server.port, { ...LOCAL, ca: made.ca, signal: stop.signal });
    assertStrictEquals(await assertRejects(() => starting), reason);
  } finally {
    Deno.startTls = real;
  }
});

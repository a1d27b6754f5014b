import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import type { Channel } from "../../../lib/transport/channel.ts";
import { connect } from "../../../lib/transport/connect.ts";
import { StreamChannel } from "../../../lib/transport/stream.ts";
import { isSelfSigned, startTls, startTrustedTls, type TlsOptions } from "../../../lib/transport/tls/client.ts";
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

const LOCAL: TlsOptions = { serverName: "127.0.0.1" };

/** TLS with a server that has this certificate; the channel must work. */
async function works(pair: Pair, options: TlsOptions & { ca: string }, start: typeof startTrustedTls): Promise<void>;
async function works(pair: Pair, options: TlsOptions, start?: typeof startTls): Promise<void>;
async function works(
  pair: Pair,
  options: TlsOptions,
  start: (channel: StreamChannel, options: TlsOptions & { ca: string }) => Promise<Channel> = startTls,
): Promise<void> {
  await using server = new TlsEcho(pair);
  const channel = await start(await dialled(server.port), options as TlsOptions & { ca: string });
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
async function refused(
  pair: Pair,
  words: string,
  options: TlsOptions = LOCAL,
  start: typeof startTls | typeof startTrustedTls = startTls,
): Promise<SockeyeError> {
  await using server = new TlsEcho(pair);
  const channel = await dialled(server.port);
  const starting = () => start(channel, options as TlsOptions & { ca: string });
  const error = await assertRejects(starting, SockeyeError, words);
  assertEquals(error.kind, "tls");
  assert(error.message.startsWith(`Cannot speak TLS with ${options.serverName}: `), error.message);
  return error;
}

const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore: !hasOpenssl, fn });

test("startTls() trusts whom --ca names", async () => {
  await using made = await Certificates.make();
  const pair = await made.signed();
  await works(pair, { ...LOCAL, ca: made.ca });
  await works(pair, { serverName: "localhost", ca: made.ca });
});

test("startTls() refuses a stranger and says what to do", async () => {
  await using made = await Certificates.make();
  await using other = await Certificates.make();
  const pair = await made.signed();
  const error = await refused(pair, "signed by nobody we trust; --ca FILE adds a signer, --insecure takes anyone");
  assert(!isSelfSigned(error));
  await refused(pair, "signed by nobody we trust", { ...LOCAL, ca: other.ca });
});

test("startTls() refuses a certificate for another name", async () => {
  await using made = await Certificates.make();
  const pair = await made.signed({ names: "DNS:example.com" });
  await refused(pair, "its certificate is for another name", { ...LOCAL, ca: made.ca });
  await refused(pair, "its certificate is for another name", { serverName: "localhost", ca: made.ca });
});

test("startTls() refuses a certificate that has expired or is not valid yet", async () => {
  await using made = await Certificates.make();
  const options = { ...LOCAL, ca: made.ca };
  await refused(await made.signed({ dates: PAST }), "its certificate has expired", options);
  await refused(await made.signed({ dates: FUTURE }), "its certificate is not valid yet", options);
});

test("startTls() takes any certificate with insecure", async () => {
  await using made = await Certificates.make();
  const insecure = { ...LOCAL, insecure: true };
  await works(await made.signed(), insecure);
  await works(await made.selfSigned(), insecure);
  await works(await made.signed({ names: "DNS:example.com", dates: PAST }), {
    serverName: "localhost",
    insecure: true,
  });
});

test("startTls() says that a certificate is self-signed, and isSelfSigned() knows it", async () => {
  await using made = await Certificates.make();
  const pair = await made.selfSigned();
  const words = "its certificate is self-signed; --ca FILE with that certificate trusts it, --insecure takes anyone";
  assert(isSelfSigned(await refused(pair, words)));
  assert(isSelfSigned(await refused(pair, words, { ...LOCAL, ca: pair.cert })));
  assert(!isSelfSigned(new Error("CaUsedAsEndEntity")));
});

test("startTrustedTls() trusts exactly the self-signed certificates that --ca names", async () => {
  await using made = await Certificates.make();
  const [pair, other] = [await made.selfSigned(), await made.selfSigned()];
  await works(pair, { ...LOCAL, ca: pair.cert }, startTrustedTls);
  await works(pair, { serverName: "localhost", ca: `${other.cert}\n${pair.cert}` }, startTrustedTls);
  for (const ca of [other.cert, made.ca, "", "garbage"]) {
    await refused(pair, "is not the one that --ca names", { ...LOCAL, ca }, startTrustedTls);
  }
});

test("startTrustedTls() looks at the name and the dates as well", async () => {
  await using made = await Certificates.make();
  const judged = async (wishes: Parameters<typeof made.selfSigned>[0], words: string) => {
    const pair = await made.selfSigned(wishes);
    await refused(pair, words, { ...LOCAL, ca: pair.cert }, startTrustedTls);
  };
  await judged({ names: "DNS:example.com" }, "its certificate is for another name");
  await judged({ names: "IP:127.0.0.2,DNS:127.0.0.1.example.com" }, "its certificate is for another name");
  await judged({ dates: PAST }, "has expired or is not valid yet");
  await judged({ dates: FUTURE }, "has expired or is not valid yet");
});

/** A TCP server that does one thing with its only connection. */
class Raw implements AsyncDisposable {
  readonly port: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #running: Promise<void>;

  constructor(act: (conn: Deno.TcpConn) => Promise<unknown>) {
    this.port = this.#listener.addr.port;
    this.#running = this.#run(act);
  }

  async #run(act: (conn: Deno.TcpConn) => Promise<unknown>): Promise<void> {
    using conn = await this.#listener.accept();
    await act(conn).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#running;
  }
}

const drain = async (conn: Deno.Conn) => {
  const buffer = new Uint8Array(4096);
  while (await conn.read(buffer) !== null);
};

for (const insecure of [false, true]) {
  const how = insecure ? " (insecure)" : "";

  Deno.test(`startTls()${how} says that a server does not speak TLS`, async () => {
    await using server = new Raw(async (conn) => {
      await conn.read(new Uint8Array(4096));
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await drain(conn);
    });
    const channel = await dialled(server.port);
    const error = await assertRejects(() => startTls(channel, { ...LOCAL, insecure }), SockeyeError);
    assertEquals([error.kind, error.message], ["tls", "Cannot speak TLS with 127.0.0.1: it does not speak TLS"]);
  });

  Deno.test(`startTls()${how} says that a server hung up in the handshake`, async () => {
    await using server = new Raw((conn) => conn.read(new Uint8Array(4096)));
    const channel = await dialled(server.port);
    const error = await assertRejects(() => startTls(channel, { ...LOCAL, insecure }), SockeyeError);
    assertEquals(error.kind, "tls");
    assertEquals(error.message, "Cannot speak TLS with 127.0.0.1: it ended the connection during the handshake");
  });

  Deno.test(`startTls()${how} stops a handshake that stalls when its signal says so`, async () => {
    const hello = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    await using server = new Raw(async (conn) => {
      await conn.read(new Uint8Array(4096));
      hello.resolve();
      await over.promise;
    });
    const stop = new AbortController();
    const reason = new Error("enough");
    const channel = await dialled(server.port);
    const starting = startTls(channel, { ...LOCAL, insecure, signal: stop.signal });
    starting.catch(() => {});
    await hello.promise;
    stop.abort(reason);
    assertStrictEquals(await assertRejects(() => starting), reason);
    over.resolve();
  });

  Deno.test(`startTls()${how} does not begin when its signal has come already`, async () => {
    const over = Promise.withResolvers<void>();
    await using server = new Raw(() => over.promise);
    const reason = new Error("enough");
    const channel = await dialled(server.port);
    const starting = startTls(channel, { ...LOCAL, insecure, signal: AbortSignal.abort(reason) });
    assertStrictEquals(await assertRejects(() => starting), reason);
    over.resolve();
  });

  test(`a read of a TLS channel${how} that is closed by its owner does not look like the peer's end`, async () => {
    await using made = await Certificates.make();
    await using server = new TlsEcho(await made.signed());
    const channel = await startTls(await dialled(server.port), { ...LOCAL, ca: made.ca, insecure });
    const reading = channel.read(new Uint8Array(10)).then((count) => `read ${count}`, () => "failed");
    channel.close();
    assertEquals(await reading, "failed");
  });
}

test("startTls() gives no channel that its signal has closed just as the handshake ended", async () => {
  await using made = await Certificates.make();
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
    const starting = startTls(await dialled(server.port), { ...LOCAL, ca: made.ca, signal: stop.signal });
    assertStrictEquals(await assertRejects(() => starting), reason);
  } finally {
    Deno.startTls = real;
  }
});

/** Whom `client tls://` trusts, and what it says of those whom it does not: one line, and exit code 6. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ending, python, spawnSockeye, tool } from "../support/harness.ts";
import { PAST } from "../support/certificates.ts";
import { READ } from "../support/failing.ts";
import { HOST, Reverser, type Scene, test } from "./tls.ts";

/** Says something to the reverser and is done when it has come back. */
async function speak(port: number, flags: readonly string[], host = HOST): Promise<Ending> {
  const args = ["client", `tls://${host}:${port}`, "--send", "drawer\n", "--expect", "reward", ...flags];
  await using client = spawnSockeye(args, { permissions: READ });
  return await client.status();
}

/** The server is trusted: it gets the words, and they come back. */
async function trusts(port: number, flags: readonly string[], host = HOST): Promise<string> {
  const { code, stdout, stderr } = await speak(port, flags, host);
  assertEquals([code, stdout], [0, "reward\n"], stderr);
  return stderr;
}

/** The server is not trusted, and one line says why. */
async function refuses(port: number, flags: readonly string[], says: RegExp, host = HOST): Promise<void> {
  const { code, stdout, stderr } = await speak(port, flags, host);
  const line = /^(?:The server's identity is not checked.*\n)?sockeye: (Cannot speak TLS with \S+: .+)\n$/.exec(stderr)
    ?.[1];
  assertMatch(line ?? stderr, says);
  assertEquals([code, stdout], [6, ""]);
}

/** The fingerprint as openssl tells it, without its colons. */
async function fingerprint({ made, at }: Scene, number: number): Promise<string> {
  const stdout = await made.openssl("x509", "-in", at(`${number}.pem`), "-noout", "-fingerprint", "-sha256");
  return stdout.trim().replace(/^.*=/, "").replaceAll(":", "").toLowerCase();
}

const STRANGER =
  /its certificate is signed by an authority that is not trusted; --ca FILE adds one, --insecure accepts any certificate$/;
const OTHER_NAME = /its certificate is for another name$/;

test("client trusts whom --ca signed, by address and by name", [], async (scene) => {
  await using server = await Reverser.start(scene);
  const ca = ["--ca", scene.at("ca.pem")];
  await trusts(server.port, ca);
  await trusts(server.port, ca, "localhost");
  await trusts(server.port, [...ca, "-v"], "localhost");
});

test("client refuses a stranger, with and without --ca of somebody else", [], async (scene) => {
  const { made, at } = scene;
  await made.selfSigned();
  await using server = await Reverser.start(scene);
  await refuses(server.port, [], STRANGER);
  await refuses(server.port, ["-v"], STRANGER);
  await refuses(server.port, ["--ca", at("2.pem")], STRANGER);
  await using own = await Reverser.start(scene, 2);
  await refuses(own.port, [], /its certificate is self-signed; --ca FILE with that certificate trusts it/);
  await refuses(own.port, ["--ca", at("ca.pem")], /its self-signed certificate is not the one that --ca names$/);
});

test("client refuses a certificate for another name, unless --server-name asks for it", [], async (scene) => {
  await scene.made.signed({ names: "DNS:example.com" });
  await using server = await Reverser.start(scene, 2);
  const ca = ["--ca", scene.at("ca.pem")];
  for (const more of [[], ["-v"]]) {
    await refuses(server.port, [...ca, ...more], OTHER_NAME);
    await refuses(server.port, [...ca, ...more], OTHER_NAME, "localhost");
    await refuses(server.port, [...ca, ...more, "--server-name", "example.org"], OTHER_NAME);
    await trusts(server.port, [...ca, ...more, "--server-name", "example.com"]);
  }
});

test("client --insecure accepts any certificate and says so loudly", [], async (scene) => {
  const { made } = scene;
  await made.selfSigned({ names: "DNS:example.com", dates: PAST });
  await using stranger = await Reverser.start(scene);
  await using wrong = await Reverser.start(scene, 2);
  for (const { port } of [stranger, wrong]) {
    for (const flag of ["--insecure", "-k"]) {
      const said = await trusts(port, [flag]);
      assertEquals(
        said.match(/^The server's identity is not checked: --insecure accepts any certificate$/gm)?.length,
        1,
        said,
      );
    }
  }
  assert(!(await speak(stranger.port, ["--ca", scene.at("ca.pem")])).stderr.includes("anybody"));
});

test("client --pin trusts one certificate, whatever it says, and no other", [], async (scene) => {
  await scene.made.selfSigned({ names: "DNS:example.com", dates: PAST });
  const [good, odd] = [await fingerprint(scene, 1), await fingerprint(scene, 2)];
  await using one = await Reverser.start(scene);
  await using other = await Reverser.start(scene, 2);
  await trusts(one.port, ["--pin", `sha256:${good}`]);
  const said = await trusts(other.port, ["--pin", `sha256:${odd}`], "localhost");
  assert(!said.includes("anybody"), said);
  await trusts(one.port, ["--pin", `sha256:${good.toUpperCase().match(/../g)?.join(":")}`]);
  const wrong = new RegExp(`its certificate is sha256:${odd}, not the pinned one$`);
  await refuses(other.port, ["--pin", `sha256:${good}`], wrong);
  // What is pinned is not weakened by what is trusted or taken besides.
  await refuses(other.port, ["--pin", `sha256:${good}`, "--insecure"], wrong);
  await refuses(one.port, ["--pin", `sha256:${odd}`, "--ca", scene.at("ca.pem")], /not the pinned one$/);
});

test("client -v tells protocol, cipher, chain, days left and fingerprint", [], async (scene) => {
  const days = 1;
  const end = new Date(Date.now() + (days * 24 + 1) * 3_600_000).toISOString().replace(/^20|[-:T]|\.\d+/g, "");
  await scene.made.signed({ dates: ["200101000000Z", end] });
  await scene.made.selfSigned({ dates: PAST });
  const prints = [await fingerprint(scene, 2), await fingerprint(scene, 3)];
  await using server = await Reverser.start(scene, 2);
  await using old = await Reverser.start(scene, 3, "-tls1_2");
  const verified = await trusts(server.port, ["--ca", scene.at("ca.pem"), "-v"]);
  const taken = await trusts(old.port, ["--insecure", "-v"]);
  for (const flags of [[], ["--json"]]) {
    const quiet = await speak(server.port, ["--ca", scene.at("ca.pem"), ...flags]);
    assertEquals(/days? left/.test(quiet.stderr), false, quiet.stderr);
  }
  const one = /^TLSv1\.3, TLS_\w+; certificate server < Test CA \S+, 1 day left, sha256:(\w+)$/m.exec(verified);
  assertEquals(one?.[1], prints[0], verified);
  const other = /^TLSv1\.2, \S+; certificate server, expired \d+ days ago, sha256:(\w+)$/m.exec(taken);
  assertEquals(other?.[1], prints[1], taken);
});

test("client asks for the host by name, for no name at an address, for --server-name", ["python3"], async (scene) => {
  await scene.made.signed({ names: "DNS:localhost,DNS:example.com,IP:127.0.0.1" });
  await using server = python("tls_server", [HOST, 0, scene.at("2.pem"), scene.at("2.key")]);
  const port = Number((await server.stdoutLine(/^port (\d+)$/))[1]);
  const ask = async (flags: readonly string[], host: string) => {
    const args = ["client", `tls://${host}:${port}`, "--ca", scene.at("ca.pem"), "--send", "hi", ...flags];
    const { stdout, stderr } = await spawnSockeye(args, { permissions: READ }).ends(0);
    assertEquals(stdout, "HI", stderr);
    const [, name] = await server.stdoutLine(/^asked for (.*)$/);
    assertEquals((await server.stdoutLine(/^(?:left|failed .*)$/))[0], "left");
    return name;
  };
  assertEquals(await ask([], "localhost"), "localhost");
  assertEquals(await ask([], HOST), "None");
  assertEquals(await ask(["--server-name", "example.com"], HOST), "example.com");
  assertEquals(await ask(["--insecure"], "localhost"), "localhost");
  assertEquals(await ask(["--insecure"], HOST), "None");
});

test("a server hears from a client that does not trust it why it leaves", ["python3"], async (scene) => {
  await using server = python("tls_server", [HOST, 0, scene.at("1.pem"), scene.at("1.key")]);
  const port = Number((await server.stdoutLine(/^port (\d+)$/))[1]);
  await refuses(port, [], STRANGER);
  assertStringIncludes((await server.stdoutLine(/^failed (.*)$/))[1] ?? "", "unknown ca");
});

test("server tls:// tells what clients have against its certificate, and it against them", [], async (scene) => {
  await scene.made.signed({ dates: PAST });
  const refusals = [
    [1, "it does not know who signed our certificate"],
    [2, "it refuses our certificate: expired"],
  ] as const;
  for (const [number, words] of refusals) {
    await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`, ...scene.made.own(number)], {
      permissions: READ,
    });
    const address = `${HOST}:${await server.port()}`;
    await spawnSockeye(["client", `tls://${address}`, "--send", "x"], { permissions: READ }).ends(6);
    await server.stderrLine(new RegExp(` turned away: ${words}$`));
    const old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    await using ancient = tool("openssl", ["s_client", "-connect", address, ...old]);
    await ancient.status();
    await server.stderrLine(/ turned away: it speaks only older versions of TLS$/);
  }
});

for (const flags of [[], ["-v"], ["--insecure"]]) {
  const name = ["client tls://", ...flags].join(" ");
  test(`${name} ends with 6 when the server asks for its certificate`, [], async (scene) => {
    await using server = await Reverser.start(scene, 1, "-Verify", "1", "-verify_return_error");
    const args = ["client", `tls://${HOST}:${server.port}`, "--ca", scene.at("ca.pem"), "--wait", "5s", ...flags];
    await using client = spawnSockeye([...args, "--send", "x"], { permissions: READ });
    const { stderr } = await client.ends(6);
    assertMatch(stderr, /^Connection lost: it asks for a certificate of the client; /m);
    assertMatch(stderr, /^sockeye: Connection to 127\.0\.0\.1:\d+ lost: it asks for a certificate of the client$/m);
  });
}

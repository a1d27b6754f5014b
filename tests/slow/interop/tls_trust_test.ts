/** Whom `client tls://` trusts, and what it says of those whom it does not: one line, and exit code 6. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Ending, python, spawnSockeye, tool } from "../../support/harness.ts";
import { type Certificates, openssl, PAST } from "../../support/certificates.ts";
import { READ } from "../../support/failing.ts";
import { HOST, Reverser, test, testClient } from "./tls.ts";

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

async function fingerprint(made: Certificates, number: number): Promise<string> {
  const stdout = await openssl(
    made.folder,
    "x509",
    "-in",
    made.at(`${number}.pem`),
    "-noout",
    "-fingerprint",
    "-sha256",
  );
  return stdout.trim().replace(/^.*=/, "").replaceAll(":", "").toLowerCase();
}

const STRANGER =
  /its certificate is signed by "Test CA \S+", an authority that is not trusted; --ca FILE adds it, --insecure does not check$/;
const OTHER_NAME = /: its certificate is for "example\.com", not for \S+; --insecure does not check$/;

test("client trusts whom --ca signed, by address and by name", [], async (made) => {
  await using server = await Reverser.start(made);
  const ca = ["--ca", made.at("ca.pem")];
  await trusts(server.port, ca);
  await trusts(server.port, ca, "localhost");
  await trusts(server.port, [...ca, "-v"], "localhost");
});

test("client refuses a stranger, with and without --ca of somebody else", [], async (made) => {
  await made.selfSigned();
  await using server = await Reverser.start(made);
  await refuses(server.port, [], STRANGER);
  await refuses(server.port, ["-v"], STRANGER);
  await refuses(
    server.port,
    ["--ca", made.at("2.pem")],
    /signed by "Test CA \S+", which is neither in --ca nor sent by the server; --insecure does not check$/,
  );
  await using own = await Reverser.start(made, 2);
  await refuses(own.port, [], /its certificate is self-signed; --ca FILE with that certificate trusts it/);
  await refuses(
    own.port,
    ["--ca", made.at("ca.pem")],
    /its certificate is self-signed and is not the one that --ca names; --insecure does not check$/,
  );
});

test("client refuses a certificate for another name, unless --server-name asks for it", [], async (made) => {
  await made.signed({ names: "DNS:example.com" });
  await using server = await Reverser.start(made, 2);
  const ca = ["--ca", made.at("ca.pem")];
  for (const more of [[], ["-v"]]) {
    await refuses(server.port, [...ca, ...more], OTHER_NAME);
    await refuses(server.port, [...ca, ...more], OTHER_NAME, "localhost");
    await refuses(server.port, [...ca, ...more, "--server-name", "example.org"], OTHER_NAME);
    await trusts(server.port, [...ca, ...more, "--server-name", "example.com"]);
  }
});

test("client --insecure checks no certificate and says so loudly", [], async (made) => {
  await made.selfSigned({ names: "DNS:example.com", dates: PAST });
  await using stranger = await Reverser.start(made);
  await using wrong = await Reverser.start(made, 2);
  for (const { port } of [stranger, wrong]) {
    for (const flag of ["--insecure", "-k"]) {
      const said = await trusts(port, [flag]);
      assertEquals(said.match(/^The server's identity is not checked \(--insecure\)$/gm)?.length, 1, said);
    }
  }
  assert(!(await speak(stranger.port, ["--ca", made.at("ca.pem")])).stderr.includes("anybody"));
});

/** Makes a self-signed certificate for this machine with a number of its own. */
async function selfMade(
  made: Certificates,
  number: number,
  key: readonly string[],
  more: string[] = [],
): Promise<void> {
  const files = ["-keyout", `${number}.key`, "-out", `${number}.pem`, "-subj", "/CN=localhost"];
  await openssl(made.folder, "req", "-x509", "-newkey", ...key, "-nodes", ...files, ...more);
}

test("a certificate that TLS cannot use at all is refused with the reason, also unchecked", [], async (made) => {
  const names = ["-addext", `subjectAltName=IP:${HOST}`];
  await selfMade(made, 2, ["rsa:1024"], names);
  await selfMade(made, 3, ["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"], names);
  await using short = await Reverser.start(made, 2, "-cipher", "DEFAULT@SECLEVEL=0");
  await using curve = await Reverser.start(made, 3);
  const print = await fingerprint(made, 2);
  for (const flags of [["-k"], ["-k", "-v"], ["--ca", made.at("2.pem")], ["--pin", `sha256:${print}`]]) {
    await refuses(
      short.port,
      flags,
      /: its certificate has an RSA key of 1024 bits, and this program's TLS takes only RSA with 2048 to 8192 bits, even with --insecure; the server needs another certificate$/,
    );
  }
  for (const flags of [[], ["-v"], ["-k"], ["--ca", made.at("3.pem")]]) {
    await refuses(
      curve.port,
      flags,
      /: its certificate has a key of the curve secp256k1, and .* only P-256, P-384, P-521, even with --insecure;/,
    );
  }
});

test(
  "client takes a certificate of X.509 v1 with --insecure, --pin and --ca, and else says what it is",
  [],
  async (made) => {
    await openssl(made.folder, "req", "-new", "-key", "1.key", "-subj", `/CN=${HOST}`, "-out", "2.csr");
    await openssl(made.folder, "x509", "-req", "-in", "2.csr", "-signkey", "1.key", "-days", "30", "-out", "2.pem");
    await Deno.copyFile(made.at("1.key"), made.at("2.key"));
    await using server = await Reverser.start(made, 2);
    await refuses(
      server.port,
      [],
      /: its certificate is of an old version \(X\.509 v1\), and is self-signed; --insecure does not check$/,
    );
    for (const flags of [["-k"], ["--pin", `sha256:${await fingerprint(made, 2)}`]]) await trusts(server.port, flags);
  },
);

test("client says in its own words what else is wrong with a certificate", [], async (made) => {
  const signed = async (number: number, extensions: string, ...more: string[]) => {
    await Deno.writeTextFile(made.at("ext"), `subjectAltName=IP:${HOST}\n${extensions}\n`);
    await openssl(made.folder, "req", "-new", "-key", "1.key", "-subj", "/CN=x", "-out", "x.csr");
    const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext", "-days", "30"];
    await openssl(made.folder, "x509", "-req", "-in", "x.csr", ...authority, "-out", `${number}.pem`, ...more);
    await Deno.copyFile(made.at("1.key"), made.at(`${number}.key`));
  };
  await signed(2, "extendedKeyUsage=clientAuth");
  await signed(3, "basicConstraints=CA:FALSE", "-sha1");
  await signed(4, "1.2.3.4=critical,ASN1:UTF8String:x");
  for (
    const [number, reason] of [
      [2, /: its certificate is not for servers \(extended key usage\); --insecure does not check$/],
      [3, /: its certificate is signed with SHA-1, which is too weak; --insecure does not check$/],
      [
        4,
        /: its certificate has a critical extension that this program's TLS does not know, and is refused even with -/,
      ],
    ] as const
  ) {
    await using server = await Reverser.start(made, number, "-cipher", "DEFAULT@SECLEVEL=0");
    const ca = ["--ca", made.at("ca.pem")];
    await refuses(server.port, ca, reason);
    const { stderr } = await speak(server.port, [...ca, "-v"]);
    assert(!stderr.includes("The TLS library says"), stderr);
  }
});

test("client --pin trusts one certificate, whatever it says, and no other", [], async (made) => {
  await made.selfSigned({ names: "DNS:example.com", dates: PAST });
  const [good, odd] = [await fingerprint(made, 1), await fingerprint(made, 2)];
  await using one = await Reverser.start(made);
  await using other = await Reverser.start(made, 2);
  await trusts(one.port, ["--pin", `sha256:${good}`]);
  const said = await trusts(other.port, ["--pin", `sha256:${odd}`], "localhost");
  assert(!said.includes("anybody"), said);
  await trusts(one.port, ["--pin", `sha256:${good.toUpperCase().match(/../g)?.join(":")}`]);
  const wrong = new RegExp(`its certificate is sha256:${odd}, not the pinned one$`);
  await refuses(other.port, ["--pin", `sha256:${good}`], wrong);
  // What is pinned is not weakened by what is trusted or taken besides.
  await refuses(other.port, ["--pin", `sha256:${good}`, "--insecure"], wrong);
  await refuses(one.port, ["--pin", `sha256:${odd}`, "--ca", made.at("ca.pem")], /not the pinned one$/);
});

test("client -v tells protocol, cipher, chain, days left and fingerprint", [], async (made) => {
  const days = 1;
  const end = new Date(Date.now() + (days * 24 + 1) * 3_600_000).toISOString().replace(/^20|[-:T]|\.\d+/g, "");
  await made.signed({ dates: ["200101000000Z", end] });
  await made.selfSigned({ dates: PAST });
  const prints = [await fingerprint(made, 2), await fingerprint(made, 3)];
  await using server = await Reverser.start(made, 2);
  await using old = await Reverser.start(made, 3, "-tls1_2");
  const verified = await trusts(server.port, ["--ca", made.at("ca.pem"), "-v"]);
  const taken = await trusts(old.port, ["--insecure", "-v"]);
  for (const flags of [[], ["--json"]]) {
    const quiet = await speak(server.port, ["--ca", made.at("ca.pem"), ...flags]);
    assertEquals(/days? left/.test(quiet.stderr), false, quiet.stderr);
  }
  const one = /^TLSv1\.3, TLS_\w+; certificate server < Test CA \S+, 1 day left, sha256:(\w+)$/m.exec(verified);
  assertEquals(one?.[1], prints[0], verified);
  const other = /^TLSv1\.2, \S+; certificate server, expired \d+ days ago, sha256:(\w+)$/m.exec(taken);
  assertEquals(other?.[1], prints[1], taken);
});

test("client asks for the host by name, for no name at an address, for --server-name", ["python3"], async (made) => {
  await made.signed({ names: "DNS:localhost,DNS:example.com,IP:127.0.0.1" });
  await using server = python("tls_server", [HOST, 0, made.at("2.pem"), made.at("2.key")]);
  const port = Number((await server.stdoutLine(/^port (\d+)$/))[1]);
  const ask = async (flags: readonly string[], host: string) => {
    const args = ["client", `tls://${host}:${port}`, "--ca", made.at("ca.pem"), "--send", "hi", ...flags];
    assertEquals((await spawnSockeye(args, { permissions: READ }).ends(0)).stdout, "HI");
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

test("a server hears from a client that does not trust it why it leaves", ["python3"], async (made) => {
  await using server = python("tls_server", [HOST, 0, made.at("1.pem"), made.at("1.key")]);
  const port = Number((await server.stdoutLine(/^port (\d+)$/))[1]);
  await refuses(port, [], STRANGER);
  assertStringIncludes((await server.stdoutLine(/^failed (.*)$/))[1] ?? "", "unknown ca");
});

test("server tls:// tells what clients have against its certificate, and it against them", [], async (made) => {
  await made.signed({ dates: PAST });
  const refusals = ["it does not know the authority of our certificate", "it refuses our certificate: expired"];
  for (const [i, words] of refusals.entries()) {
    const args = ["server", "echo", `tls://${HOST}:0`, ...made.own(i + 1)];
    await using server = spawnSockeye(args, { permissions: READ });
    const address = `${HOST}:${await server.port()}`;
    await spawnSockeye(["client", `tls://${address}`, "--send", "x"], { permissions: READ }).ends(6);
    await server.stderrLine(new RegExp(` turned away: ${words}$`));
    const old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    await tool("openssl", ["s_client", "-connect", address, ...old]).status();
    await server.stderrLine(/ turned away: it speaks only older versions of TLS$/);
  }
});

testClient("ends with 6 when the server asks for its certificate", [], async (made, flags) => {
  await using server = await Reverser.start(made, 1, "-Verify", "1", "-verify_return_error");
  const args = ["client", `tls://${HOST}:${server.port}`, "--ca", made.at("ca.pem"), "--wait", "5s", ...flags];
  await using client = spawnSockeye([...args, "--send", "x"], { permissions: READ });
  const { stderr } = await client.ends(6);
  const words = /^Connection lost: it asks for a certificate of the client; --cert and --key show one; /m;
  assertEquals(words.test(stderr), flags.includes("-v"), stderr);
  assertMatch(
    stderr,
    /^sockeye: Connection to 127\.0\.0\.1:\d+ lost: it asks for a certificate of the client; --cert and --key show one$/m,
  );
});

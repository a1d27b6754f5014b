import { assert, assertEquals, assertLess, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../../lib/errors.ts";
import { type MadeCertificate, makeCertificate, whyNotNow } from "../../../lib/transport/tls/certificate.ts";
import { asPin, asProtocols, asServerName, parseCertificateName } from "../../../lib/transport/tls/names.ts";
import { inFolder } from "../../fetch/helpers.ts";
import { hasOpenssl, openssl } from "../../support/certificates.ts";

/** What openssl says about a certificate in a folder with `ca.pem`, `cert.pem` and `key.pem`. */
type Ask = (...args: string[]) => Promise<string>;

/** A test that asks openssl about a certificate for these names. */
function test(name: string, names: readonly string[], look: (ask: Ask, made: MadeCertificate) => Promise<void>): void {
  inFolder(name, async (folder) => {
    const made = await makeCertificate(names, 30);
    for (const part of ["ca", "cert", "key"] as const) await folder.put(`${part}.pem`, made[part]);
    await look((...args) => openssl(folder.path, ...args), made);
  }, { ignore: !hasOpenssl });
}

const VERIFY = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem"];

test("makeCertificate() makes what openssl verifies", ["localhost", "127.0.0.1", "::1"], async (ask) => {
  assertEquals(await ask(...VERIFY, "-verify_hostname", "localhost", "cert.pem"), "cert.pem: OK\n");
  for (const address of ["127.0.0.1", "::1"]) {
    assertEquals(await ask(...VERIFY, "-verify_ip", address, "cert.pem"), "cert.pem: OK\n");
  }
});

test(
  "makeCertificate() makes a leaf for both sides of TLS and an authority for leaves only",
  ["localhost"],
  async (ask) => {
    const text = async (file: string) => (await ask("x509", "-in", file, "-noout", "-text")).replace(/\s+/g, " ");
    const leaf = await text("cert.pem");
    assertMatch(leaf, /Basic Constraints: critical CA:FALSE/);
    assertMatch(leaf, /X509v3 Key Usage: critical Digital Signature X509v3/);
    assertMatch(leaf, /Extended Key Usage: TLS Web Server Authentication, TLS Web Client Authentication X509v3/);
    assertMatch(leaf, /ASN1 OID: prime256v1/);
    assertMatch(await text("ca.pem"), /Basic Constraints: critical CA:TRUE, pathlen:0 .*Certificate Sign, CRL Sign/);
  },
);

test("makeCertificate() gives the leaf's key, in PKCS#8", ["localhost"], async (ask, { key }) => {
  assert(key.startsWith("-----BEGIN PRIVATE KEY-----\n"));
  assertEquals(
    await ask("pkey", "-in", "key.pem", "-pubout"),
    await ask("x509", "-in", "cert.pem", "-noout", "-pubkey"),
  );
});

test("makeCertificate() gives the fingerprint that openssl gives", ["localhost"], async (ask, made) => {
  const [, told = ""] = (await ask("x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha256")).split("=");
  assertEquals(made.fingerprint, told.trim().replaceAll(":", "").toLowerCase());
  assertEquals(asPin(`sha256:${told.trim()}`), made.fingerprint);
});

const NAMES = ["a.example", "*.b.example", "xn--fsqu00a.example"];
const ADDRESSES = ["10.0.0.1", "2001:DB8::A", "fe80::1%eth0", "::ffff:10.0.0.2", "::"];

test("makeCertificate() writes names and addresses as they are meant", [...NAMES, ...ADDRESSES], async (ask) => {
  const said = await ask("x509", "-in", "cert.pem", "-noout", "-ext", "subjectAltName");
  const addresses = ["10.0.0.1", "2001:DB8:0:0:0:0:0:A", "FE80:0:0:0:0:0:0:1", "10.0.0.2", "0:0:0:0:0:0:0:0"];
  const expected = [...NAMES.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP Address:${address}`)];
  assertEquals(said.split("\n")[1]?.trim().split(", "), expected);
  assertEquals(await ask(...VERIFY, "-verify_hostname", "x.b.example", "cert.pem"), "cert.pem: OK\n");
});

const longName = `${"a".repeat(60)}.${"b".repeat(60)}.example`;

test("makeCertificate() takes a name that is too long for a common name", [longName], async (ask) => {
  assertEquals(await ask(...VERIFY, "-verify_hostname", longName, "cert.pem"), "cert.pem: OK\n");
});

test("makeCertificate() is valid from a little before now for the days asked for", ["localhost"], async (ask, made) => {
  const said = await ask("x509", "-in", "cert.pem", "-noout", "-dates");
  const [from = NaN, to = NaN] = said.trim().split("\n").map((line) => Date.parse(line.split("=")[1] ?? ""));
  assertEquals(to, made.expires.getTime());
  assertEquals(to - from, 30 * 86_400_000 - 1000);
  const early = Date.now() - from;
  assert(early >= 3_600_000 && early < 3_700_000, `${early} ms before now`);
});

Deno.test("makeCertificate() makes another authority each time", async () => {
  const [one, two] = await Promise.all([makeCertificate(["localhost"], 1), makeCertificate(["localhost"], 825)]);
  assertNotEquals(one.ca, two.ca);
  assertNotEquals(one.fingerprint, two.fingerprint);
  assertLess(one.expires.getTime(), two.expires.getTime());
});

Deno.test("makeCertificate() makes a pair with which Deno serves those who trust the authority", async () => {
  const { ca, cert, key } = await makeCertificate(["localhost", "127.0.0.1"], 1);
  using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const { port } = listener.addr;
  for (const hostname of ["localhost", "127.0.0.1"]) {
    const accepted = listener.accept();
    using client = await Deno.connectTls({ hostname, port, caCerts: [ca] });
    using server = await accepted;
    await Promise.all([client.handshake(), server.handshake()]);
    await client.write(new TextEncoder().encode("hello"));
    const buffer = new Uint8Array(16);
    const count = await server.read(buffer);
    assertEquals(new TextDecoder().decode(buffer.subarray(0, count ?? 0)), "hello");
  }
});

Deno.test("whyNotNow() tells a certificate whose time is over, or to come", async () => {
  const { cert, expires } = await makeCertificate(["localhost"], 2);
  const at = (hours: number) => new Date(expires.getTime() + hours * 3_600_000);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  assertEquals(whyNotNow(cert, at(1))?.toString(), `expired on ${day(expires)}`);
  assertEquals(whyNotNow(cert, at(-49))?.toString(), `is not valid before ${day(at(-48))}`);
  for (const fine of [whyNotNow(cert, at(-1)), whyNotNow(cert), whyNotNow("no certificate", at(1))]) {
    assertEquals(fine, undefined);
  }
});

const HEX = "0123456789abcdef".repeat(4);
const PAIRS = HEX.match(/../g) ?? [];

Deno.test("asPin() reads 64 hex digits, with colons and in capitals too", () => {
  for (const digits of [HEX, HEX.toUpperCase(), PAIRS.join(":"), PAIRS.join(":").toUpperCase()]) {
    for (const before of ["sha256:", "SHA256:", "sha256 Fingerprint=", "SHA256 Fingerprint=", ""]) {
      assertEquals(asPin(`${before}${digits}`), HEX);
    }
  }
});

Deno.test("asPin() says what it expected", () => {
  const lengths = ["", HEX.slice(1), PAIRS.slice(1).join(":"), "sha256:", `sha256:${HEX.slice(1)}`, `sha256:${HEX}0`];
  const kinds = [`sha1:${HEX}`, `sha1 Fingerprint=${PAIRS.slice(12).join(":")}`, `sha256:${HEX.replace("f", "g")}`];
  const colons = [`sha256::${HEX}`, `sha256:${HEX}:`, `sha256:0:${HEX.slice(1)}`];
  for (const text of [...lengths, ...kinds, ...colons, ` sha256:${HEX}`, `sha256:${HEX}\n`]) {
    assertThrows(() => asPin(text), Error, "expected sha256: and the 64 hex digits of a certificate's fingerprint");
  }
});

Deno.test("parseCertificateName() takes names and addresses", () => {
  const long = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;
  const names = "localhost a-b.example.com _x.example *.example.com 10.0.0.1 ::1 3com.example".split(" ");
  for (const name of [...names, long]) assertEquals(parseCertificateName(name), name);
  assertEquals(parseCertificateName("例子.example"), "xn--fsqu00a.example");
  assertEquals(parseCertificateName("*.例子.example"), "*.xn--fsqu00a.example");
});

/** Bad names, and what is said about them. */
const BAD_NAMES: readonly (readonly [string, string])[] = [
  ...["", "a b", "a\x01b", "a\nb", "a..b", ".a", "a.", "-a", "a/b", "[::1]", "fe80::1%eth0", `${"a".repeat(64)}.b`]
    .map((name) => [name, "expected a host name such as localhost, or an IP address"] as const),
  ...["*", "a.*.b", "a*.b", "*.*.b", "*a.b"].map((name) => [name, "a * stands for the whole first label"] as const),
  ...["256.1.1.1", "1.2.3.4.5", "9443"].map((name) => [name, "it is not an IP address"] as const),
  [`${"a.".repeat(126)}aa`, "a name has at most 253 characters"],
];

Deno.test("parseCertificateName() says what is wrong in one line", () => {
  for (const [name, words] of BAD_NAMES) {
    const error = assertThrows(() => parseCertificateName(name), SockeyeError, words);
    assertEquals(error.kind, "usage");
    assertMatch(error.message, /^Bad name "[^\n]*": [^\n]+$/);
  }
});

Deno.test("asServerName() takes host names and addresses, and writes other scripts in ASCII", () => {
  const names = ["localhost", "a-b.example.com", "127.0.0.1", "::1", "例子.测试"];
  assertEquals(names.map(asServerName), [...names.slice(0, 4), "xn--fsqu00a.xn--0zwm56d"]);
});

Deno.test("asProtocols() reads names with commas between them", () => {
  assertEquals(asProtocols("h2,http/1.1"), ["h2", "http/1.1"]);
  for (const text of ["", "h2,", "h2, http/1.1", "汉", "x".repeat(256)]) {
    assertThrows(() => asProtocols(text), Error, "expected names with commas between them, such as h2,http/1.1");
  }
});

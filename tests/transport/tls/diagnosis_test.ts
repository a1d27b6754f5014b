import { assertEquals, assertMatch } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { shapeOf } from "../../../lib/transport/tls/der.ts";
import { diagnose } from "../../../lib/transport/tls/diagnosis.ts";
import { type Inspection, readAnswer } from "../../../lib/transport/tls/inspect.ts";
import { certificatesIn, namesProblem } from "../../../lib/transport/tls/trust.ts";
import { Certificates, hasOpenssl, openssl, type Pair, PAST } from "../../support/certificates.ts";

const UNTRUSTED = "invalid peer certificate: UnknownIssuer";

/** What is said of a server that sends these certificates. */
function judged(pems: readonly string[], ca?: string, message = UNTRUSTED): string | undefined {
  const certificates = pems.map((pem) => new Uint8Array(certificatesIn(pem)[0]?.raw ?? []));
  return diagnose({ version: 0x0303, certificates }, { serverName: "localhost", ca, unchecked: false, message })
    ?.toString();
}

/** Makes a certificate with a key of a kind, signed by the authority, with these extensions. */
async function issue(made: Certificates, key: string[], extensions = "", signer = "ca"): Promise<Pair> {
  const name = crypto.randomUUID();
  await Deno.writeTextFile(made.at("ext"), `subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n${extensions}\n`);
  await openssl(made.folder, "genpkey", "-out", `${name}.key`, ...key);
  await openssl(made.folder, "req", "-new", "-key", `${name}.key`, "-subj", "/CN=x", "-out", "x.csr");
  const authority = ["-CA", `${signer}.pem`, "-CAkey", `${signer}.key`, "-CAcreateserial", "-extfile", "ext"];
  await openssl(made.folder, "x509", "-req", "-in", "x.csr", ...authority, "-days", "30", "-out", `${name}.pem`);
  const read = (extension: string) => Deno.readTextFile(made.at(`${name}.${extension}`));
  return { cert: await read("pem"), key: await read("key") };
}

function test(name: string, play: (made: Certificates) => Promise<void>): void {
  Deno.test(name, { ignore: !hasOpenssl }, async () => {
    await using made = await Certificates.make();
    await play(made);
  });
}

test("diagnose() names a key that TLS does not take, and what it takes", async (made) => {
  const cases = [
    [
      ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
      "an RSA key of 1024 bits",
      "RSA with 2048 to 8192 bits",
    ],
    [
      ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:1024"],
      "a key for RSA-PSS alone",
      "RSA, ECDSA and Ed25519",
    ],
    [["-algorithm", "ED448"], "an Ed448 key", "RSA, ECDSA and Ed25519"],
    [
      ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
      "a key of the curve secp256k1",
      "P-256, P-384, P-521",
    ],
  ] as const;
  for (const [key, has, taken] of cases) {
    const { cert } = await issue(made, [...key]);
    assertEquals(
      judged([cert], undefined, "received fatal alert: HandshakeFailure"),
      `its certificate has ${has}, and this program's TLS takes only ${taken}, even with --insecure; ` +
        "the server needs another certificate",
    );
  }
  for (const key of [["-algorithm", "ED25519"], ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"]]) {
    assertEquals(judged([(await issue(made, key)).cert], made.ca), undefined);
  }
});

test("diagnose() says all that is wrong with a certificate, and advises only what helps", async (made) => {
  const [good, own, other] = [await made.signed(), await made.selfSigned(), await made.selfSigned()];
  const old = await made.signed({ dates: PAST, names: "DNS:example.com,IP:10.0.0.1" });
  const wrong = 'is for "example.com" and 10.0.0.1, not for "localhost"';
  assertMatch(
    judged([good.cert]) ?? "",
    /^its certificate is signed by "Test CA \S+", an authority that is not trusted; --ca FILE adds it, --insecure does not check$/,
  );
  assertEquals(judged([good.cert], made.ca), undefined);
  assertEquals(
    judged([own.cert]),
    "its certificate is self-signed; --ca FILE with that certificate trusts it, --insecure does not check",
  );
  assertEquals(
    judged([own.cert], other.cert),
    "its certificate is self-signed and is not the one that --ca names; --insecure does not check",
  );
  assertEquals(
    judged([old.cert], made.ca, "invalid peer certificate: certificate expired"),
    `its certificate expired on 2020-01-02, and ${wrong}; --insecure does not check`,
  );
  // The platform may trust its signer, as long as it does not say that it does not.
  assertEquals(
    judged([old.cert], undefined, "invalid peer certificate: certificate expired"),
    `its certificate expired on 2020-01-02, and ${wrong}; --insecure does not check`,
  );
  assertMatch(
    judged([old.cert]) ?? "",
    /^its certificate expired on 2020-01-02, and is for .*, and is signed by .* that is not trusted; --insecure does not check$/,
  );
});

test("diagnose() tells a missing intermediate from an unknown authority", async (made) => {
  const key = ["-algorithm", "ED25519"];
  await openssl(made.folder, "genpkey", ...key, "-out", "int.key");
  await openssl(made.folder, "req", "-new", "-key", "int.key", "-subj", "/CN=Int", "-out", "int.csr");
  await Deno.writeTextFile(made.at("int.ext"), "basicConstraints=critical,CA:TRUE\n");
  const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "int.ext"];
  await openssl(made.folder, "x509", "-req", "-in", "int.csr", ...authority, "-days", "30", "-out", "int.pem");
  const intermediate = await Deno.readTextFile(made.at("int.pem"));
  const { cert } = await issue(made, key, "authorityInfoAccess=caIssuers;URI:http://localhost/int.crt", "int");
  const missing = 'its certificate is signed by "Int", ';
  assertEquals(
    judged([cert]),
    `${missing}whose certificate the server does not send; --ca FILE adds it, --insecure does not check`,
  );
  assertEquals(
    judged([cert], made.ca),
    `${missing}which is neither in --ca nor sent by the server; --insecure does not check`,
  );
  assertEquals(judged([cert, intermediate], made.ca), undefined);
  const leaf = await made.signed();
  const below = await issue(made, key, "", "1");
  assertEquals(
    judged([below.cert, leaf.cert], made.ca),
    'its certificate is signed by "server", which is no authority (CA:FALSE); --insecure does not check',
  );
  assertMatch(judged([cert, intermediate]) ?? "", /signed by "Test CA \S+", an authority that is not trusted/);
});

Deno.test("diagnose() says what a server speaks instead of TLS, and which version and ciphers", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const refusal = "received fatal alert: HandshakeFailure";
  const cases: readonly [Omit<Inspection, "certificates">, string | undefined, string?][] = [
    [
      { foreign: bytes("HTTP/1.1 400 Bad\r\n\r\n") },
      "it does not speak TLS but plain HTTP: its address begins with http://",
    ],
    [
      { foreign: bytes("220 mail \x1b[2J\r\n") },
      'it does not speak TLS but says "220 mail \\x1b[2J"; try it without TLS',
    ],
    [{ foreign: Uint8Array.of(0, 1, 2) }, "it does not speak TLS; try it without TLS"],
    [{ foreign: Uint8Array.of(0x16, 3, 1) }, "it does not speak TLS: it sends back what it gets"],
    [{ version: 0x0301 }, "it speaks TLS 1.0 at most; this program speaks TLS 1.2 and 1.3"],
    [{ version: 0x0300 }, "it speaks SSL 3.0 at most; this program speaks TLS 1.2 and 1.3"],
    [{ version: 0x0303 }, undefined],
    [{}, undefined, refusal],
  ];
  for (const [inspection, words, message = UNTRUSTED] of cases) {
    const seen: Inspection = { certificates: [], ...inspection };
    assertEquals(diagnose(seen, { serverName: "localhost", unchecked: false, message })?.toString(), words);
  }
});

test("diagnose() says which ciphers and curves are not taken, and that a client certificate is wanted", async (made) => {
  const { cert } = await made.signed();
  const certificates = [new Uint8Array(certificatesIn(cert)[0]?.raw ?? [])];
  const options = { serverName: "localhost", unchecked: false, message: "received fatal alert: HandshakeFailure" };
  const say = (more: Partial<Inspection>) =>
    diagnose({ version: 0x0303, cipher: 0xc02b, ...more, certificates }, options)?.toString();
  assertMatch(
    say({ cipher: 0x002f }) ?? "",
    /^it has only ciphers that are not taken \(0x002f\); this program has ECDHE /,
  );
  assertMatch(
    say({ group: 0x001a }) ?? "",
    /^it has only curves .* that are not taken \(0x001a\); this program has X25519/,
  );
  assertEquals(say({ asksForCertificate: true }), "it asks for a certificate of the client; --cert and --key show one");
  assertEquals(say({}), undefined);
});

Deno.test("readAnswer() takes a server's answer in pieces, and stops at an alert, at other bytes and at an echo", () => {
  const record = (type: number, ...body: number[]) => [type, 3, 3, body.length >> 8, body.length & 0xff, ...body];
  const message = (type: number, ...body: number[]) => [type, 0, 0, body.length, ...body];
  const hello = message(2, 3, 2, ...Array(32).fill(7), 1, 9, 0xc0, 0x13, 0);
  const certificate = message(11, 0, 0, 8, 0, 0, 2, 0x30, 0, 0, 0, 0);
  const exchange = message(12, 3, 0, 0x17);
  const handshake = [...hello, ...certificate, ...exchange, ...message(13), ...message(14)];
  const answer = Uint8Array.from([...record(22, ...handshake.slice(0, 60)), ...record(22, ...handshake.slice(60))]);
  for (let end = 0; end < answer.length; end++) assertEquals(readAnswer(answer.subarray(0, end)).isDone, false);
  assertEquals(readAnswer(answer), {
    inspection: {
      version: 0x0302,
      cipher: 0xc013,
      certificates: [Uint8Array.of(0x30, 0), Uint8Array.of()],
      group: 0x17,
      asksForCertificate: true,
    },
    isDone: true,
  });
  assertEquals(readAnswer(Uint8Array.from(record(21, 2, 40))), { inspection: { certificates: [] }, isDone: true });
  assertEquals(readAnswer(new TextEncoder().encode("220 x\r\n")).inspection.foreign?.length, 7);
  assertEquals(readAnswer(Uint8Array.from(record(22, ...message(1, 3, 3)))).inspection.foreign?.[0], 22);
});

test("shapeOf() reads version, key and a weak signature, and takes any bytes", async (made) => {
  await openssl(made.folder, "genrsa", "-out", "1.key", "1024");
  await openssl(made.folder, "req", "-new", "-key", "1.key", "-subj", "/CN=x", "-out", "x.csr");
  await openssl(made.folder, "x509", "-req", "-in", "x.csr", "-signkey", "1.key", "-sha1", "-out", "v1.pem");
  const { raw } = new X509Certificate(await Deno.readTextFile(made.at("v1.pem")));
  assertEquals(shapeOf(raw), { version: 1, key: "rsa", bits: 1024, weakHash: "SHA-1", signerBits: 1024 });
  const [ca] = certificatesIn(made.ca);
  assertEquals(ca && shapeOf(ca.raw), { version: 3, key: "ec", curve: "P-256" });
  for (let end = 0; end < raw.length; end++) assertEquals(shapeOf(raw.subarray(0, end)), undefined);
  for (const byte of [0, 0x30, 0x80, 0xff]) shapeOf(new Uint8Array(1000).fill(byte));
});

Deno.test("namesProblem() lists some names of many, and says when there is none", () => {
  const saying = (subjectAltName: string | undefined) =>
    namesProblem({ subjectAltName } as X509Certificate, "::1").english;
  assertEquals(saying("DNS:a, IP Address:10.0.0.1"), 'is for "a" and 10.0.0.1, not for ::1');
  const many = Array.from({ length: 99 }, (_, i) => `DNS:h${i}`).join(", ");
  assertEquals(saying(many), 'is for "h0", "h1", "h2", "h3", "h4" and 94 more, not for ::1');
  for (const none of [undefined, "", "email:a@b"]) {
    assertEquals(saying(none), "names no server (it has no subjectAltName), so it is not for ::1");
  }
});

test("diagnose() names an intermediate that has expired, and an authority whose key is too short", async (made) => {
  const key = ["-algorithm", "ED25519"];
  const old = await made.signed({ dates: PAST });
  const { cert } = await issue(made, key, "", "1");
  assertEquals(
    judged([cert, old.cert], made.ca, "invalid peer certificate: certificate expired"),
    'its certificate is signed by "server", whose certificate expired on 2020-01-02; --insecure does not check',
  );
  const short = ["-newkey", "rsa:1024", "-nodes", "-keyout", "weak.key", "-out", "weak.pem", "-subj", "/CN=Weak"];
  await openssl(made.folder, "req", "-x509", ...short);
  const weak = await issue(made, key, "", "weak");
  for (const ca of [await Deno.readTextFile(made.at("weak.pem")), undefined]) {
    assertMatch(
      judged([weak.cert], ca, "invalid peer certificate: BadSignature") ?? "",
      /^its certificate is signed with an RSA key of 1024 bits, which is too short; --insecure does not check$/,
    );
  }
});

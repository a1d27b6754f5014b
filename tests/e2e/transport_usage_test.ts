/** Wrong words, files and permissions for UDP, TLS and Unix sockets: one line that names what is wrong, and its exit code. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Certificates, FUTURE, PAST } from "../support/certificates.ts";
import { freePort, needs, permissionsAreOurs, spawnSockeye, tool } from "./harness.ts";
import { Host } from "./sockets.ts";

const HOST = "127.0.0.1";
const READ = ["--allow-net", "--allow-read"];
const FILES = [...READ, "--allow-write"];

/** An address that is for documentation only (RFC 5737): no machine has it. */
const NOBODYS = "203.0.113.9";

/** The program ends with one line on stderr, which has these words, and this code. */
async function ends(
  args: readonly string[],
  expected: number,
  words: readonly string[],
  permissions: readonly string[] = READ,
): Promise<void> {
  await using program = spawnSockeye(args, { permissions });
  const { code, stdout, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: [^\n]+\n$/);
  for (const word of words) assertStringIncludes(stderr, word);
  assert(!/\bat file:|Uncaught/.test(stderr), stderr);
  assertEquals([code, stdout], [expected, ""]);
}

/** Command lines that are wrong by themselves, and words that the one line about each must have. */
const WRONG: readonly (readonly [args: string, ...words: string[]])[] = [
  ["server udp://:70000", "udp://:70000", "70000"],
  ["server tls://127.0.0.1:70000", "70000"],
  ["client udp://127.0.0.1:70000", "70000"],
  ["client tls://127.0.0.1 70000", "70000"],
  ["client udp://127.0.0.1:0 --send x", "port 0"],
  ["client tls://127.0.0.1:0 --send x", "port 0"],
  ["client sctp://127.0.0.1:9", '"sctp"', "tcp, tls, udp, ws, wss, unix"],
  ["server udp://0 --allow 10.0.0.0/33", "--allow", "10.0.0.0/33"],
  ["server 0 --allow ::ffff:10.0.0.0/8", "--allow", "::ffff:10.0.0.0/8", "10.0.0.0/8"],
  ["server tls://0 --deny fe80::/129", "--deny", "fe80::/129"],
  ["server udp://0 --deny localhost", "--deny", "localhost"],
  ["server tls://127.0.0.1:0 --cert cert.pem", "--cert", "--key"],
  ["server tls://127.0.0.1:0 --key key.pem", "--key", "--cert"],
  ["server udp://239.1.2.3:7000", "udp://239.1.2.3:7000", "--join 239.1.2.3"],
  ["server udp://[ff15::1]:7000", "udp://[ff15::1]:7000", "--join ff15::1"],
  ["server 0 --cert cert.pem --key key.pem", "--cert", "tls"],
  ["server udp://0 --key key.pem", "--key", "tls"],
  ["server unix:/tmp/no --cert cert.pem --key key.pem", "--cert", "tls"],
  ["client 9 --ca ca.pem", "--ca", "tls"],
  ["client udp://9 --insecure", "--insecure", "tls"],
  ["client unix:/tmp/no -k", "--insecure", "tls"],
  ["client 9 --server-name localhost", "--server-name", "tls"],
  ["client tls://9 --server-name a_b..c", "--server-name", '"a_b..c"', "a host name"],
  ["client tls://9 --server-name *.example.com", "--server-name", '"*.example.com"'],
  [`client 9 --pin sha256:${"0".repeat(64)}`, "--pin", "tls"],
  ["client 9 --join 239.1.2.3", "--join", "udp"],
  ["client tls://9 --ttl 1", "--ttl", "udp"],
  ["client tls://9 --source 127.0.0.1", "--source", "tcp, udp and ws"],
  ["client udp://9 --retry 3", "--retry", "tcp, tls, unix, ws and wss"],
  ["client udp://9 --connect-timeout 3s", "--connect-timeout", "tcp, tls, unix, ws and wss"],
  ["client unix:/tmp/no --source 127.0.0.1", "--source", "tcp, udp and ws"],
  ["client wss://9 --source 127.0.0.1", "--source", "tcp, udp and ws"],
  ["client ws://9 --join 239.1.2.3", "--join", "udp"],
  ["client ws://9 -e gbk --send x", "Text over ws is utf-8; it cannot be gbk"],
  ["server ws://0 -e utf-16le", "Text over ws is utf-8; it cannot be utf-16le"],
  ["server ws://127.0.0.1:0/#part", "ws://127.0.0.1:0/#part", "fragment"],
  ["server chat ws://0 --web", "--web", "tcp, tls and unix"],
  ["client udp://9 --join 10.0.0.1", "--join", '"10.0.0.1"'],
  ["client udp://9 --join 239.1.2.3%2", "--join", '"239.1.2.3%2"'],
  ["client udp://9 --join ff02::1%/", "--join", '"ff02::1%/"'],
  ["client udp://9 --join 239.1.2.3%127.0.0.1%2", "--join"],
  ["client udp://9 --join group", "--join", '"group"'],
  ["client udp://9 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://localhost:9 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://[ff02::1]:9 --ttl 5 --send x", "--ttl", "multicast", "ff02::1"],
  ["client udp://9 --join 239.1.2.3 --ttl 5 --send x", "--ttl", "multicast", "127.0.0.1"],
  ["client udp://9 --ttl 256", "--ttl", '"256"'],
  ["client udp://9 --ttl -1", "--ttl", '"-1"'],
  [`client tls://9 --pin ${"00:".repeat(31)}0`, "--pin", "sha256:"],
  [`client tls://9 --pin ${"0".repeat(62)}`, "--pin", "sha256:"],
  [`client tls://9 --pin sha256:${"0".repeat(63)}`, "--pin"],
  [`client tls://9 --pin sha256:${"g".repeat(64)}`, "--pin"],
  [`client tls://9 --pin md5:${"0".repeat(32)}`, "--pin", "md5:"],
  [`server reply udp://0 --text ${"x".repeat(65_508)}`, "--text", "65508 bytes", "65507 at most"],
  ["client 9 --source localhost --send x", "--source", '"localhost"'],
  ["client udp://9 --source localhost --send x", "--source", '"localhost"'],
  ["client udp://9 --source nonsense --send x", "--source", '"nonsense"'],
  ["client 9 --source 127.0.0.1:80 --send x", "--source", '"127.0.0.1:80"'],
];

for (const [args, ...words] of WRONG) {
  const shown = args.length < 200 ? args : `${args.slice(0, 50)}…`;
  Deno.test(`sockeye ${shown} ends with 2 and one line that says why`, async () => {
    await ends(args.split(" "), 2, words, FILES);
  });
}

/** Addresses that nothing can be done with. */
const UNREACHABLE: readonly (readonly [args: string, code: number, ...words: string[]])[] = [
  ["client udp://nosuch.invalid:9 --send x", 3, "udp://nosuch.invalid:9", "no address"],
  ["client tls://nosuch.invalid:9", 3, "tls://nosuch.invalid:9", "no address"],
  ["server udp://nosuch.invalid:9", 3, "udp://nosuch.invalid:9", "no address"],
  [`server udp://${NOBODYS}:0`, 4, `udp://${NOBODYS}:0`, "does not have that address"],
  [`client udp://9 --source ${NOBODYS} --send x`, 4, "does not have that address"],
  ["client udp://127.0.0.1:9 --source ::1 --send x", 4, "::1"],
  ["client 9 --source ::1 --send x", 4, "::1", "no address of that family"],
  [`client udp://239.1.2.3:9 --join 239.1.2.3%${NOBODYS}`, 4, "udp://239.1.2.3:9"],
];

for (const [args, code, ...words] of UNREACHABLE) {
  Deno.test(`sockeye ${args} ends with ${code} and one line that says why`, async () => {
    await ends(args.split(" "), code, words);
  });
}

Deno.test("client --source with an address that the machine lacks ends with 4", async () => {
  await using host = Host.saying("");
  const words = [NOBODYS, "does not have that address"];
  await ends(["client", String(host.port), "--source", NOBODYS, "--send", "x"], 4, words);
});

Deno.test("server udp:// and tls:// end with 4 where somebody listens already", needs(["openssl"]), async () => {
  await using made = await Certificates.make();
  await made.signed();
  const own = ["--cert", `${made.folder}/1.pem`, "--key", `${made.folder}/1.key`];
  await using udp = spawnSockeye(["server", "echo", `udp://${HOST}:0`]);
  await ends(["server", "echo", `udp://${HOST}:${await udp.port()}`], 4, ["the address is in use"]);
  await using tcp = spawnSockeye(["server", "echo", "0"]);
  await ends(["server", "echo", `tls://${HOST}:${await tcp.port()}`, ...own], 4, ["the address is in use"]);
});

/** Files for a server's certificate and key that do not do: what is in them, the code, what is said. */
const PAIRS: readonly (readonly [cert: string, key: string, code: number, ...words: string[]])[] = [
  ["nowhere", "1.key", 9, "nowhere", "there is no such file"],
  ["1.pem", "nowhere", 9, "nowhere", "there is no such file"],
  ["folder", "1.key", 9, "folder"],
  ["1.pem", "2.key", 6, "the key does not belong to the certificate"],
  ["garbage", "1.key", 6, "the certificate file holds no usable certificate in PEM"],
  ["1.pem", "garbage", 6, "the key file holds no usable private key in PEM"],
  ["empty", "1.key", 6, "the certificate file holds no usable certificate in PEM"],
  ["1.pem", "empty", 6, "the key file holds no usable private key in PEM"],
  ["1.key", "1.pem", 6, "the certificate file holds no usable certificate in PEM"],
  ["1.pem", "encrypted", 6, "the key is encrypted; decrypt it first"],
  ["1.pem", "encrypted old", 6, "the key is encrypted; decrypt it first"],
  ["damaged", "1.key", 6, "the certificate file holds no usable certificate in PEM"],
];

Deno.test("server tls:// names what is wrong with its certificate and key", needs(["openssl"]), async (t) => {
  await using made = await scene();
  for (const [cert, key, code, ...words] of PAIRS) {
    await t.step(`--cert ${cert} --key ${key} ends with ${code}`, async () => {
      const files = ["--cert", `${made.folder}/${cert}`, "--key", `${made.folder}/${key}`];
      await ends(["server", "echo", `tls://${HOST}:0`, ...files], code, words);
    });
  }
});

Deno.test("server tls:// says that its certificate is out of time, and serves", needs(["openssl"]), async () => {
  await using made = await Certificates.make();
  await made.signed({ dates: PAST });
  await made.signed({ dates: FUTURE });
  await made.signed({ names: "DNS:elsewhere.example" });
  const problems = ["expired on 2020-01-02", "is not valid before 2049-01-01", undefined];
  for (const [i, problem] of problems.entries()) {
    const cert = `${made.folder}/${i + 1}.pem`;
    const files = ["--cert", cert, "--key", `${made.folder}/${i + 1}.key`];
    await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`, "--once", ...files], { permissions: READ });
    const address = `tls://${HOST}:${await server.port()}`;
    const warning = problem === undefined ? "" : `The certificate "${cert}" ${problem}: clients will refuse it\n`;
    assertEquals(server.stderr.replace(/^Listening .*\n/m, ""), warning);
    await using client = spawnSockeye(["client", address, "--insecure", "--send", "hi", "--expect", "hi"]);
    assertEquals((await client.status()).code, 0, client.stderr);
  }
});

/** Files for `--ca` that do not do. */
const AUTHORITIES: readonly (readonly [ca: string, code: number])[] = [
  ["nowhere", 9],
  ["folder", 9],
  ["garbage", 6],
  ["empty", 6],
  ["damaged", 6],
];

Deno.test("client tls:// names the --ca that it cannot use", needs(["openssl"]), async (t) => {
  await using made = await scene();
  const own = ["--cert", `${made.folder}/1.pem`, "--key", `${made.folder}/1.key`];
  await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`, ...own], { permissions: READ });
  const address = `tls://${HOST}:${await server.port()}`;
  for (const [ca, code] of AUTHORITIES) {
    for (const more of [[], ["-v"]]) {
      await t.step(["--ca", ca, ...more, "ends with", code].join(" "), async () => {
        const path = `${made.folder}/${ca}`;
        await ends(["client", address, "--ca", path, "--send", "x", ...more], code, [path]);
      });
    }
  }
});

/** Certificates, and files that are none. */
async function scene(): Promise<Certificates> {
  const made = await Certificates.make();
  await made.signed();
  const { cert } = await made.signed();
  await Deno.writeTextFile(`${made.folder}/garbage`, "this is no certificate\n");
  await Deno.writeTextFile(`${made.folder}/empty`, "");
  await Deno.writeTextFile(`${made.folder}/damaged`, cert.replace(/^.{60}$/gm, "").replace(/^[^-].{20}/m, "AAAA"));
  const key = ["-in", `${made.folder}/1.key`, "-aes128", "-passout", "pass:word"];
  await openssl(["pkcs8", "-topk8", "-v2", "aes128", ...key.toSpliced(2, 1), "-out", `${made.folder}/encrypted`]);
  await openssl(["pkey", "-traditional", ...key, "-out", `${made.folder}/encrypted old`]);
  await Deno.mkdir(`${made.folder}/folder`);
  return made;
}

async function openssl(args: readonly string[]): Promise<void> {
  await using program = tool("openssl", args);
  const { code, stderr } = await program.status();
  assertEquals(code, 0, stderr);
}

/** What is granted, and the flag that is named. */
const FORBIDDEN: readonly (readonly [args: string, permissions: string[], flag: string])[] = [
  ["server echo udp://127.0.0.1:0", ["--allow-read"], "--allow-net"],
  ["server echo udp://127.0.0.1:0", ["--allow-net=127.0.0.1:1"], "--allow-net"],
  ["client udp://127.0.0.1:9 --send x", [], "--allow-net"],
  ["client udp://127.0.0.1:9 --send x", ["--allow-net=127.0.0.1:9"], "--allow-net=0.0.0.0:0,127.0.0.1:9 "],
  ["client udp://[::1]:9 --send x", ["--allow-net=[::1]:9"], "--allow-net=[::]:0,[::1]:9 "],
  ["client udp://9 --join 239.1.2.3%lo", ["--allow-net"], "--allow-sys=networkInterfaces "],
  ["client udp://9 --join ff15::1%eth0", ["--allow-net", "--allow-sys=hostname"], "--allow-sys=networkInterfaces "],
  ["server echo tls://127.0.0.1:9443", ["--allow-net=127.0.0.1:9443"], "--allow-net=127.0.0.1 "],
  ["server echo tls://[::1]:9443", ["--allow-net=[::1]:9443"], "--allow-net=127.0.0.1,[::1]:9443 "],
  ["client tls://127.0.0.1:9 --send x", ["--allow-read"], "--allow-net"],
  ["client tls://127.0.0.1:9 --ca ca.pem --send x", ["--allow-net"], "--allow-read"],
  ["server echo tls://127.0.0.1:0 --cert a.pem --key a.key", ["--allow-net"], "--allow-read"],
  ["client udp://127.0.0.1:9 --file deno.json", ["--allow-net"], "--allow-read"],
];

for (const [args, permissions, flag] of FORBIDDEN) {
  const given = permissions.join(" ") || "no permission";
  Deno.test(`sockeye ${args} with ${given} ends with 13 and names ${flag}`, needs([], permissionsAreOurs), async () => {
    await ends(args.split(" "), 13, [flag], permissions);
  });
}

Deno.test(
  "client --source with only its peer permitted ends in one line",
  needs([], permissionsAreOurs),
  async () => {
    const port = freePort();
    const permissions = [`--allow-net=${HOST}:${port}`];
    const args = ["client", HOST, String(port), "--source", HOST, "--send", "x"];
    await using program = spawnSockeye(args, { permissions });
    const { code, stderr } = await program.status();
    assertMatch(stderr, /^sockeye: [^\n]+\n$/);
    assert(code === 13 || code === 4, `${code}: ${stderr}`); // Nobody listens there.
  },
);

for (const name of ["", "a b", "-a", "::1%lo", "你 好", "1.2.3"]) {
  Deno.test(`client --server-name ${JSON.stringify(name)} ends with 2`, async () => {
    await ends(["client", "tls://9", "--server-name", name, "--send", "x"], 2, ["--server-name", `"${name}"`]);
  });
}

Deno.test("client --join with the name of no interface ends with 4", needs([], permissionsAreOurs), async () => {
  const permissions = ["--allow-net", "--allow-sys=networkInterfaces"];
  const args = ["client", "udp://239.1.2.3:9", "--join", "239.1.2.3%no-such0"];
  await ends(args, 4, ['Cannot join 239.1.2.3 on "no-such0": this machine has no such interface'], permissions);
});

/** Addresses and files that do not do: one line that names what is wrong, and its exit code. */

import { assertEquals } from "@std/assert";
import { Certificates, FUTURE, openssl, PAST } from "../support/certificates.ts";
import { fails, READ } from "../support/failing.ts";
import { needs, spawnSockeye } from "../support/harness.ts";
import { Host } from "../support/sockets.ts";

const HOST = "127.0.0.1";

/** An address that is for documentation only (RFC 5737): no machine has it. */
const NOBODYS = "203.0.113.9";

/** Addresses that nothing can be done with. */
const UNREACHABLE: readonly (readonly [args: string, code: number, ...words: string[]])[] = [
  ["client udp://nosuch.invalid:9 --send x", 3, "udp://nosuch.invalid:9", "no address"],
  ["client tls://nosuch.invalid:9", 3, "tls://nosuch.invalid:9", "no address"],
  ["server udp://nosuch.invalid:9", 3, "udp://nosuch.invalid:9", "no address"],
  [`server ${NOBODYS}:0`, 4, `tcp://${NOBODYS}:0`, "does not have that address"],
  [`server udp://${NOBODYS}:0`, 4, `udp://${NOBODYS}:0`, "does not have that address"],
  [`client udp://9 --source ${NOBODYS} --send x`, 4, "does not have that address"],
  ["client udp://127.0.0.1:9 --source ::1 --send x", 4, "::1"],
  ["server echo unix:/no/such/folder", 4, "there is no such socket or folder"],
  ["client unix:/no/such/folder", 4, "there is no such socket or folder"],
  ["client unix:/tmp/no 9000", 2, "a path has no port"],
  ["client 9 --source ::1 --send x", 4, "::1", "no address of that family"],
  [`client udp://239.1.2.3:9 --join 239.1.2.3%${NOBODYS}`, 4, "udp://239.1.2.3:9"],
];

for (const [args, code, ...words] of UNREACHABLE) {
  Deno.test(`sockeye ${args} ends with ${code} and one line that says why`, async () => {
    await fails(args, code, words);
  });
}

Deno.test("client --source with an address that the machine lacks ends with 4", async () => {
  await using host = Host.saying("");
  const words = [NOBODYS, "does not have that address"];
  await fails(["client", String(host.port), "--source", NOBODYS, "--send", "x"], 4, words);
});

Deno.test("server ends with 4 where another listens already", needs(["openssl"]), async () => {
  await using made = await Certificates.make();
  await made.signed();
  await using udp = spawnSockeye(["server", "echo", `udp://${HOST}:0`]);
  await fails(["server", "echo", `udp://${HOST}:${await udp.port()}`], 4, ["the address is in use"]);
  await using tcp = spawnSockeye(["server", "echo", "0"]);
  const place = `${HOST}:${await tcp.port()}`;
  await fails(["server", "echo", `tls://${place}`, ...made.own()], 4, ["the address is in use"]);
  await fails(["server", "echo", place], 4, [`sockeye: Cannot listen on tcp://${place}: the address is in use`]);
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
      const files = ["--cert", made.at(cert), "--key", made.at(key)];
      await fails(["server", "echo", `tls://${HOST}:0`, ...files], code, words);
      if (cert === "damaged") {
        await fails(["server", "echo", `wss://${HOST}:0`, ...files], code, [
          `Cannot listen on wss://${HOST}:0: `,
          ...words,
        ]);
      }
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
    const args = ["server", "echo", `tls://${HOST}:0`, "--once", ...made.own(i + 1)];
    await using server = spawnSockeye(args, { permissions: READ });
    const address = `tls://${HOST}:${await server.port()}`;
    const cert = made.at(`${i + 1}.pem`);
    const warning = problem === undefined ? "" : `The certificate "${cert}" ${problem}: clients will refuse it\n`;
    assertEquals(server.stderr.replace(/^(?:Listening|This machine only).*\n/gm, ""), warning);
    await spawnSockeye(["client", address, "--insecure", "--send", "hi", "--expect", "hi"]).ends(0);
  }
});

/** Files for `--ca` that do not do. */
const AUTHORITIES = { nowhere: 9, folder: 9, garbage: 6, empty: 6, damaged: 6 };

Deno.test("client tls:// names the --ca that it cannot use", needs(["openssl"]), async (t) => {
  await using made = await scene();
  await using server = spawnSockeye(["server", "echo", `tls://${HOST}:0`, ...made.own()], { permissions: READ });
  const address = `tls://${HOST}:${await server.port()}`;
  for (const [ca, code] of Object.entries(AUTHORITIES)) {
    for (const more of [[], ["-v"]]) {
      await t.step(["--ca", ca, ...more, "ends with", code].join(" "), async () => {
        const path = made.at(ca);
        await fails(["client", address, "--ca", path, "--send", "x", ...more], code, [path]);
      });
    }
  }
});

/** Certificates, and files that are none. */
async function scene(): Promise<Certificates> {
  const made = await Certificates.make();
  await made.signed();
  const { cert } = await made.signed();
  await Deno.writeTextFile(made.at("garbage"), "this is no certificate\n");
  await Deno.writeTextFile(made.at("empty"), "");
  await Deno.writeTextFile(made.at("damaged"), cert.replace(/^.{60}$/gm, "").replace(/^[^-].{20}/m, "AAAA"));
  const key = ["-in", "1.key", "-passout", "pass:word"];
  await openssl(made.folder, "pkcs8", "-topk8", "-v2", "aes128", ...key, "-out", "encrypted");
  await openssl(made.folder, "pkey", "-traditional", "-aes128", ...key, "-out", "encrypted old");
  await Deno.mkdir(made.at("folder"));
  return made;
}

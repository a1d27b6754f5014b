/** Certificates of clients: shown by sockeye and by openssl, asked for by both. */

import { assertEquals, assertMatch } from "@std/assert";
import { eventsOf } from "../../fetch/program.ts";
import { Certificates } from "../../support/certificates.ts";
import { READ } from "../../support/failing.ts";
import { freePort, type Program, spawnSockeye, tool } from "../../support/harness.ts";
import { HOST, Reverser, serveTls, test, testClient } from "./tls.ts";

function dial(made: Certificates, address: string, ...args: string[]): Program {
  return spawnSockeye(["client", address, "--ca", made.at("ca.pem"), ...args], { permissions: READ });
}

testClient("shows its certificate to a server that asks for one", [], async (made, flags) => {
  await made.signed();
  const ask = ["-Verify", "1", "-verify_return_error", "-CAfile", made.at("ca.pem")];
  await using server = await Reverser.start(made, 1, ...ask);
  const says = ["--send", "drawer\n", "--escapes", "--expect", "reward", ...made.own(2), ...flags];
  assertMatch((await dial(made, `tls://${HOST}:${server.port}`, ...says).ends(0)).stdout, /^reward$/m);
});

test("server --client-ca says whose certificate it was, and refuses all others", [], async (made) => {
  await using strangers = await Certificates.make();
  await made.signed();
  await strangers.signed();
  await made.signed({ purposes: "serverAuth" });
  await using server = serveTls(made, "echo", "--client-ca", made.at("ca.pem"));
  const address = `tls://${HOST}:${await server.port()}`;
  const hello = ["--send", "hello", "--expect", "hello"];
  assertEquals((await dial(made, address, ...hello, ...made.own(2)).ends(0)).stdout, "hello");
  await server.stderrLine(/^#1 127\.0\.0\.1:\d+ connected, with the certificate of server$/);
  const without = await dial(made, address, ...hello).ends(6);
  assertMatch(without.stderr, /it asks for a certificate of the client; --cert and --key show one$/m);
  await server.stderrLine(/ turned away: it shows no certificate, and --client-ca asks for one$/);
  const refused = [[strangers.own(1), "not signed by an authority in --client-ca"], [
    made.own(3),
    "not for clients",
  ]] as const;
  for (const [own, why] of refused) {
    const { stdout } = await dial(made, address, ...hello, ...own).ends(1);
    assertEquals(stdout, `sockeye: refused: your certificate is ${why}\n`);
    await server.stderrLine(new RegExp(` turned away: its certificate is ${why}$`));
  }
});

test("server --json --client-ca tells the certificate in the event, also of a WebSocket", [], async (made) => {
  await made.signed();
  for (const scheme of ["tls", "wss"]) {
    const args = ["server", "echo", `${scheme}://${HOST}:0`, ...made.own(), "--client-ca", made.at("ca.pem")];
    await using server = spawnSockeye([...args, "--json", "--once"], { permissions: READ });
    const address = `${scheme}://${HOST}:${await server.port()}`;
    await dial(made, address, "--send", "x", "--expect", "x", ...made.own(2)).ends(0);
    const { stdout } = await server.ends(0);
    const [opened] = eventsOf(stdout).filter(({ event }) => event === "open");
    const { name, fingerprint } = opened?.certificate as { name: string; fingerprint: string };
    const words = ["x509", "-in", made.at("2.pem"), "-noout", "-fingerprint", "-sha256"];
    const [, digits = ""] = (await tool("openssl", words).ends(0)).stdout.trim().split("=");
    assertEquals([name, fingerprint], ["server", `sha256:${digits.replaceAll(":", "").toLowerCase()}`], scheme);
  }
});

test("openssl s_client shows its certificate to server --client-ca, in both versions of TLS", [], async (made) => {
  await made.signed();
  await using server = serveTls(made, "echo", "--client-ca", made.at("ca.pem"));
  const port = await server.port();
  for (const version of ["-tls1_2", "-tls1_3"]) {
    const own = ["-cert", made.at("2.pem"), "-key", made.at("2.key")];
    const args = ["s_client", "-connect", `${HOST}:${port}`, version, "-quiet", ...own];
    await using client = tool("openssl", args, { stdin: "piped" });
    await client.write("hello\n");
    await client.stdoutLine(/^hello$/);
    await using nobody = tool("openssl", args.slice(0, 5), { stdin: "piped" });
    assertMatch((await nobody.status()).stderr, /alert certificate required|alert handshake failure/);
  }
});

testClient("comes from the port that --source names", [], async (made, flags) => {
  await using server = serveTls(made);
  const port = freePort();
  const args = ["--source", `:${port}`, "--send", "hello", "--expect", "hello", ...flags];
  await dial(made, `tls://localhost:${await server.port()}`, ...args).ends(0);
  await server.stderrLine(new RegExp(`^#1 127\\.0\\.0\\.1:${port} connected$`));
});

import { assertEquals } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { describeClient, onlySignedBy } from "../../../lib/transport/tls/client_certificate.ts";
import { extendedKeyUsage } from "../../../lib/transport/tls/key_usage.ts";
import { Certificates, FUTURE, hasOpenssl, PAST } from "../../support/certificates.ts";
import { needs } from "../../support/harness.ts";

const ignore = needs([], hasOpenssl);

const CLIENT = "1.3.6.1.5.5.7.3.2";
const SERVER = "1.3.6.1.5.5.7.3.1";

Deno.test("onlySignedBy() takes what an authority has signed itself, in its time, for clients", ignore, async () => {
  await using made = await Certificates.make();
  await using other = await Certificates.make();
  const judge = onlySignedBy(made.ca);
  const verdict = (pem: string) => judge(new X509Certificate(pem));
  const good = await made.signed();
  assertEquals(verdict(good.cert), undefined);
  assertEquals(verdict((await made.signed({ purposes: "serverAuth,clientAuth" })).cert), undefined);
  const unsigned = "its certificate is not signed by an authority in --client-ca";
  assertEquals(verdict((await other.signed()).cert), unsigned);
  assertEquals(verdict((await made.selfSigned()).cert), unsigned);
  assertEquals(onlySignedBy(good.cert)(new X509Certificate(good.cert)), unsigned, "a leaf is no authority");
  for (const dates of [PAST, FUTURE]) {
    const { cert } = await made.signed({ dates });
    assertEquals(verdict(cert), "its certificate has expired or is not valid yet");
  }
  assertEquals(verdict((await made.signed({ purposes: "serverAuth" })).cert), "its certificate is not for clients");
});

Deno.test("extendedKeyUsage() reads what a certificate is for", ignore, async () => {
  await using made = await Certificates.make();
  const cases = [
    [undefined, undefined],
    ["serverAuth", [SERVER]],
    ["critical,clientAuth,serverAuth", [CLIENT, SERVER]],
    ["anyExtendedKeyUsage", ["2.5.29.37.0"]],
  ] as const;
  for (const [purposes, expected] of cases) {
    const { cert } = await made.signed({ ...(purposes && { purposes }) });
    assertEquals<unknown>(extendedKeyUsage(new X509Certificate(cert).raw), expected, purposes);
  }
  assertEquals(extendedKeyUsage(new Uint8Array()), undefined);
});

Deno.test("describeClient() names a client", ignore, async () => {
  await using made = await Certificates.make();
  const certificate = new X509Certificate((await made.signed()).cert);
  const { name, fingerprint } = describeClient(certificate);
  assertEquals(name, "server");
  assertEquals(fingerprint, `sha256:${certificate.fingerprint256.replaceAll(":", "").toLowerCase()}`);
});

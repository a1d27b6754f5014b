/**
 * `sockeye cert`: makes a certificate for a server of one's own, and the authority that clients trust.
 *
 * @module
 */

import { say } from "../../phrase.ts";
import { loadCertificateLibrary, makeCertificate } from "../../transport/tls/certificate.ts";
import { parseCertificateName } from "../../transport/tls/names.ts";
import { asNumber, flag, one, type Values } from "../../options.ts";
import { demand, isGuarded, keepOnly } from "../../permissions.ts";
import { quote } from "../../printable.ts";
import { unlessAborted, unlessHung } from "../../wait.ts";
import { type CommandSpec, type CommonValues, defineCommand, openOutput, type Run } from "../command.ts";
import { demandReplace, writeTogether } from "../replace_files.ts";

/** The names of this machine for clients on it. */
const DEFAULT_NAMES = ["localhost", "127.0.0.1", "::1"];

const DEFAULT_PREFIX = "sockeye";

/** A season: long enough for a course or a project, and a key that gets lost is not good for ever. */
const DEFAULT_DAYS = 90;

/** Apple's systems take no server certificate that is valid for longer. */
const MAX_DAYS = 825;

/** Modes of the files before the umask: certificates are public, the key is for its owner alone. */
const PUBLIC = 0o644;
const SECRET = 0o600;

const CERT_OPTIONS = {
  "output": one("PREFIX", `what the names of the files begin with (${DEFAULT_PREFIX})`, asPrefix, { short: "o" }),
  "days": one("N", `how long it is valid (${DEFAULT_DAYS})`, asNumber(1, MAX_DAYS)),
  "force": flag("replace files that exist; needs --allow-read too", { needs: ["read"] }),
} as const;

type CertValues = Values<typeof CERT_OPTIONS> & CommonValues;

/** The table entry. */
export const certCommand: CommandSpec = defineCommand({
  name: "cert",
  summary: "make a certificate for a TLS server of your own",
  operands: "[NAME…]",
  about: `NAME is a host name, *.example.com or an IP address; without one it is for this machine.
PREFIX.crt and PREFIX.key are for the server, PREFIX-ca.crt is what clients trust. The key
of that authority is discarded, so nothing else can be signed with it.`,
  options: CERT_OPTIONS,
  examples: [
    ["cert", "sockeye.crt, sockeye.key and sockeye-ca.crt for this machine"],
    ["cert chat.lan 192.168.1.5", "for a server that others reach by these names"],
    ["cert -o dev --days 365 --force", "dev.crt, dev.key and dev-ca.crt, again and for a year"],
  ],
  run: runCert,
});

async function runCert(values: CertValues, run: Run): Promise<number> {
  const started = performance.now();
  const names = run.operands.length > 0 ? run.operands.map(parseCertificateName) : DEFAULT_NAMES;
  const output = await openOutput("cert", values, run);
  const prefix = values.output ?? DEFAULT_PREFIX;
  const paths = { cert: `${prefix}.crt`, key: `${prefix}.key`, ca: `${prefix}-ca.crt` };
  for (const path of Object.values(paths)) {
    demand("write", path, say("write")`write ${quote(path)}`);
    if (values.force) demandReplace(path);
  }
  // The library may come from a registry that does not answer: a signal must not have to wait for it.
  await unlessAborted(loadCertificateLibrary(), run.system.signal);
  if (!isGuarded(prefix)) keepOnly(values.force ? ["read", "write"] : ["write"]);
  const made = await unlessAborted(makeCertificate(names, values.days ?? DEFAULT_DAYS), run.system.signal);
  const files = [
    { path: paths.cert, text: made.cert, mode: PUBLIC },
    { path: paths.key, text: made.key, mode: SECRET },
    { path: paths.ca, text: made.ca, mode: PUBLIC },
  ];
  await unlessHung(writeTogether(files, values.force ?? false), run.system.signal);
  const fingerprint = `sha256:${made.fingerprint}`;
  if (!values.quiet && !values.json) {
    void run.sink.write("stdout", `${[...Object.values(paths), fingerprint].join("\n")}\n`);
  }
  const ms = Math.round(performance.now() - started);
  const certified = { names, ...paths, fingerprint, expires: made.expires.toISOString() };
  await output.report({ event: "done", peers: 0, received: 0, sent: 0, ms, ...certified, code: 0 });
  return 0;
}

function asPrefix(text: string): string {
  if (/^-?$|\/$/.test(text)) throw new Error("expected the beginning of file names, such as dev or certs/dev");
  return text;
}

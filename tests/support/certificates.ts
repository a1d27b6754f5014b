/** Certificates for tests, made by openssl in a temporary folder. */

import { has, tool } from "./harness.ts";

export const hasOpenssl: boolean = has("openssl");

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** How a certificate differs from one that is good. */
export interface Wishes {
  /** For whom it is. Default this machine by name and address. */
  readonly names?: string;
  /** First and last second, `YYMMDDHHMMSSZ`. */
  readonly dates?: readonly [from: string, to: string];
  /** What it is for, in openssl's words: `serverAuth`. Default: everything. */
  readonly purposes?: string;
}

const GOOD_NAMES = "DNS:localhost,IP:127.0.0.1";

const GOOD_DATES = ["200101000000Z", "491231235959Z"] as const;

/** Times that are over, and times to come. */
export const PAST = ["200101000000Z", "200102000000Z"] as const;
export const FUTURE = ["490101000000Z", "491231235959Z"] as const;

/** Elliptic keys are made at once. */
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** What `openssl ca` cannot do without. */
const CONFIG = `[ca]
default_ca = it
[it]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;

/** A folder where openssl makes certificates; it is gone with the scope that holds it. */
export class Certificates implements AsyncDisposable {
  /** The certificate of the authority that signs with {@linkcode signed}. */
  ca = "";
  #count = 0;

  private constructor(readonly folder: string) {}

  static async make(): Promise<Certificates> {
    const made = new Certificates(await Deno.makeTempDir({ prefix: "sockeye-tls-" }));
    await Deno.writeTextFile(`${made.folder}/ca.cnf`, CONFIG);
    await Deno.writeTextFile(`${made.folder}/index.txt`, "");
    const files = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", `/CN=Test CA ${crypto.randomUUID()}`];
    await openssl(made.folder, "req", "-x509", ...NEW_KEY, ...files);
    made.ca = await Deno.readTextFile(`${made.folder}/ca.pem`);
    return made;
  }

  at(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** What `server tls://` is told to use the certificate with this number. */
  own(number = 1): string[] {
    return ["--cert", this.at(`${number}.pem`), "--key", this.at(`${number}.key`)];
  }

  signed(wishes: Wishes = {}): Promise<Pair> {
    return this.#issue(wishes, "CA:FALSE", () => ["-cert", "ca.pem", "-keyfile", "ca.key"]);
  }

  /** One that is self-signed and calls itself an authority, as those of `openssl req -x509`. */
  selfSigned(wishes: Wishes = {}): Promise<Pair> {
    return this.#issue(wishes, "CA:TRUE", (name) => ["-selfsign", "-keyfile", `${name}.key`]);
  }

  async #issue(wishes: Wishes, constraints: string, signer: (name: string) => string[]): Promise<Pair> {
    const { names = GOOD_NAMES, dates: [from, to] = GOOD_DATES, purposes } = wishes;
    const usage = purposes === undefined ? "" : `extendedKeyUsage=${purposes}\n`;
    const name = String(++this.#count);
    const request = ["-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=server"];
    await openssl(this.folder, "req", "-new", ...NEW_KEY, ...request);
    await Deno.writeTextFile(
      `${this.folder}/ext`,
      `basicConstraints=${constraints}\nsubjectAltName=${names}\n${usage}`,
    );
    const files = ["-config", "ca.cnf", "-extfile", "ext", "-in", `${name}.csr`, "-out", `${name}.pem`];
    const how = ["-batch", "-notext", "-startdate", from, "-enddate", to];
    await openssl(this.folder, "ca", ...how, ...files, ...signer(name));
    const read = (extension: string) => Deno.readTextFile(`${this.folder}/${name}.${extension}`);
    return { cert: await read("pem"), key: await read("key") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs openssl in a folder, and gives what it prints; it must succeed. */
export async function openssl(cwd: string, ...args: string[]): Promise<string> {
  return (await tool("openssl", args, { cwd }).ends(0)).stdout;
}

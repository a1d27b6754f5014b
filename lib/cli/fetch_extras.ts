/**
 * What some options of `sockeye fetch` add to its plan: a login, cookies, certificates, addresses by hand. Loaded only when
 * one of them is given.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { CookieStore } from "../fetch/cookies.ts";
import { asResolved } from "../fetch/places.ts";
import type { DownloadOptions } from "../fetch/download.ts";
import { asSha256 } from "../fetch/verify.ts";
import type { Field } from "../http/head.ts";
import { basicAuth, parseField } from "../http/request.ts";
import { readValue } from "../options.ts";
import type { Phrased } from "../phrase.ts";
import { quote } from "../printable.ts";

/** The options, their texts unread. */
export interface ExtraValues {
  /** `USER[:PASSWORD]` */
  readonly "user"?: string | undefined;
  /** Cookies to send. */
  readonly "cookie"?: readonly string[] | undefined;
  /** The file for cookies. */
  readonly "cookie-jar"?: string | undefined;
  /** A file with certificates to trust. */
  readonly "ca"?: string | undefined;
  /** The file with the client's certificate. */
  readonly "cert"?: string | undefined;
  /** The file with its key. */
  readonly "key"?: string | undefined;
  /** Each `HOST:PORT:ADDR`. */
  readonly "resolve"?: readonly string[] | undefined;
  /** The digest in hex. */
  readonly "sha256"?: string | undefined;
}

/** What they add. */
export interface Extras {
  /** What goes to every download. */
  readonly options: Pick<DownloadOptions, "ca" | "identity" | "resolve" | "sha256">;
  /** Fields of the first request. */
  readonly fields: readonly Field[];
  /** The cookies of a file. */
  readonly store: CookieStore | undefined;
}

/**
 * Reads the options and the files that they name.
 *
 * @param own the fields that the user gives
 * @param notice tells the user
 * @throws {SockeyeError} `usage`, `file`, `permission`, `tls`
 */
export async function readExtras(
  values: ExtraValues,
  own: readonly Field[],
  notice: (message: Phrased) => void,
): Promise<Extras> {
  const { user, cookie, cert, key, ca, resolve, sha256 } = values;
  const jar = values["cookie-jar"];
  const places = resolve?.map((text) => readValue(text, "--resolve", asResolved));
  const fields = [...userField(user, own), ...cookieFields(cookie, own)];
  const digest = sha256 === undefined ? undefined : readValue(sha256, "--sha256", asSha256);
  const hasIdentity = cert !== undefined || key !== undefined;
  return {
    fields,
    options: {
      sha256: digest,
      resolve: places && new Map(places.map(({ name, address }) => [name, address])),
      ca: ca === undefined ? undefined : await (await import("../transport/tls/trust.ts")).readCertificates(ca),
      identity: hasIdentity
        ? await (await import("../transport/tls/credentials.ts")).readIdentity(cert, key)
        : undefined,
    },
    store: jar === undefined ? undefined : await CookieStore.open(jar, notice),
  };
}

/** Basic authentication, for the server of the first address alone (RFC 7617). */
function userField(user: string | undefined, own: readonly Field[]): Field[] {
  if (user === undefined) return [];
  refuseBoth("-u", "Authorization", own);
  const colon = user.indexOf(":");
  const [name, password] = colon < 0 ? [user, ""] : [user.slice(0, colon), user.slice(colon + 1)];
  return [["Authorization", basicAuth(name, password)]];
}

function cookieFields(cookies: readonly string[] | undefined, own: readonly Field[]): Field[] {
  if (cookies === undefined) return [];
  refuseBoth("-b", "Cookie", own);
  for (const text of cookies) {
    readValue(text, "-b", (text) => {
      if (!text.includes("=")) throw new Error("expected cookies such as 'a=1; b=2'; --cookie-jar FILE reads a file");
    });
  }
  return [readValue(cookies.join("; "), "-b", (text) => parseField(`Cookie: ${text}`))];
}

function refuseBoth(flag: string, name: string, own: readonly Field[]): void {
  if (!own.some(([known]) => known.toLowerCase() === name.toLowerCase())) return;
  throw new SockeyeError("usage", `Options ${flag} and -H ${quote(`${name}: …`)} contradict each other`);
}

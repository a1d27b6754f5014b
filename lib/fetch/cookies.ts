/**
 * The cookies of one call: those that servers set are sent with its later requests, and a file keeps them for later
 * calls. Loaded only when there are any.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { readText, withFileErrors } from "../files.ts";
import { readCookieFile, writeCookieFile } from "../http/cookie_file.ts";
import { cookieField, CookieJar } from "../http/cookies.ts";
import type { Field, Fields } from "../http/head.ts";
import { demand } from "../permissions.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { demandReplaced, ReplacedFile } from "../replaced_file.ts";
import { plural } from "../wording.ts";
import { ifThere } from "./part_file.ts";

/** Cookies in memory, and their file if there is one. */
export class CookieStore {
  readonly #jar = new CookieJar();
  readonly #path: string | undefined;

  /** Makes an empty store; `path` is where {@linkcode save} writes. */
  constructor(path?: string) {
    this.#path = path;
  }

  /**
   * Reads a file, which need not be there yet.
   *
   * @throws {SockeyeError} `permission`, or `file` if it is not a cookie file, which would be replaced at the end
   */
  static async open(path: string, notice: (message: Phrased) => void): Promise<CookieStore> {
    const doing = say("read")`read ${quote(path)}`;
    demand("read", path, doing);
    demandReplaced(path);
    return await withFileErrors(doing, async () => {
      const info = await ifThere(Deno.stat(path));
      // The folder of a new one must exist, or the cookies would be lost at the end.
      if (!info) {
        await withFileErrors(say("write")`write ${quote(path)}`, () => Deno.stat(path.replace(/[^/]*$/, "") || "."));
      }
      if (info && !info.isFile) throw new SockeyeError("file", `Cannot ${doing}: it is no file`);
      // A link stays a link.
      const store = new CookieStore(info ? await Deno.realPath(path) : path);
      const { cookies, odd } = readCookieFile(info ? await readText(path) : "");
      if (odd > 0 && cookies.length === 0) throw new SockeyeError("file", `Cannot ${doing}: it is no cookie file`);
      if (odd > 0) notice(`${plural(odd, "line")} of ${quote(path)} are no cookies, and will be left out`);
      for (const cookie of cookies) store.#jar.add(cookie, Date.now());
      return store;
    });
  }

  /** Takes the cookies of a response; `remark` is called with the reason when one is not kept. */
  take(fields: Fields, url: URL, remark: (message: string) => void): void {
    for (const field of fields.getAll("set-cookie")) {
      const problem = this.#jar.take(field, url, Date.now());
      if (problem !== undefined) remark(`The cookie ${quote(field.split("=", 1)[0] ?? "")} is not kept: ${problem}`);
    }
  }

  /** The fields of a request with the cookies for its address, which come before the user's own. */
  addTo(fields: readonly Field[], url: URL): readonly Field[] {
    const cookies = this.#jar.for(url, Date.now());
    if (cookies.length === 0) return fields;
    const isCookie = ([name]: Field) => name.toLowerCase() === "cookie";
    const own = fields.filter(isCookie).map(([, value]) => value).join("; ");
    return [...fields.filter((field) => !isCookie(field)), ["Cookie", cookieField(own, cookies)]];
  }

  /**
   * Writes the file, if there is one, for its owner's eyes.
   *
   * @throws {SockeyeError} `file`, `permission`
   */
  async save(): Promise<void> {
    if (this.#path === undefined) return;
    const file = await ReplacedFile.open(this.#path);
    try {
      if (Deno.build.os !== "windows") await Deno.chmod(file.place, 0o600);
      await file.write(writeCookieFile(this.#jar.all(Date.now())));
    } catch (error) {
      file.abandon();
      throw error;
    }
    await file.complete();
  }
}

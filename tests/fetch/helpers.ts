/**
 * A temporary folder, and downloads with the settings of the command line as they are without flags.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { type ErrorKind, SockeyeError } from "../../lib/errors.ts";
import type { BodyOptions } from "../../lib/fetch/body.ts";
import { download, type DownloadOptions, type DownloadResult, type Watch } from "../../lib/fetch/download.ts";
import { BACKOFF_MS } from "../../lib/fetch/limits.ts";
import type { HttpRequest } from "../../lib/http/request.ts";
import type { Phrased } from "../../lib/phrase.ts";
import { toBytes, toText } from "../http/helpers.ts";

/** A folder that is gone with the scope that holds it. */
export class Folder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one, with these files. */
  static async make(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
    const folder = new Folder(await Deno.realPath(await Deno.makeTempDir({ prefix: "sockeye-" })));
    for (const [name, content] of Object.entries(files)) await folder.put(name, content);
    return folder;
  }

  /** The path of a name in it. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Makes a file. */
  async put(name: string, content: string): Promise<string> {
    await Deno.writeTextFile(this.at(name), content);
    return this.at(name);
  }

  /** What a file has, a character a byte; undefined when there is none. */
  async get(name: string): Promise<string | undefined> {
    try {
      return toText(await Deno.readFile(this.at(name)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** The names in it, in order. */
  async names(): Promise<string[]> {
    return (await Array.fromAsync(Deno.readDir(this.path), ({ name }) => name)).sort();
  }

  /** What its files have, by name. */
  async files(): Promise<Record<string, string | undefined>> {
    const names = await this.names();
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.get(name)])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

type TestOptions = Omit<Deno.TestDefinition, "name" | "fn">;

/** A test with a folder of its own. */
export function inFolder(name: string, play: (folder: Folder) => Promise<void>, options: TestOptions = {}): void {
  Deno.test(name, options, async () => {
    await using folder = await Folder.make();
    await play(folder);
  });
}

/** Opens a target without what an earlier run left, or to continue it. */
export const FRESH = { keep: false, keepExisting: undefined };
export const KEEP = { keep: true, keepExisting: undefined };

/** A note beside a part. */
export const NOTE = { url: "http://h/file", validator: '"v1"' };

/** Checks that work fails with an error of kind `file` that has these words. */
export async function refusal(work: () => Promise<unknown> | undefined, words: string): Promise<void> {
  const error = await assertRejects(async () => await work(), SockeyeError, words);
  assertEquals(error.kind, "file");
}

/** Records the events of a download. */
export class Log implements Watch {
  readonly requests: string[] = [];
  readonly answers: string[] = [];
  /** `bytes/total` */
  readonly steps: string[] = [];
  readonly notices: string[] = [];
  /** Called at each step. */
  onProgress: (bytes: number) => void = () => {};

  request(head: Uint8Array): void {
    this.requests.push(toText(head));
  }

  answer(head: Uint8Array): void {
    this.answers.push(toText(head));
  }

  progress(bytes: number, total: number | undefined): void {
    this.steps.push(`${bytes}/${total}`);
    this.onProgress(bytes);
  }

  notice(message: Phrased): void {
    this.notices.push(String(message));
  }
}

/** What a test wants otherwise than without flags. */
export type Wishes = Partial<DownloadOptions> & Partial<Omit<HttpRequest, "url">>;

/** A body without any wishes. */
export const PLAIN: BodyOptions = { maxSize: Infinity, raw: false, toUtf8: false, digest: false };

/** Downloads. */
export async function fetchFrom(url: URL, wishes: Wishes = {}): Promise<DownloadResult> {
  const { method = "GET", fields = [], body, ...options } = wishes;
  return await download({ method, url, fields, body }, {
    ...PLAIN,
    defaults: [["Accept", "*/*"]],
    maxRedirects: 10,
    retries: 0,
    allowTruncated: false,
    timeout: 10_000,
    resume: false,
    noClobber: false,
    taken: new Set(),
    proxy: {},
    watch: new Log(),
    ...options,
  });
}

/** Downloads in vain; checks the kind of the failure and some of its words. */
export async function fails(url: URL, kind: ErrorKind, words: string, wishes: Wishes = {}): Promise<SockeyeError> {
  const error = await assertRejects(() => fetchFrom(url, wishes), SockeyeError, words);
  if (error.kind !== kind) throw new Error(`The kind is ${error.kind}, not ${kind}: ${error.message}`);
  return error;
}

/** Takes the pauses between attempts away until it is disposed of. */
export function impatient(): Disposable {
  const { first } = BACKOFF_MS;
  Object.assign(BACKOFF_MS, { first: 1 });
  return { [Symbol.dispose]: () => void Object.assign(BACKOFF_MS, { first }) };
}

/** SHA-256 in hex of text, a byte a character. */
export async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(toBytes(text)))).toHex();
}

/** The place of a test. */
export interface Scene {
  readonly folder: Folder;
  /** The path of `file`, whose bytes are `old`. */
  readonly path: string;
  /** Fails unless `file` has its old bytes, and nothing is beside it. */
  untouched(what?: string): Promise<void>;
  /** The same, but for a part without a note, which it removes, if any bytes came. */
  kept(part: string, what?: string): Promise<void>;
}

/** A test with a folder that has an old `file`, and without pauses between attempts. */
export function test(name: string, play: (scene: Scene) => Promise<void>, options: { ignore?: boolean } = {}): void {
  Deno.test(name, options, async () => {
    using _quick = impatient();
    await using folder = await Folder.make();
    const path = await folder.put("file", "old");
    const untouched = async (what?: string) => assertEquals(await folder.files(), { file: "old" }, what);
    const kept = async (part: string, what?: string) => {
      if (part === "") return await untouched(what);
      assertEquals(await folder.files(), { file: "old", "file.part": part }, what);
      await Deno.remove(folder.at("file.part"));
    };
    await play({ folder, path, untouched, kept });
  });
}

/** Something that a server's script waits for. It opens at the end of its scope, so that a test which fails ends. */
export class Gate implements Disposable {
  readonly #gate = Promise.withResolvers<void>();
  /** Settles when it is open. */
  readonly opened: Promise<void> = this.#gate.promise;

  open(): void {
    this.#gate.resolve();
  }

  [Symbol.dispose](): void {
    this.open();
  }
}

/**
 * Where one body goes: under which name, and whether that may replace a file.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { fileNameFor } from "../http/file_name.ts";
import { quote } from "../printable.ts";
import { openTarget } from "./target.ts";
import type { Target } from "./target_contract.ts";

/** What decides about a name. */
export interface PlaceOptions {
  /** NAME; default: what the server or the address suggests. */
  readonly path?: string | undefined;
  /** Takes the body instead of a file. */
  readonly stream?: Target | undefined;
  /** Never replaces a file. */
  readonly noClobber: boolean;
  /** Names that this call has used up. */
  readonly taken: ReadonlySet<string>;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** The name of one body, and what is open under it. */
export class Place {
  /** NAME, once it is known. */
  path: string | undefined;
  /** What takes the body, once it is open. */
  target: Target | undefined;
  readonly #url: URL;
  readonly #options: PlaceOptions;
  #foreignName = false;

  /**
   * Chooses nothing yet.
   *
   * @param url what is fetched
   * @param options what decides
   */
  constructor(url: URL, options: PlaceOptions) {
    this.#url = url;
    this.#options = options;
    this.path = options.path;
  }

  /**
   * Goes on under the name that an earlier run found.
   *
   * @param path that name
   */
  adopt(path: string): void {
    this.path = path;
    this.#foreignName = this.#options.path === undefined && path !== fileNameFor(this.#url);
  }

  /**
   * Opens the target, or empties the one that is open.
   *
   * @param url what was asked last; after redirects another one than at first
   * @param disposition what the server says of the name
   * @returns the target, without a byte
   * @throws {SockeyeError} `file`, `permission`
   */
  async openEmpty(url: URL, disposition: string | undefined): Promise<Target> {
    if (!this.target) {
      this.#choose(url, disposition);
      return await this.open(false);
    }
    await this.target.restart();
    return this.target;
  }

  /**
   * Opens the target, if none is open.
   *
   * @param keep what is there stays, and more comes behind it
   * @returns the target
   * @throws {SockeyeError} `file`, `permission`
   */
  async open(keep: boolean): Promise<Target> {
    const { stream, noClobber, taken, signal } = this.#options;
    const path = this.path ?? fileNameFor(this.#url);
    if (!stream && taken.has(path)) {
      throw new SockeyeError(
        "file",
        `Cannot write ${quote(path)}: another address of this call was saved under that name`,
      );
    }
    const keepExisting = noClobber ? "--no-clobber keeps it" : this.#foreignName ? "-o NAME replaces it" : undefined;
    this.target ??= stream ?? await openTarget(path, { keep, keepExisting, signal });
    return this.target;
  }

  /** A name that a server chose, be it by a redirect, or another site than the one asked must not replace a file. */
  #choose(url: URL, disposition: string | undefined): void {
    this.path = this.#options.path ?? fileNameFor(url, disposition);
    this.#foreignName = this.#options.path === undefined &&
      (this.path !== fileNameFor(this.#url) || url.hostname !== this.#url.hostname);
  }
}

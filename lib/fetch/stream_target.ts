/**
 * Targets that take bytes and give none back: standard output, devices, named pipes.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { told, writeAll } from "../files.ts";
import type { Target } from "./target_contract.ts";

/** Standard output, or whatever else takes bytes in order. */
export class StreamTarget implements Target {
  size = 0;
  readonly #take: (bytes: Uint8Array) => void | Promise<void>;

  /**
   * Takes bytes for somebody else.
   *
   * @param take takes a copy that it may keep; its promise is the back-pressure
   */
  constructor(take: (bytes: Uint8Array) => void | Promise<void>) {
    this.#take = take;
  }

  /** Hands a copy on. */
  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    await this.#take(bytes.slice());
  }

  /** What has been handed on cannot be taken back. */
  restart(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    const message = "Cannot start anew: a part of the body is already on its way";
    return Promise.reject(new SockeyeError("session", message, { transient: false }));
  }

  /** A stream cannot be continued by a later run. */
  note(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing is left to do. */
  commit(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing is left to do. */
  abandon(): Promise<void> {
    return Promise.resolve();
  }
}

/** A device or a named pipe: there is nothing to keep and nothing to rename. */
export class DeviceTarget implements Target {
  size = 0;
  readonly #file: Deno.FsFile;

  /** Takes over an open device. */
  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await told("write to the device", () => writeAll(this.#file, bytes));
    this.size += bytes.length;
  }

  restart(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return Promise.reject(new SockeyeError("file", "Cannot start anew: what a device has taken is gone"));
  }

  note(): Promise<void> {
    return Promise.resolve();
  }

  commit(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }

  abandon(): Promise<void> {
    return this.commit();
  }
}

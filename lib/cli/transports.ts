/**
 * Options that mean something only for some transports. Given for another one they would be ignored; that is hardly what was
 * meant.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Transport } from "../transport/address.ts";

/** Options by long name, and what they are for; the others work everywhere. */
export type OnlyFor = Readonly<Record<string, readonly Transport[]>>;

/**
 * Checks that no option is for another transport.
 *
 * @param onlyFor what options are for
 * @param names the options that were given, by long name
 * @param transport what is listened on or dialled
 * @throws {SockeyeError} `usage`, naming the option and what it is for
 */
export function refuseOtherTransports(onlyFor: OnlyFor, names: readonly string[], transport: Transport): void {
  for (const name of names) {
    const transports = Object.hasOwn(onlyFor, name) ? onlyFor[name] : undefined;
    if (!transports || transports.includes(transport)) continue;
    throw new SockeyeError("usage", `Option --${name} is for ${listed(transports)}, not for ${transport}`);
  }
}

/** `tcp, tls and udp`. */
function listed(words: readonly string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}

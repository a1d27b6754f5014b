/**
 * Options that mean something only for some transports: given for another one they would be ignored.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Given } from "../options.ts";
import { say } from "../phrase.ts";
import { ALL_TRANSPORTS } from "../transport/mod.ts";
import type { Traits } from "../transport/transport.ts";
import { allOf } from "../wording.ts";

/** Groups of options by long name, and the transports that they are for; the others work everywhere. */
export type TransportRules = readonly (readonly [fits: (transport: Traits) => boolean, options: readonly string[]])[];

/**
 * Checks that options, and the encoding of text, are for a transport.
 *
 * @throws {SockeyeError} `usage`, naming the option and its transports, or the transport's encoding
 */
export function checkTransport(
  transport: Traits,
  rules: TransportRules,
  given: readonly Given[],
  encoding: string,
): void {
  for (const { name } of given) {
    const [fits] = rules.find(([, options]) => options.includes(name)) ?? [];
    if (!fits || fits(transport)) continue;
    const names = ALL_TRANSPORTS.filter(fits).map((one) => one.name);
    throw new SockeyeError(
      "usage",
      say("option-of-transport")`Option --${name} is for ${allOf(names)}, not for ${transport.name}`,
    );
  }
  const { encoding: prescribed = encoding, name } = transport;
  if (prescribed !== encoding) {
    throw new SockeyeError(
      "usage",
      say("encoding-of-transport")`Text over ${name} is ${prescribed}; it cannot be ${encoding}`,
    );
  }
}

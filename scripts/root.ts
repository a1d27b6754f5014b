/**
 * The folder of the checkout.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Path of the checkout, without a slash at the end. It is a path and not a URL, in which a blank would be `%20`. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Where the checkout is.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Its folder as the system writes it, without a slash at the end; a URL would have `%20` for a blank. */
export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

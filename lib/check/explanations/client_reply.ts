/**
 * What `--explain client/reply/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import { explainClient } from "./client.ts";

/** By the names of the cases. */
export const clientReplyExplanations: Readonly<Record<string, Explanation>> = explainClient(
  { en: "the answer of --say", zh: " --say 指定的回复" },
  {
    en: "It sends an answer of 64 KiB that ends like that of --say, the last bytes a little later.",
    zh: "发送 64 KiB 的长回复，结尾与 --say 指定的回复相同，最后几个字节稍后才到。",
  },
);

/**
 * What `--explain client/echo/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import { explainClient } from "./client.ts";

/** By the names of the cases. */
export const clientEchoExplanations: Readonly<Record<string, Explanation>> = explainClient(
  { en: "your client's own message", zh: "客户端自己的消息" },
  {
    en:
      "It sends your client's own message of 64 KiB, the last bytes a little later. Start the client with so long a message, else the case cannot be judged.",
    zh: "发回客户端自己的 64 KiB 消息，最后几个字节稍后才到。客户端要先发送这么长的消息，否则这一项无法判断。",
  },
);

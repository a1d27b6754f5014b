/**
 * The suite for echo servers (RFC 862): what is sent comes back, byte for byte, however it arrives and however many clients there are.
 *
 * @module
 */

import type { Suite } from "../case.ts";
import { CLIENT_CASES } from "../echo/clients.ts";
import { MESSAGE_CASES } from "../echo/messages.ts";
import { STREAM_CASES } from "../echo/streams.ts";

const byNumber = new Intl.Collator("en", { numeric: true });

/** Checks an echo server. */
export const echo: Suite = {
  name: "echo",
  title: { en: "an echo server", zh: "回显服务器" },
  tests: "server",
  hello: () => new TextEncoder().encode("hello\n"),
  telling: "4",
  leaving: "12",
  answersItself: true,
  cases: [...MESSAGE_CASES, ...STREAM_CASES, ...CLIENT_CASES].sort((a, b) => byNumber.compare(a.name, b.name)),
};

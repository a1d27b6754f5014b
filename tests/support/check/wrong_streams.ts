/** Wrong programs of the suites `echo`, `reply`, `client/echo` and `client/reply`, and what must be said about them. */

import type { Wrong } from "./expected.ts";

export const WRONG_ECHO: readonly Wrong[] = [
  { file: "echo_one_recv.py", fail: "4", unknown: "5 7 8 13" },
  { file: "echo_strips.py", fail: "1 3", unknown: "2 4 5 6 7 8 9 10 11 12 13 14 15" },
  { file: "echo_decodes.py", fail: "2 4 13", unknown: "5 7 8" },
  { file: "echo_to_string.mjs", fail: "2 4 13", unknown: "5 7 8" },
  { file: "echo_crlf.py", fail: "14" },
  { file: "echo_strlen.c", fail: "2 14" },
  { file: "echo_char_eof.c", fail: "2" },
  { file: "echo_short_write.c", fail: "8", any: "7" },
  { file: "echo_after_eof.py", fail: "1", any: "3", unknown: "2 4 5 6 7 8 9 10 11 12 13 14 15" },
  { file: "echo_silent_client.py", fail: "10" },
  { file: "echo_reset_ends.py", fail: "11", unknown: "12" },
  { file: "echo_no_error_handler.mjs", fail: "11", unknown: "12" },
  { file: "echo_leaks.py", fail: "12" },
  { file: "echo_never_closes.py", fail: "3" },
  { file: "echo_gives_up.py", fail: "7 8" },
  { file: "echo_prefix.py", fail: "1 3", unknown: "2 4 5 6 7 8 9 10 11 12 13 14 15" },
  { file: "echo_slow_reader.py", fail: "15" },
  { file: "echo_global.py", fail: "9", any: "4 7 8 10 13 15" },
  { file: "echo_half_close.mjs", fail: "3" },
  { file: "echo_linger.py", weak: "3" },
  { file: "echo_one_line.py", fail: "2 6 14", unknown: "7 8" },
].map((one) => ({ suite: "echo", ...one }));

export const WRONG_REPLY: readonly Wrong[] = [
  { file: "reply_each_recv.py", fail: "4 5 10", any: "3" },
  { file: "reply_drops_rest.py", fail: "5", any: "3" },
  { file: "reply_once.py", fail: "2", any: "3 5" },
  { file: "reply_order.py", fail: "3" },
  { file: "reply_half_close.mjs", fail: "6" },
  { file: "reply_never_closes.py", fail: "7" },
  { file: "reply_utf8_only.py", weak: "8" },
  { file: "reply_empty_line.py", fail: "9" },
  { file: "reply_long_line.py", fail: "10" },
  { file: "reply_no_flush.py", fail: "1", unknown: "2 4 8 9 10" },
].map((one) => ({ suite: "reply", args: ["--frame", "line"], ...one }));

export const WRONG_CLIENTS: readonly Wrong[] = [
  { file: "client_echo_one_recv.py", suite: "client/echo", fail: "1", unknown: "2 3 4 6 8" },
  { file: "client_echo_decodes.py", suite: "client/echo", fail: "2 8", unknown: "3 4" },
  { file: "client_echo_never_ends.py", suite: "client/echo", fail: "5", unknown: "4 8" },
  { file: "client_reply_one_recv.py", suite: "client/reply", fail: "1 4", unknown: "2 8", any: "3" },
  { file: "client_reply_never_ends.py", suite: "client/reply", fail: "5" },
];

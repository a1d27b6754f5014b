/** Wrong programs of the suites `chat`, `http`, `udp` and `client/http`, and what must be said about them. */

import type { Wrong } from "./expected.ts";

// A chat without names is not judged by names. One that skips the next client whenever another one has left does so in
// each case with a leave, if its list has them side by side.
export const WRONG_CHAT: readonly Wrong[] = [
  { file: "chat_raw.py", fail: "2 10", unknown: "8" },
  { file: "chat_first_line.py", fail: "7", unknown: "8", any: "3 6 9" },
  { file: "chat_shared_buffer.py", fail: "2 10", unknown: "8" },
  { file: "chat_forged.py", fail: "7" },
  { file: "chat_same_names.py", weak: "8" },
  { file: "chat_order.py", fail: "3", unknown: "8", any: "6" },
  { file: "chat_stuck_reader.py", fail: "6", unknown: "8" },
  { file: "chat_dead_peer.py", fail: "4", unknown: "2 3 5 6 7 8 9 10" },
  { file: "chat_skips_next.py", fail: "4", any: "5 10", unknown: "8" },
].map((one) => ({ suite: "chat", ...one }));

export const WRONG_HTTP: readonly Wrong[] = [
  { file: "http_no_host.py", weak: "2" },
  { file: "http_always_200.py", weak: "3" },
  { file: "http_length.py", fail: "4", unknown: "6 8" },
  { file: "http_head_body.py", fail: "5" },
  { file: "http_closes.py", weak: "6 8" },
  { file: "http_one_recv.py", fail: "7" },
  { file: "http_pipelined.py", fail: "8" },
  { file: "http_post_once.py", fail: "7 9" },
  { file: "http_traversal.py", fail: "10" },
  { file: "http_long_head.py", fail: "11" },
  { file: "http_bare_lf.py", fail: "12" },
  { file: "http_slow_client.py", fail: "13" },
  { file: "http_stays_open.py", fail: "14" },
  { file: "http_two_lengths.py", fail: "15" },
].map((one) => ({ suite: "http", ...one }));

// A server that does not answer a sender at all cannot be judged.
export const WRONG_UDP: readonly Wrong[] = [
  { file: "udp_first_sender.py", fail: "1", unknown: "2 3 4 5" },
  { file: "udp_joins.py", fail: "2" },
  { file: "udp_empty.py", fail: "3", unknown: "4 5" },
  { file: "udp_1024.py", fail: "4" },
  { file: "udp_gone_sender.py", fail: "5" },
].map((one) => ({ suite: "udp", ...one }));

export const WRONG_WEB_CLIENTS: readonly Wrong[] = [
  { file: "client_http_one_recv.py", fail: "1", unknown: "2 3 4 5 6 7" },
  { file: "client_http_case.py", fail: "5", unknown: "3 4 6" },
  { file: "client_http_never_ends.py", fail: "2", unknown: "4 6" },
].map((one) => ({ suite: "client/http", ...one }));

/** Small captures that a fuzzer begins with. */

import { concat } from "../../lib/bytes.ts";
import { FLAG } from "../../lib/capture/format.ts";
import { block, datagram, ipv4, ipv6, pcap, pcapng, segment, tcp, words } from "./files.ts";

/** A connection from its handshake to its end. */
export const HELLO: readonly Uint8Array[] = [
  tcp({ seq: 99, flags: FLAG.syn }),
  tcp({ seq: 499, ack: 100, flags: FLAG.syn | FLAG.ack, down: true }),
  tcp({ seq: 100, ack: 500, payload: "hello" }),
  tcp({ seq: 500, ack: 105, payload: "world", down: true }),
  tcp({ seq: 105, ack: 505, flags: FLAG.fin | FLAG.ack }),
  tcp({ seq: 505, ack: 106, flags: FLAG.fin | FLAG.ack, down: true }),
];

const DISORDER = [4, 2, 3, 1, 0].map((i) => HELLO[i]!);
const OTHERS = [
  ipv4(17, datagram("ask")),
  ipv6(0, concat([Uint8Array.of(6, 0, 1, 4, 0, 0, 0, 0), segment({ seq: 1, payload: "six" })])),
  ipv6(44, concat([Uint8Array.of(6, 0, 0, 1, 0, 0, 0, 1), segment({ seq: 5, payload: "part" })])),
  tcp({ seq: 2 ** 32 - 2, payload: "wrap" }),
  tcp({ seq: 7, flags: FLAG.rst }),
];
const TAGGED = OTHERS.slice(0, 1).map((packet) =>
  concat([Uint8Array.fromHex(`${"00".repeat(12)}810000010800`), packet])
);
const COMMENT = block(6, concat([words([0, 1, 1, 0, 0, 1 | 2 << 16]), Uint8Array.of(104, 105, 0, 0), words([0])]));

const FILES = [
  ...[pcap, pcapng].flatMap((make) =>
    [HELLO, DISORDER, OTHERS].flatMap((packets) => [make(packets), make(packets, { little: false, nano: true })])
  ),
  pcap(TAGGED, { link: 1 }),
  pcap(HELLO.slice(0, 4), { snap: 42 }),
  concat([pcapng(OTHERS.slice(0, 1)), COMMENT, block(3, words([4, 0x45000028])), pcapng(OTHERS.slice(3))]),
];

/** As the fuzzer takes them. */
export const SEEDS: readonly { readonly method: string; readonly bytes: Uint8Array; readonly broken: boolean }[] = FILES
  .map(
    (bytes) => ({ method: "capture", bytes, broken: false }),
  );

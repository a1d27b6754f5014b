import { assertEquals } from "@std/assert";
import { BATCH_BYTES, BlockBuffer } from "../../lib/capture/block_buffer.ts";
import { type Flow, writePacket } from "../../lib/capture/packet.ts";
import { randomFrom } from "../text/random.ts";

/** The sum of big-endian words of 16 bits, folded; the last byte counts as if a zero followed (RFC 1071). */
function sumOf(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const bytes of parts) bytes.forEach((byte, at) => sum += at % 2 === 0 ? byte << 8 : byte);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** The IP packet of a block that was just written. */
function packetOf(flow: Flow, payload: Uint8Array, isTcp: boolean): Uint8Array {
  const buffer = new BlockBuffer(new Uint8Array(BATCH_BYTES).fill(0xaa), () => new Uint8Array(BATCH_BYTES));
  const tcp = isTcp ? { seq: 0xfffffff0, ack: 7, flags: 0x18 } : undefined;
  writePacket(buffer, { flow, tcp, payload, time: 0 });
  const length = buffer.view.getUint32(20, true);
  return buffer.bytes.slice(28, 28 + length);
}

const LENGTHS = [...Array(70).keys(), 4001, 32_767, 65_470];

for (const [name, bytes, ip] of [["IPv4", 4, 20], ["IPv6", 16, 40]] as const) {
  for (const isTcp of [true, false]) {
    Deno.test(`writePacket() gives ${isTcp ? "TCP" : "UDP"} over ${name} checksums that add up, whatever it carries`, () => {
      const random = randomFrom(7);
      const address = () => Uint8Array.from({ length: bytes }, () => random(256));
      for (const length of LENGTHS) {
        const flow = { source: address(), target: address(), sourcePort: 50_000, targetPort: 80 };
        const payloads = [
          new Uint8Array(length).fill(0xff),
          Uint8Array.from({ length }, () => random(256)),
        ];
        for (const payload of payloads) {
          const packet = packetOf(flow, payload, isTcp);
          const segment = packet.subarray(ip);
          const pseudo = Uint8Array.of(0, isTcp ? 6 : 17, segment.length >> 8, segment.length & 0xff);
          assertEquals(sumOf(flow.source, flow.target, pseudo, segment), 0xffff, `${length} bytes`);
          if (ip === 20) assertEquals(sumOf(packet.subarray(0, ip)), 0xffff);
        }
      }
    });
  }
}

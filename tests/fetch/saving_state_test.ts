/** The states of a body: what each asks for, and which answers continue it. */

import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Body } from "../../lib/fetch/body.ts";
import { interrupt, isComplete, positionOf, rangeFields, restOf, type Transfer } from "../../lib/fetch/saving_state.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import type { HeadEvent } from "../../lib/http/response.ts";
import { ResponseParser } from "../../lib/http/response.ts";
import { PLAIN } from "./helpers.ts";
import { bytesOf } from "./server.ts";

const RESUME = { offset: 5, validator: '"v1"' };

/** The head of an answer. */
function headOf(status: string, ...fields: string[]): HeadEvent {
  const lines = [`HTTP/1.1 ${status}`, ...fields, "", ""];
  for (const event of new ResponseParser("GET").push(bytesOf(lines.join("\r\n")))) {
    if (event.type === "head") return event;
  }
  throw new Error("no head");
}

/** A body of which `received` bytes have come after `offset`. */
async function transferOf(offset: number, received: number, validator?: string): Promise<Transfer> {
  const body = await Body.open(new StreamTarget(() => {}), PLAIN);
  await body.write(new Uint8Array(received));
  return { body, offset, validator };
}

Deno.test("rangeFields() asks for the rest only where there is something to continue", async () => {
  const transfer = await transferOf(0, 5);
  assertEquals(rangeFields({ is: "fresh" }), []);
  assertEquals(rangeFields({ is: "receiving", transfer }), []);
  assertEquals(rangeFields({ is: "done", transfer }), []);
  assertEquals(rangeFields({ is: "file", size: 7 }), [["Range", "bytes=7-"]]);
  const rest = [["Range", "bytes=5-"], ["If-Range", '"v1"']];
  assertEquals(rangeFields({ is: "part", resume: RESUME }) as unknown, rest);
  assertEquals(rangeFields({ is: "interrupted", resume: RESUME, transfer }) as unknown, rest);
});

Deno.test("interrupt() continues what has a validator and at least a byte", async () => {
  const transfer = await transferOf(2, 3, '"v1"');
  assertEquals(positionOf(transfer), 5);
  assertEquals(interrupt(transfer), { is: "interrupted", resume: RESUME, transfer });
  assertEquals(interrupt(await transferOf(0, 3)), { is: "fresh" });
  assertEquals(interrupt(await transferOf(0, 0, '"v1"')), { is: "fresh" });
});

Deno.test("isComplete() takes a 416 with the very size", () => {
  assertEquals(isComplete(headOf("416 No", "Content-Range: bytes */5"), 5), true);
  assertEquals(isComplete(headOf("416 No", "Content-Range: bytes */6"), 5), false);
  assertEquals(isComplete(headOf("416 No"), 5), false);
  assertEquals(isComplete(headOf("206 Partial", "Content-Range: bytes 0-4/5"), 5), false);
});

for (
  const [what, status, fields, rest] of [
    ["the rest", "206 Partial", ["Content-Range: bytes 5-9/10"], { total: 10, end: 10 }],
    ["the rest with its ETag", "206 Partial", ["Content-Range: bytes 5-9/10", 'ETag: "v1"'], { total: 10, end: 10 }],
    ["a range of an unknown total", "206 Partial", ["Content-Range: bytes 5-9/*"], { total: undefined, end: 10 }],
    ["the rest of another version", "206 Partial", ["Content-Range: bytes 5-9/10", 'ETag: "v2"'], undefined],
    ["the end", "416 No", ["Content-Range: bytes */5"], { total: 5, end: 5 }],
    ["the end of another version", "416 No", ["Content-Range: bytes */5", 'ETag: "v2"'], undefined],
    ["another end", "416 No", ["Content-Range: bytes */4"], undefined],
    ["no end", "416 No", [], undefined],
  ] as const
) {
  Deno.test(`restOf() judges ${what} by the bytes that are there`, () => {
    assertEquals(restOf(headOf(status, ...fields), RESUME), rest);
  });
}

Deno.test("restOf() refuses a range that begins elsewhere", () => {
  const head = headOf("206 Partial", "Content-Range: bytes 4-9/10");
  assertThrows(() => restOf(head, RESUME), SockeyeError, "asked for byte 5, got byte 4");
});

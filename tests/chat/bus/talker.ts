// deno-lint-ignore-file no-console -- it speaks to the test that has started it
/**
 * A server of its own process for tests of the bus: URL, room, prefix of names, how many members. From `start` on stdin each member
 * says lines `NAME:1`, `NAME:2` … until `stop`, then `NAME:end`; at the end of stdin the server leaves. What happens in the
 * room goes to stdout, one line each, notices to stderr.
 *
 * @module
 */

import { parseBusAddress } from "../../../lib/chat/bus/address.ts";
import { openBus } from "../../../lib/chat/bus/stream.ts";
import { TestRoom } from "./room.ts";

const [url = "", room = "", prefix = "", count = ""] = Deno.args;
const PAUSE_MS = 50;

/** A room that prints as it goes. */
class PrintingRoom extends TestRoom {
  protected override happens(line: string): void {
    console.log(line);
  }
}

const bus = await openBus(parseBusAddress(url), { room, notice: (text) => console.error(text) });
const local = new PrintingRoom(bus);
await bus.arrived();
const members = Array.from({ length: Number(count) }, (_, at) => local.join(`${prefix}${at}`));
console.log("joined");

let said = 0;
let talk: ReturnType<typeof setInterval> | undefined;
function speak(): void {
  said++;
  for (const member of members) local.say(member, `${member.name}:${said}`);
}

let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  rest += text;
  if (rest.includes("start\n")) [talk, rest] = [setInterval(speak, PAUSE_MS), ""];
  if (!rest.includes("stop\n")) continue;
  clearInterval(talk);
  for (const member of members) local.say(member, `${member.name}:end`);
  console.log(`said ${said}`);
  rest = "";
}
clearInterval(talk);
await bus[Symbol.asyncDispose]();

/**
 * What is said of a message beside its text.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { Phrase, say } from "../phrase.ts";
import { traitsOf } from "../transport/mod.ts";
import type { Description } from "./messages.ts";

/** Remarks on a message: the faults applied to it, whether it is complete, and its checksum. */
export function remarkOn(traffic: Omit<TrafficEvent, "data">): Description | undefined {
  const state = stateOf(traffic);
  if (!traffic.faults) return state;
  const all = [...traffic.faults, ...state ? [state.text] : []];
  return { role: "warning", text: new Phrase("remarks", all.join(", "), all) };
}

/** Whether a message is stray, unfinished or cut, and the verdict on its checksum. */
function stateOf({ stray, partial, cut, checksum }: Omit<TrafficEvent, "data">): Description | undefined {
  if (checksum) {
    const { ok, has, want } = checksum;
    return ok ? { role: "note", text: say("checksum-ok")`checksum ok` } : {
      role: "warning",
      text: say("checksum-bad")`checksum bad: has ${has || say("none")`none`}, should be ${want}`,
    };
  }
  if (stray) return { role: "warning", text: say("stray")`stray bytes, outside a frame` };
  if (cut) return { role: "warning", text: say("cut")`a part: the message is longer than --frame-max` };
  return partial && { role: "note", text: say("unfinished")`unfinished` };
}

/** Whether this is a message without bytes, which a transcript must not lose. */
export function isEmptyMessage({ data, whole }: TrafficEvent): boolean {
  return whole === true && data.length === 0;
}

/** Tells of such a message. */
export function emptyMessage({ peer, transport = "tcp" }: TrafficEvent): Description {
  const text = traitsOf(transport).connectionless
    ? say("empty-datagram")`An empty datagram came from ${peer}`
    : say("empty-message")`An empty message came from ${peer}`;
  return { role: "note", text };
}

/** Names an encoding that fits better; `switches` where a person can change it while the connection lasts. */
export function encodingHint(
  encoding: string,
  { label = "", switches = false }: { readonly label?: string; readonly switches?: boolean } = {},
): Description {
  const advice = switches ? say("enc-switches")`/enc ${encoding} switches to it` : say("try-e")`try -e ${encoding}`;
  return { role: "warning", text: say("encoding-hint")`${label}these bytes are valid ${encoding}: ${advice}` };
}

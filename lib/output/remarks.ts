/**
 * What is said of a message beside its text.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { traitsOf } from "../transport/mod.ts";
import type { Description } from "./messages.ts";

/** Remarks on a message: the faults applied to it, whether it is complete, and its checksum. */
export function remarkOn(traffic: Omit<TrafficEvent, "data">): Description | undefined {
  const state = stateOf(traffic);
  if (!traffic.faults) return state;
  return { role: "warning", text: [...traffic.faults, ...state ? [state.text] : []].join(", ") };
}

/** Whether a message is stray, unfinished or cut, and the verdict on its checksum. */
function stateOf({ stray, partial, cut, checksum }: Omit<TrafficEvent, "data">): Description | undefined {
  if (checksum) {
    const { ok, has, want } = checksum;
    return ok
      ? { role: "note", text: "checksum ok" }
      : { role: "warning", text: `checksum bad: has ${has || "none"}, should be ${want}` };
  }
  if (stray) return { role: "warning", text: "stray bytes, outside a frame" };
  if (cut) return { role: "warning", text: "a part: the message is longer than --frame-max" };
  return partial && { role: "note", text: "unfinished" };
}

/** Whether this is a message without bytes, which a transcript must not lose. */
export function isEmptyMessage({ data, whole }: TrafficEvent): boolean {
  return whole === true && data.length === 0;
}

/** Tells of such a message. */
export function emptyMessage({ peer, transport = "tcp" }: TrafficEvent): Description {
  const what = traitsOf(transport).connectionless ? "datagram" : "message";
  return { role: "note", text: `An empty ${what} came from ${peer}` };
}

/** Names an encoding that fits better; `switches` where a person can change it while the connection lasts. */
export function encodingHint(
  encoding: string,
  { label = "", switches = false }: { readonly label?: string; readonly switches?: boolean } = {},
): Description {
  const advice = switches ? `/enc ${encoding} switches to it` : `try -e ${encoding}`;
  return { role: "warning", text: `${label}these bytes are valid ${encoding}: ${advice}` };
}

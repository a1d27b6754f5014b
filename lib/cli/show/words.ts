/**
 * The texts about a captured conversation, for the transcript and the list.
 *
 * @module
 */

import type { CapturedConversation, Ending } from "../../capture/captured.ts";
import type { ConversationEvent } from "../../events.ts";
import { say } from "../../phrase.ts";

/** What events have of the kind of a conversation. */
export interface ConversationTraits {
  /** Its transport. */
  readonly transport: "tcp" | "udp";
  /** Whether its beginning was not captured. */
  readonly beganBefore?: true;
}

/** Transport, and whether the beginning was missed. */
export function traitsOf({ connectionless, beganBefore }: CapturedConversation): ConversationTraits {
  return { transport: connectionless ? "udp" : "tcp", ...(beganBefore && { beganBefore }) };
}

/** How a conversation ended. */
export function endingOf(ending: Ending | undefined): Pick<ConversationEvent, "reason" | "how" | "by"> {
  if (!ending) return { reason: say("capture-ends")`the capture ends` };
  const { dir: by, how } = ending;
  const side = by === "up" ? say("side-client")`client` : say("side-server")`server`;
  return {
    reason: how === "fin" ? say("closed-by-the")`closed by the ${side}` : say("reset-by-the")`reset by the ${side}`,
    how,
    by,
  };
}

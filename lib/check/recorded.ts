/**
 * A recorded conversation as the messages of its client.
 *
 * @module
 */

import { exchangesOf } from "../capture/exchanges.ts";
import type { RecordedConversation } from "../capture/recording.ts";

/**
 * What the client said, message by message; empty where it said nothing.
 *
 * @param whole whether each recorded message is one, as with `--frame`; else those are one that no answer stands between.
 *   Datagrams are one each.
 */
export function messagesOf(conversation: RecordedConversation, whole = false): Uint8Array[] {
  return exchangesOf(conversation, whole || conversation.connectionless)
    .filter(({ kind, request }) => kind === "message" && request.length > 0)
    .map(({ request }) => request);
}

/** One case by itself: without the engine, which asks a second time and waits longer. */

import type { Case, CheckOptions } from "../../lib/check/case.ts";
import { Conversation } from "../../lib/check/conversation.ts";
import type { Finding } from "../../lib/check/finding.ts";
import { randomOf } from "../../lib/random.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Channel } from "../../lib/transport/channel.ts";
import { dial } from "../../lib/transport/dial.ts";
import { OPTIONS } from "./servers.ts";

/** What a case finds out; an answer is missing after `answerMs`. */
export async function findingOf(
  one: Case,
  address: Address,
  answerMs: number,
  options: CheckOptions = OPTIONS,
  actorOf: (channel: Channel) => Conversation = (channel) => new Conversation(channel),
): Promise<Finding> {
  const actors: Conversation[] = [];
  try {
    return await one.run({
      ...options,
      kind: "parallel",
      atOnce: 20,
      connect: async () => {
        const actor = actorOf(await dial(address, { resets: true }));
        actors.push(actor);
        return actor;
      },
      random: randomOf(one.name),
      answerMs,
      pauseMs: 20,
      quietMs: 120,
      signal: new AbortController().signal,
    });
  } finally {
    await Promise.all(actors.map((actor) => actor[Symbol.asyncDispose]()));
  }
}

/**
 * Cases of a chat about members that leave.
 *
 * @module
 */

import { wait } from "../../wait.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, weak, words } from "../verdict.ts";
import { flooded, notHeard } from "./faults.ts";
import { countOf, type Member, type Room } from "./room.ts";

/** Lines that are said while members leave. */
const LINES = 20;

/** How a member goes. */
type Leave = "close" | "reset";

/** chat/4: members say goodbye while others talk. */
export async function leaves(room: Room): Promise<Finding> {
  const finding = await talkPastLeavers(room, "close", LEAVE_LOSES);
  if (finding) return finding;
  room.forget();
  const [speaker, leaver] = room.members as [Member, Member];
  leaver.actor.close();
  // A notice may take its time on a busy machine.
  if (room.announces) await speaker.actor.until(() => room.heard(speaker) !== "", room.context.answerMs);
  await room.settle();
  if (room.isFlooded(speaker)) return flooded(room, leaver);
  if (room.announces && room.heard(speaker) === "") {
    const text = words(
      "The chat says when a client comes, and not when one leaves.",
      "有人进来时聊天室会提示，有人离开时却没有提示。",
    );
    return weak(text, room.evidence(leaver, speaker, words("a notice", "一条提示")));
  }
  return OK;
}

const LEAVE_LOSES = words(
  "While some clients left, one that stayed missed lines. A list that is changed while it is walked skips the next client, or " +
    "raises an error: walk a copy of it, and remove afterwards.",
  "一些客户端离开时，留下的某个客户端漏收了几行。遍历列表时删除元素会跳过下一个客户端，或者直接报错：应遍历它的副本，遍历完再删除。",
);

/** chat/5: a member's connection is reset. */
export async function deadPeer(room: Room): Promise<Finding> {
  return await talkPastLeavers(room, "reset", RESET_LOSES) ?? OK;
}

const RESET_LOSES = words(
  "After a client's connection was reset, one that stayed missed lines. recv() and send() to it raise an error (ECONNRESET, EPIPE): " +
    "catch it, take that client off the list, and go on with the others.",
  "一个客户端的连接被重置后，留下的某个客户端漏收了几行。对它调用 recv() 或 send() 会抛出异常（ECONNRESET、EPIPE）：" +
    "要捕获异常，把它从列表里删除，并继续发给其他人。",
);

/** Two members in the midst of the others leave while one speaks; the others must hear everything once, and newcomers too. */
async function talkPastLeavers(
  room: Room,
  leave: Leave,
  reason: Finding["reason"] & object,
): Promise<Finding | undefined> {
  const [speaker, ...others] = room.members as [Member, ...Member[]];
  const leavers = [others[1]!, others[3]!];
  const stayers = others.filter((member) => !leavers.includes(member));
  const said = Array.from({ length: LINES }, () => room.phrase());
  const { pauseMs, signal } = room.context;
  for (const [index, phrase] of said.entries()) {
    // However busy it is, the server has noticed by the last line that they left.
    if (index === LINES - 1) await wait(pauseMs, signal);
    await room.say(speaker, phrase);
    if (index === 2) leavers[0]?.actor[leave]();
    if (index === LINES / 2) leavers[1]?.actor[leave]();
    // One line after the other, so that each meets the list as it is.
    const [deaf] = await room.deaf(stayers, [phrase]);
    if (deaf) return notHeard(room, speaker, deaf, phrase, reason);
  }
  const newcomer = await room.connect().catch(() => undefined);
  if (!newcomer) return fail(NOT_TAKEN, room.evidence(speaker, stayers[0]!));
  await room.settle();
  const [greeting, last] = [room.phrase(), room.phrase()];
  await room.say(newcomer, greeting);
  await room.say(speaker, last);
  const [deaf] = await room.deaf([...stayers, newcomer], [last]);
  if (deaf) return notHeard(room, speaker, deaf, last, deaf === newcomer ? NO_NEWCOMER : reason);
  const doubled = stayers.find((member) => said.some((phrase) => countOf(room.heard(member), phrase) > 1));
  return doubled && fail(DOUBLED, room.evidence(speaker, doubled));
}

const NOT_TAKEN = words(
  "After clients had left, the server takes no new one any more.",
  "有客户端离开之后，服务器不再接受新的客户端。",
);

const NO_NEWCOMER = words(
  "After clients had left, a new one hears nothing any more.",
  "有客户端离开之后，新来的客户端什么也收不到。",
);

const DOUBLED = words(
  "While some clients left, a line came twice to one that stayed.",
  "一些客户端离开时，留下的某个客户端把同一行收到了两次。",
);

/**
 * The suite of a group chat: what one client says, all others read.
 *
 * @module
 */

import type { Case, Suite } from "../case.ts";
import { stuckReader, uniqueNames } from "../chat/crowded.ts";
import { inRoom } from "../chat/faults.ts";
import { deadPeer, leaves } from "../chat/leaving.ts";
import { forgedLine, halfLine, wholeLines } from "../chat/lines.ts";
import type { Room } from "../chat/room.ts";
import { crowd, oneOrder, othersHear } from "../chat/talk.ts";
import type { Finding } from "../finding.ts";
import { words } from "../verdict.ts";

/** Name, clients, titles, and what is done in the room. */
type Row = readonly [number, number, string, string, (room: Room) => Promise<Finding>];

/** Cases in which clients go, or do not read, by how likely they end or stall a chat. */
const HARSH: Readonly<Record<number, number>> = { 10: 1, 4: 2, 6: 3, 5: 4 };

const ROWS: readonly Row[] = [
  [1, 3, "what one says, all others hear once", "一个人说话，其他人各收到一次", othersHear],
  [2, 3, "a line that arrives in two pieces stays whole", "分两次到达的一行不被别人插断", wholeLines],
  [3, 6, "all hear the lines in one order", "所有人听到的顺序相同", oneOrder],
  [4, 6, "clients leave while others talk", "有人说话时有人离开", leaves],
  [5, 6, "a client's connection is reset", "一个客户端的连接被重置", deadPeer],
  [6, 4, "one client does not read", "一个客户端不读数据", stuckReader],
  [7, 3, "two lines in one write, the second forged", "一次发来两行，第二行冒充别人", forgedLine],
  [8, 3, "a name that is taken", "名字重复", uniqueNames],
  [9, 20, "20 clients talk at once", "20 个客户端同时说话", crowd],
  [10, 3, "half a line, then the client leaves", "话说到一半就离开", halfLine],
];

/** The suite. */
export const chat: Suite = {
  name: "chat",
  title: words("a group chat: what one client says, all others read", "群聊：一个客户端说的话，其他人都收到"),
  tests: "server",
  shared: true,
  cases: ROWS.map(([number, clients, en, zh, play]): Case => ({
    name: String(number),
    title: words(en, zh),
    clients,
    harsh: HARSH[number] ?? 0,
    ...(number > 1 && { needs: ["1"] }),
    run: inRoom(number, clients, play),
  })),
};

/**
 * Cases of `echo` with several clients: at once, one after the other, and with some that behave badly.
 *
 * @module
 */

import { sameBytes } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { settledWithin } from "../../wait.ts";
import type { Actor } from "../actor.ts";
import type { Case, CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { OK, unknown } from "../verdict.ts";
import { arrived } from "../waiting.ts";
import { compared } from "./difference.ts";
import { lineOf, sendAndCompare, withLesson } from "./messages.ts";

/** Clients that talk at the same time. */
const CROWD = 20;

/** Clients that connect and leave: more than the 256 files that a program may open on macOS. */
const LEAVERS = 300;

/** Milliseconds for them: the queue of a slow program fills, and each then takes a second to connect. */
const LEAVERS_MS = 5_000;

/** What a client sends that does not read: more than the buffers of both systems hold. */
const UNREAD = { block: 64 * 1024, blocks: 256 } as const;

/** Milliseconds in which the program's buffers fill once ours is full: small ones take a second. */
const FILL_MS = 1_500;

/** The most milliseconds in which all buffers are emptied again. */
const DRAIN_MS = 5_000;

/** Milliseconds without progress after which such a client's write is stuck. */
const STUCK_MS = 100;

const TWENTY: Case = {
  name: "9",
  title: { en: "20 clients at once", zh: "20 个客户端同时通信" },
  needs: ["1"],
  clients: CROWD,
  run: async (context) => {
    const clients: Actor[] = [];
    for (let i = 0; i < CROWD; i++) clients.push(await context.connect());
    const lines = clients.map((_, index) => lineOf(context.random, `client ${index + 1}`));
    const { answerMs } = context;
    const findings = await Promise.all(clients.map(async (client, index) => {
      const line = lines[index]!;
      await client.send(line);
      await arrived(client, line.length, context);
      return compared(client, line, answerMs);
    }));
    const failed = findings.flatMap((finding, index) => finding.verdict === "fail" ? [index] : []);
    const [first] = failed;
    if (first === undefined) return findings.find(({ verdict }) => verdict === "weak") ?? OK;
    const limit = await limitOf(clients, failed, answerMs);
    if (limit !== undefined) return unknown(servesFew(limit));
    const tries = { failed: failed.length, of: CROWD, what: "clients" } as const;
    const { received } = clients[first]!;
    const stranger = lines.findIndex((line, index) => index !== first && sameBytes(line, received));
    const mixed = {
      en: `Client ${first + 1} got what client ${
        stranger + 1
      } had sent: they share a variable that each should have for itself.`,
      zh: `客户端 ${first + 1} 收到了客户端 ${stranger + 1} 发的内容：它们共用了一个变量，应该各用各的。`,
    };
    const finding = findings[first]!;
    return stranger < 0 ? { ...finding, tries } : { ...finding, tries, reason: mixed };
  },
};

/**
 * How many clients a program serves at once, where the others only wait for those to leave, as with a pool of threads;
 * undefined where they wait in vain.
 */
async function limitOf(clients: readonly Actor[], failed: readonly number[], ms: number): Promise<number | undefined> {
  const waiting = failed.map((index) => clients[index]!);
  if (waiting.length === clients.length) return undefined;
  if (waiting.some(({ received, end }) => received.length > 0 || end !== "open")) return undefined;
  const heard = () => Promise.all(waiting.map((client) => client.bytes(1, ms)));
  // On a busy machine answers come late, though all clients are served.
  if ((await heard()).includes(true)) return undefined;
  for (const client of clients) if (!waiting.includes(client)) client.close();
  return (await heard()).includes(true) ? clients.length - waiting.length : undefined;
}

function servesFew(limit: number): Bilingual {
  return {
    en: `The program serves ${limit} clients at a time; the others wait until one leaves. This case has ${CROWD}.`,
    zh: `这个程序同时只服务 ${limit} 个客户端，其余的要等有客户端离开；这一项需要 ${CROWD} 个。`,
  };
}

const SILENT: Case = {
  name: "10",
  title: { en: "others are served beside a silent client", zh: "有客户端一言不发时，其他客户端照常得到服务" },
  needs: ["1"],
  clients: 3,
  harsh: 3,
  run: async (context) => {
    await using _silent = await context.connect();
    await using half = await context.connect();
    await half.send(new TextEncoder().encode("half a li"));
    return withLesson(await sendAndCompare(context, lineOf(context.random)), {
      en: "Another client is connected and silent: recv() of that one must not stop the whole program. " +
        "Give each client a thread, or ask select() which ones have sent something.",
      zh:
        "另一个客户端已连接但不说话：不能让针对它的 recv() 卡住整个程序。给每个客户端一个线程，或者用 select() 看谁有数据可读。",
    });
  },
};

const RESET: Case = {
  name: "11",
  title: {
    en: "a client that is reset in mid-message, then another one",
    zh: "一个客户端发到一半被重置（RST），换下一个客户端",
  },
  needs: ["1"],
  harsh: 4,
  run: async (context) => {
    const lost = await context.connect();
    await lost.send(new TextEncoder().encode("half a li"));
    await settledWithin(lost.bytes(1, context.pauseMs), context.pauseMs);
    lost.reset();
    return withLesson(await sendAndCompare(context, lineOf(context.random)), {
      en:
        "The client before was reset: recv() or send() then fails (ConnectionResetError). That must end only its connection.",
      zh: "前一个客户端的连接被重置了：这时 recv() 或 send() 会出错（ConnectionResetError），只应结束那一个连接。",
    });
  },
};

const LEAVING: Case = {
  name: "12",
  title: {
    en: `${LEAVERS} clients that connect and leave, then another one`,
    zh: `${LEAVERS} 个客户端连上就离开，再来一个`,
  },
  needs: ["1"],
  harsh: 5,
  run: async (context) => {
    const end = performance.now() + LEAVERS_MS;
    for (let i = 0; i < LEAVERS && performance.now() < end; i++) (await context.connect()).close();
    return withLesson(await sendAndCompare(context, lineOf(context.random)), {
      en: 'Many clients had left before: recv() returns b"" then. Leave the loop, and close the socket.',
      zh: '之前有许多客户端离开了：这时 recv() 返回 b""，应该退出循环并关闭套接字。',
    });
  },
};

const SLOW_READER: Case = {
  name: "15",
  title: {
    en: "others are served beside a client that does not read",
    zh: "有客户端不读数据时，其他客户端照常得到服务",
  },
  needs: ["1"],
  clients: 2,
  harsh: 3,
  run: async (context) => {
    await using slow = await context.connect();
    slow.hold(true);
    const block = new Uint8Array(UNREAD.block).fill(0x2e);
    block[block.length - 1] = 0x0a;
    const sent = slow.send(Array.from({ length: UNREAD.blocks }, () => block));
    const finding = await servedBeside(slow, sent, context);
    if (finding.verdict !== "fail") await drain(slow, context);
    return withLesson(finding, {
      en: "Another client does not read, so that send() to it waits: that must not stop the whole program. " +
        "Give each client a thread, or keep what it does not take and ask select() when it can be written to.",
      zh: "另一个客户端不读数据，对它的 send() 就会等待：不能因此卡住整个程序。给每个客户端一个线程，" +
        "或者把没发出去的数据存起来，用 select() 等它可写时再发。",
    });
  },
};

/** Looks whether others are served, again and again for a while: the program is not stuck before all buffers are full. */
async function servedBeside(slow: Actor, sent: Promise<void>, context: CaseContext): Promise<Finding> {
  let isOver = await stuck(slow, sent);
  const end = performance.now() + FILL_MS;
  while (true) {
    const finding = await sendAndCompare(context, lineOf(context.random));
    if (finding.verdict === "fail" || isOver || performance.now() > end) return finding;
    isOver = await settledWithin(sent, STUCK_MS);
  }
}

/** Waits until our own buffer is full; says whether all has been taken. */
async function stuck(slow: Actor, sent: Promise<void>): Promise<boolean> {
  for (let before = -1; before !== slow.steps.length;) {
    before = slow.steps.length;
    if (await settledWithin(sent, STUCK_MS)) return true;
  }
  return false;
}

/** Reads what the client has left unread, so that it leaves in order, if that does not take too long. */
async function drain(slow: Actor, context: CaseContext): Promise<void> {
  slow.hold(false);
  await settledWithin(arrived(slow, UNREAD.block * UNREAD.blocks, context), DRAIN_MS);
}

/** The cases with several clients. */
export const CLIENT_CASES: readonly Case[] = [TWENTY, SILENT, RESET, LEAVING, SLOW_READER];

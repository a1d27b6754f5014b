/** A chat server with or without faults. */

import { writeAll } from "../support/sockets.ts";
import { serve, type Server } from "./servers.ts";

/** What may be different about a chat; the first ones are right, the others are faults. */
export interface Chat {
  /** Asks for a name, announces members, and says names and the time before lines. */
  readonly named?: boolean;
  /** What stands behind a name, one character for each byte. */
  readonly mark?: string;
  /** Passes a line on to its sender, too. */
  readonly echo?: boolean;
  /** Passes on what a read brings, not lines. */
  readonly raw?: boolean;
  /** Passes lines on in upper case. */
  readonly upper?: boolean;
  /** Drops line ends. */
  readonly noEnds?: boolean;
  /** To how many members a line is passed on. */
  readonly most?: number;
  /** How many clients are served; the others wait. */
  readonly members?: number;
  /** How often a line is sent. */
  readonly times?: number;
  /** Only the sender hears its line. */
  readonly onlyEcho?: boolean;
  /** Members hear lines in orders of their own. */
  readonly shuffled?: boolean;
  /** Waits in each send, while no other member is heard. */
  readonly waits?: boolean;
  /** Leaves members on its list, and drops a line when a send to one fails. */
  readonly keepsDead?: boolean;
  /** Ends when a connection is reset. */
  readonly endsByReset?: boolean;
  /** Sends without end after a member has left. */
  readonly spins?: boolean;
  /** Puts a name only before what a read brings, not before each line in it. */
  readonly nameOnce?: boolean;
  /** Reads one line of what a read brings. */
  readonly firstLine?: boolean;
  /** Passes on the half line of a member that left, without a line end. */
  readonly keepsHalf?: boolean;
  /** Takes a name twice. */
  readonly sameNames?: boolean;
}

interface Member {
  readonly conn: Deno.TcpConn;
  name: string;
  sent: Promise<unknown>;
  queued: number;
}

/** Bytes that may wait for a member. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/** Starts one. */
export function serveChat(chat: Chat = {}): Server {
  const members: Member[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let left = false;

  const post = (member: Member, text: string) => {
    const bytes = bytesOf(text);
    member.queued += bytes.length;
    if (member.queued > QUEUE_BYTES && !chat.waits) return void remove(member, true);
    const last = member.sent.then(() => writeAll(member.conn, bytes)).then(() => member.queued -= bytes.length);
    member.sent = last.catch(() => {});
    return last;
  };
  const remove = (member: Member, close = false) => {
    const at = members.indexOf(member);
    if (at >= 0) members.splice(at, 1);
    if (close) member.conn.close();
  };
  const pass = async (sender: Member, text: string) => {
    if (chat.upper) text = text.toUpperCase();
    if (chat.shuffled) return passLate(sender, text);
    const receivers = members.filter((member) => chat.onlyEcho ? member === sender : chat.echo || member !== sender);
    for (const member of receivers.slice(0, chat.most)) {
      for (let i = 0; i < (chat.times ?? 1); i++) {
        const sent = post(member, text);
        if (chat.waits) await sent;
        if (chat.keepsDead) await sent?.catch(() => remove(member));
      }
      // What a for loop over a list does from which something was removed meanwhile.
      if (chat.keepsDead && !members.includes(member)) break;
    }
  };
  /** Between each two members a line takes a time of its own. */
  const passLate = (sender: Member, text: string) => {
    const from = members.indexOf(sender);
    for (const [to, member] of members.entries()) {
      if (member !== sender) {
        setTimeout(() => members.includes(member) && post(member, text), (from * 7 + to * 3) % 5 * 4);
      }
    }
  };
  const inTurn = (act: () => Promise<void>) => turn = turn.then(act).catch(() => {});
  const prefix = ({ name }: Member) =>
    chat.named ? `[12:0${Math.floor(Math.random() * 10)}] <${name}> ${chat.mark ?? ""}` : "";
  const end = chat.noEnds ? "" : "\n";

  const hear = async (member: Member, part: string, before: string): Promise<string> => {
    if (chat.raw) return await inTurn(() => pass(member, prefix(member) + part)), "";
    const lines = (before + part).split("\n");
    const rest = lines.pop() ?? "";
    const said = chat.firstLine ? lines.slice(0, 1) : lines;
    const text = chat.nameOnce
      ? said.length > 0 ? [prefix(member) + said.join("\n") + end] : []
      : said.map((line) => prefix(member) + line.replaceAll("\r", "") + end);
    for (const one of text) await inTurn(() => pass(member, one));
    return rest;
  };

  return serve("parallel", async (conn, server) => {
    const member: Member = { conn, name: "", sent: Promise.resolve(), queued: 0 };
    const reads = readAll(conn);
    if (members.length >= (chat.members ?? Infinity)) { for await (const _ of reads); }
    if (chat.named) await enter(member, reads);
    members.push(member);
    if (chat.named) await inTurn(() => pass(member, `*** ${member.name} joined\n`));
    let rest = "";
    try {
      for await (const part of reads) rest = await hear(member, part, rest);
    } catch {
      if (chat.endsByReset) return server.crash();
    }
    if (!chat.keepsDead) remove(member);
    if (chat.keepsHalf && rest !== "") await inTurn(() => pass(member, prefix(member) + rest));
    if (chat.named && !left) await inTurn(() => pass(member, `*** ${member.name} left\n`));
    while (chat.spins && members.length > 0) {
      for (const other of members) await post(other, "<gone> ".repeat(1000));
    }
    left ||= chat.keepsDead === true;
    await member.sent;
  });

  async function enter(member: Member, reads: AsyncGenerator<string>): Promise<void> {
    while (member.name === "") {
      post(member, "Welcome! Your name? ");
      const { value, done } = await reads.next();
      if (done) return;
      const name = value.trim();
      const isTaken = members.some((other) => other.name === name);
      if (!isTaken || chat.sameNames) member.name = name;
    }
    post(member, `Hello, ${member.name}\n`);
  }
}

/** What each read brings, one character for each byte. */
async function* readAll(conn: Deno.TcpConn): AsyncGenerator<string> {
  const buffer = new Uint8Array(4096);
  for (let count; (count = await conn.read(buffer)) !== null;) {
    yield String.fromCharCode(...buffer.subarray(0, count));
  }
}

/** The last text and its bytes: it is sent to many. */
let last: { readonly text: string; readonly bytes: Uint8Array } | undefined;

function bytesOf(text: string): Uint8Array {
  if (last?.text !== text) last = { text, bytes: Uint8Array.from(text, (byte) => byte.charCodeAt(0)) };
  return last.bytes;
}

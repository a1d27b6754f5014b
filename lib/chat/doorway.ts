/**
 * Where members wait until they have given the room's password. They receive no messages and send none.
 *
 * @module
 */

import { type Note, note } from "./events.ts";
import type { Member } from "./member.ts";
import { PasswordGate } from "./password.ts";
import type { ChatRoom } from "./room.ts";
import { refuseHttp } from "./text_for_all.ts";
import { PageMember } from "./web/page_member.ts";
import type { RoomSummary } from "./web/protocol.ts";

/** Milliseconds that a text client has for the password: people may have to look for it. */
const WAIT_MS = 60_000;

/** Names of members that are shown to a client before it joins. */
const SUMMARY_NAMES = 20;

/** The way into a room; without a password it is open. */
export class Doorway {
  readonly #gate: PasswordGate | undefined;
  readonly #waiting = new Set<Member>();

  /** Leads to a room. */
  constructor(readonly room: ChatRoom, password: string | undefined) {
    this.#gate = password === undefined ? undefined : new PasswordGate(password);
  }

  /** A text client connects: it joins the room, or is first asked for the password. */
  open(member: Member): void {
    if (!this.#gate) return this.room.join(member);
    this.#waiting.add(member);
    this.room.notify(member, note("password"));
    this.room.disconnects.start(member.peer, WAIT_MS, "gave no password within 60 s");
  }

  /** The facts about the room that are public before joining. */
  summary(name: string | undefined): RoomSummary {
    const { names } = this.room;
    if (this.#gate) return { name, password: true };
    return { name, password: false, count: names.length, here: names.slice(0, SUMMARY_NAMES) };
  }

  /** Whether a member has yet to give the password. */
  holds(member: Member): boolean {
    return this.#waiting.has(member);
  }

  /** Whether the data that a connection sends is or contains the password: a page sends it with its join. */
  isSecret(member: Member): boolean {
    return this.#gate !== undefined && (this.holds(member) || (member instanceof PageMember && !member.joined));
  }

  /** A member is gone. */
  forget(member: Member): void {
    this.#waiting.delete(member);
  }

  /** Takes a line of a member that waits. */
  async take(member: Member, line: string): Promise<void> {
    const { disconnects } = this.room;
    if (refuseHttp(this.room, member, line)) return;
    const refusal = line === "" ? note("password") : await this.refusal(member, line);
    if (member.gone.aborted || !this.holds(member)) return;
    if (!refusal) {
      disconnects.cancel(member.peer);
      this.#waiting.delete(member);
      return this.room.join(member);
    }
    this.room.notify(member, refusal);
    if (refusal.code !== "password-late") return;
    member.leave();
    disconnects.closeGracefully(member.peer, "gave too many wrong passwords");
  }

  /** Why a password is refused; undefined if it is accepted. */
  async refusal(member: Member, password: string | undefined): Promise<Note | undefined> {
    if (!this.#gate) return undefined;
    if (password === undefined) return note("password");
    const verdict = await this.#gate.judge(member.peer.address, password);
    return verdict === "right" ? undefined : note(verdict === "late" ? "password-late" : "password-wrong");
  }
}

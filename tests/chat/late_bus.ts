/** A bus that keeps actions until the test brings them back. */

import type { Bus, BusEntrance, LocalRoom, Participant, RoomAction } from "../../lib/chat/contract.ts";
import type { Note } from "../../lib/chat/events.ts";
import { lookOf } from "../../lib/chat/look_alikes.ts";

export class LateBus implements Bus, BusEntrance {
  readonly tag = "k3f9";
  warning: Note | undefined;
  elsewhere: Participant[] = [];
  /** Actions under way. */
  readonly sent: RoomAction[] = [];
  /** Private lines to other servers. */
  readonly private: string[] = [];
  left = 0;
  #room: LocalRoom | undefined;

  join(room: LocalRoom): this {
    this.#room = room;
    return this;
  }

  find(name: string): Participant | undefined {
    return this.elsewhere.find((one) => one.name === name);
  }

  findAlike(name: string): Participant | undefined {
    return this.elsewhere.find((one) => lookOf(one.name) === lookOf(name));
  }

  send(action: RoomAction): void {
    this.sent.push(action);
  }

  sendPrivate(from: Participant, to: Participant, text: string): boolean {
    return this.elsewhere.includes(to) && this.private.push(`${from.name} to ${to.name}: ${text}`) > 0;
  }

  full(): boolean {
    return false;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  leave(): void {
    this.left++;
    this.deliver();
  }

  /** Brings back the first actions under way. */
  deliver(count = Infinity): void {
    for (const action of this.sent.splice(0, count)) this.#room?.apply(action);
  }
}

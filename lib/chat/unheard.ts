/**
 * Members whose text reaches no other client, because their lines do not end. Each gets a notice once, and the operator
 * learns which option suits such clients.
 *
 * @module
 */

import type { LineMember } from "./member.ts";

/** Milliseconds that a line may be without its end: programs send a line at once. */
const UNENDED_MS = 2_000;

/** Waits for the ends of lines. */
export class UnheardWatch {
  readonly #timers = new Map<LineMember, ReturnType<typeof setTimeout>>();
  readonly #told = new WeakSet<LineMember>();

  /** `tell` is called once for each member that stays unheard. */
  constructor(readonly tell: (member: LineMember) => void) {}

  /** A member has sent so many bytes, all of which were read. */
  look(member: LineMember, length: number): void {
    if (!member.unended) return this.forget(member);
    if (this.#told.has(member)) return;
    // A terminal that sends each key as it is pressed: a person may think about the rest.
    if (length === 1) this.forget(member);
    if (this.#timers.has(member)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(member);
      this.#told.add(member);
      this.tell(member);
    }, UNENDED_MS);
    this.#timers.set(member, timer);
  }

  /** It is heard, or has left. */
  forget(member: LineMember): void {
    clearTimeout(this.#timers.get(member));
    this.#timers.delete(member);
  }
}

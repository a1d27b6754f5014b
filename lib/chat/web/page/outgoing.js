/** What was said and has not arrived: it is shown below the transcript until it has. */

import { elementOf } from "./line.js";
import { word } from "./words.js";

/** Commands as the room knows them. */
const QUIT = /^[/／]quit(\s|$)/i;
const WHISPER = /^[/／]msg\s+(\S+)\s(.+)$/is;

/** Messages on their way. */
export class Outgoing {
  #pending;
  /** @type {Map<number, { say: string, element: HTMLElement }>} */
  #messages = new Map();
  /** Notes for us only since our last line arrived: a message that the room refuses is not shown. @type {string[]} */
  #answers = [];
  /** Whether we have asked to leave. */
  quits = false;

  /** @param {HTMLElement} pending where they are shown */
  constructor(pending) {
    this.#pending = pending;
  }

  /** @param {{ id: number, say: string }} message */
  add({ id, say }) {
    this.quits ||= QUIT.test(say);
    const element = elementOf({ kind: "pending", text: word("sending", say) });
    this.#messages.set(id, { say, element });
    this.#pending.append(element);
  }

  /** @param {string} text of a note for us only */
  answered(text) {
    if (this.#messages.size > 0) this.#answers.push(text);
  }

  /**
   * Messages have arrived. The room sends public messages back to their author, but not private ones.
   *
   * @param {number} id of the last of them
   * @returns those to one person, with that person's name
   */
  arrived(id) {
    const whispers = [];
    for (const [one, { say, element }] of this.#messages) {
      if (one > id) break;
      element.remove();
      this.#messages.delete(one);
      const [, name, text] = WHISPER.exec(say) ?? [];
      const refused = this.#answers.some((answer) => answer.includes(`"${name}"`));
      if (name !== undefined && text !== undefined && !refused) whispers.push({ name, text });
    }
    this.#answers = [];
    return whispers;
  }

  /** We have left. @returns the unsent messages */
  giveUp() {
    const unsaid = [...this.#messages.values()].map(({ say }) => say).filter((say) => !QUIT.test(say));
    this.#messages.clear();
    this.#answers = [];
    this.#pending.replaceChildren();
    this.quits = false;
    return unsaid;
  }
}

/**
 * Lines that arrived while the page was hidden: counted in the title, marked in the transcript, and notified if the
 * reader wishes.
 */

import { notifyReader } from "./menu.js";
import { word } from "./words.js";

/** Whether the page is looked at. */
const isSeen = () => document.hasFocus() && !document.hidden;

/** Counts. */
export class Unread {
  /** What the title says besides. */
  #title = "sockeye";
  #transcript;
  #count = 0;
  #mentions = 0;
  /** When the reader was here last, as the room counts time; 0 if that is not known. */
  #since = 0;
  /** Whether what the reader missed is marked already. */
  #marked = false;

  /** @param {import("./transcript.js").Transcript} transcript */
  constructor(transcript) {
    this.#transcript = transcript;
  }

  /** @param {string} title */
  set title(title) {
    this.#title = title;
    this.#show();
  }

  /** @param {number} since when the reader last saw the page: later lines are new; 0 if unknown */
  begin(since) {
    this.#since = since;
    this.#marked = false;
  }

  /**
   * A line of another member has arrived.
   *
   * @param {import("./line.js").Line} line
   * @param {boolean} missed whether it was sent while the page was disconnected
   */
  before({ kind, name = "", text, t = 0, old, mention }, missed) {
    const isNews = old ? this.#since > 0 && t > this.#since : missed;
    if (isNews && !this.#marked) {
      this.#marked = true;
      this.#transcript.mark(old === true);
    }
    if (old || isSeen()) return;
    if (this.#count === 0 && !isNews) this.#transcript.mark(false);
    this.#count++;
    if (mention) this.#mentions++;
    this.#show();
    if (mention || kind === "private") notifyReader(word("notification", name), text);
  }

  /** The reader looks. */
  seen() {
    if (document.hidden) return;
    this.#count = this.#mentions = 0;
    this.#show();
  }

  #show() {
    const mentioned = this.#mentions > 0 ? ` @${this.#mentions}` : "";
    document.title = this.#count > 0 ? `(${this.#count}${mentioned}) ${this.#title}` : this.#title;
  }
}

/**
 * What a tab remembers while its page is reloaded: its member, its position, and the lines on the screen. Closing the
 * tab ends it.
 *
 * A duplicated tab has a copy. Two tabs with one secret would disconnect each other, so a tab with a memory first asks
 * whether another tab uses it, and in that case joins as a new member.
 */

const KEY = "sockeye";

/** Milliseconds that another tab has to answer. */
const ANSWER_MS = 200;

/**
 * @typedef {{
 *   place: import("./link.js").Place,
 *   lines: readonly import("./line.js").Line[],
 *   draft: string,
 * }} Kept
 */

/** The memory of this tab. */
export class Memory {
  #others = new BroadcastChannel(KEY);
  /** The secret for which this page answers. */
  #secret = "";
  /** The one that it asks for. */
  #asked = "";
  #onAnswer = () => {};

  constructor() {
    this.#others.onmessage = ({ data: { is, asks } }) => {
      if (asks && is === this.#secret) this.#others.postMessage({ is, asks: false });
      if (!asks && is === this.#asked) this.#onAnswer();
    };
  }

  /**
   * What this tab had before its page was loaded anew.
   *
   * @returns {Promise<Kept | undefined>} undefined when there is nothing, or another tab goes on with it
   */
  async recall() {
    const kept = read();
    if (!kept || !await this.#isOurs(kept.place.session)) return this.forget();
    return kept;
  }

  /** @param {string} secret which is this page's own from now on */
  hold(secret) {
    this.#secret = secret;
  }

  /** @param {Kept} kept what this page has */
  keep(kept) {
    // A browser may keep less, or nothing.
    if (!write(kept)) write({ ...kept, lines: [] });
  }

  /** @returns {undefined} */
  forget() {
    this.#secret = "";
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // There is nothing to forget.
    }
  }

  /** @param {string} secret */
  #isOurs(secret) {
    this.#asked = secret;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), ANSWER_MS);
      this.#onAnswer = () => {
        clearTimeout(timer);
        resolve(false);
      };
      this.#others.postMessage({ is: secret, asks: true });
    });
  }
}

/** @returns {Kept | undefined} */
function read() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isWhole(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Another version of the page may have written it.
 *
 * @param {Kept} kept or anything else
 */
function isWhole({ place: { name, session, unheard, lastId = 0 }, lines, draft }) {
  const texts = [name, session, draft, ...unheard.map(({ say }) => say), ...lines.map(({ text }) => text)];
  return texts.every((text) => typeof text === "string") &&
    [lastId, ...unheard.map(({ id }) => id)].every(Number.isFinite);
}

/** @param {Kept} kept */
function write(kept) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

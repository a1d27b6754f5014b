/**
 * What a tab remembers while its page is reloaded: its member, its position, and the lines on the screen. Closing the
 * tab ends it.
 *
 * A duplicated tab has a copy. Two tabs with one secret would disconnect each other, so a tab with a memory first finds out
 * whether another tab uses it, and in that case joins as a new member. A page holds a lock for its secret; browsers have
 * locks only over HTTPS and on localhost, elsewhere the other tab is asked.
 */

const KEY = "sockeye";

/** Milliseconds that another tab has to answer. */
const ANSWER_MS = 200;

/** Milliseconds in which a page that is loaded anew gives up its lock, also on a busy machine. */
const LOCK_MS = 2_000;

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
  /** The secret whose lock is held or asked for. */
  #locked = "";
  #unlock = () => {};

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
    if (!kept) return this.forget();
    const { session } = kept.place;
    const isOurs = navigator.locks ? this.#lock(session, AbortSignal.timeout(LOCK_MS)) : this.#isUnused(session);
    return await isOurs ? kept : this.forget();
  }

  /** @param {string} secret which is this page's own from now on */
  hold(secret) {
    this.#secret = secret;
    if (navigator.locks && secret !== this.#locked) void this.#lock(secret);
  }

  /** @param {Kept} kept what this page has */
  keep(kept) {
    // A browser may keep less, or nothing.
    if (!write(kept)) write({ ...kept, lines: [] });
  }

  /** @returns {undefined} */
  forget() {
    this.#secret = this.#locked = "";
    this.#unlock();
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // There is nothing to forget.
    }
  }

  /**
   * Holds the lock of a secret, in place of another one.
   *
   * @param {string} secret
   * @param {AbortSignal} [signal] gives up
   * @returns {Promise<boolean>} whether it is held now
   */
  #lock(secret, signal) {
    this.#unlock();
    this.#locked = secret;
    return new Promise((resolve) => {
      navigator.locks.request(`${KEY} ${secret}`, signal ? { signal } : {}, () => {
        const wanted = secret === this.#locked;
        resolve(wanted);
        return wanted ? new Promise((unlock) => this.#unlock = () => unlock(undefined)) : undefined;
      }).catch(() => resolve(false));
    });
  }

  /** @param {string} secret */
  #isUnused(secret) {
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

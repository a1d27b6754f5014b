/**
 * The list of lines. The page keeps many and has a window of them in the document, which moves with the reader. It changes once
 * a frame, however many lines come.
 */

import { elementOf } from "./line.js";

/** Lines in the document: few enough for a phone. */
const SHOWN_MAX = 500;

/** Lines by which the window moves. */
const STEP = 200;

/** Lines and characters that are kept: hours of talk, a few megabytes. */
const KEPT_MAX = { lines: 10_000, length: 4 * 1024 * 1024 };

/** How far KEPT_MAX may be exceeded before lines are dropped: a hidden page may wait a minute to show new ones. */
const SPARE = { lines: STEP, length: 512 * 1024 };

/** Pixels from the end within which a reader is taken to read the newest. */
const NEAR = 40;

/** Milliseconds between two updates of a hidden page: it has no frames. */
const UNSEEN_MS = 500;

/** Milliseconds after which a screen reader has noticed lines that it should not read out. */
const NO_NEWS_MS = 500;

/** @typedef {import("./line.js").Line} Line */

/** A log that stays at its end unless the reader has scrolled up. */
export class LineList {
  #list;
  #view;
  #button;
  /** @type {Line[]} */
  #lines = [];
  /** Characters of them. */
  #length = 0;
  /** Place of the first one in the document, and the place after the last. */
  #from = 0;
  #to = 0;
  #scheduled = false;
  #atEnd = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noNews;
  /** Told when the reader is at the first line. */
  onTop = () => {};

  /**
   * @param {HTMLElement} list where lines go
   * @param {HTMLElement} view what scrolls
   * @param {HTMLElement} button leads to the end
   */
  constructor(list, view, button) {
    this.#list = list;
    this.#view = view;
    this.#button = button;
    view.addEventListener("scroll", () => this.#look(), { passive: true });
    button.addEventListener("click", () => this.#jump());
    addEventListener("resize", () => this.settle());
    document.addEventListener("visibilitychange", () => this.#show());
  }

  /** All lines that are kept. @returns {readonly Line[]} */
  get lines() {
    return this.#lines;
  }

  get first() {
    return this.#lines[0];
  }

  get last() {
    return this.#lines.at(-1);
  }

  /** Whether as many are kept as may be. */
  get full() {
    return this.#lines.length >= KEPT_MAX.lines || this.#length >= KEPT_MAX.length;
  }

  /**
   * The newest lines.
   *
   * @param {number} length characters that they have at most
   */
  newest(length) {
    let first = this.#lines.length;
    for (let line; (line = this.#lines[first - 1]) && (length -= line.text.length) >= 0;) first--;
    return this.#lines.slice(first);
  }

  /** @param {readonly Line[]} lines that were here before the page was loaded anew */
  restore(lines) {
    this.#hush();
    for (const line of lines) this.add(line);
  }

  /** @param {Line} line */
  add(line) {
    this.#lines.push(line);
    this.#length += line.text.length;
    const many = this.#lines.length > KEPT_MAX.lines + SPARE.lines;
    if (many || this.#length > KEPT_MAX.length + SPARE.length) this.#forget();
    this.#schedule();
  }

  /** Takes the last line out. */
  pop() {
    const line = this.last;
    if (line) this.remove(line);
    return line;
  }

  /** @param {Line} line which is not needed any more */
  remove(line) {
    const at = this.#lines.lastIndexOf(line);
    if (at < 0) return;
    this.#lines.splice(at, 1);
    this.#length -= line.text.length;
    if (at < this.#from) this.#from--;
    else if (at < this.#to) this.#list.children[at - this.#from]?.remove();
    if (at < this.#to) this.#to--;
  }

  /** @param {readonly Line[]} lines from before the first one */
  prepend(lines) {
    this.#lines.unshift(...lines);
    for (const { text } of lines) this.#length += text.length;
    this.#from += lines.length;
    this.#to += lines.length;
    if (lines.length > 0) this.#look();
  }

  /** Forgets all lines. */
  clear() {
    this.#lines = [];
    this.#length = this.#from = this.#to = 0;
    this.#list.replaceChildren();
    this.toEnd();
  }

  /** Goes to the newest line, and stays there. */
  toEnd() {
    const first = Math.max(0, this.#lines.length - SHOWN_MAX);
    if (this.#to < first) {
      this.#list.replaceChildren();
      this.#from = this.#to = first;
    }
    this.#append(this.#lines.length);
    this.#cutTop(first);
    this.#view.scrollTop = this.#view.scrollHeight;
    this.#atEnd = true;
    this.#button.hidden = true;
    if (this.#from === 0 && this.#view.scrollHeight <= this.#view.clientHeight) this.onTop();
  }

  /** After something else in the view has changed its size. */
  settle() {
    if (this.#atEnd) this.toEnd();
  }

  #jump() {
    this.#hush();
    this.toEnd();
    this.#view.focus();
  }

  #look() {
    const below = this.#view.scrollHeight - this.#view.scrollTop - this.#view.clientHeight;
    // The newest lines are not in the document yet.
    this.#atEnd = below < NEAR && (this.#atEnd || this.#to === this.#lines.length);
    this.#button.hidden = this.#atEnd;
    if (!this.#atEnd && below < this.#view.clientHeight && this.#to < this.#lines.length) this.#newer();
    else if (this.#view.scrollTop < this.#view.clientHeight) {
      if (this.#from > 0) this.#older();
      else this.onTop();
    }
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (document.hidden) setTimeout(() => this.#show(), UNSEEN_MS);
    else requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#scheduled = false;
    this.#forget();
    if (this.#atEnd) return this.toEnd();
    // A reader who has scrolled up finds them below, as far as there is room.
    this.#append(Math.min(this.#lines.length, this.#from + SHOWN_MAX));
    this.#button.hidden = false;
  }

  /** Adds earlier lines above, and removes the last ones. */
  #older() {
    this.#hush();
    this.#hold(this.#list.firstElementChild, () => {
      const from = Math.max(0, this.#from - STEP);
      this.#list.prepend(...this.#lines.slice(from, this.#from).map(elementOf));
      this.#from = from;
      for (; this.#to - this.#from > SHOWN_MAX; this.#to--) this.#list.lastChild?.remove();
    });
  }

  /** Adds later lines below, and removes the first ones. */
  #newer() {
    this.#hush();
    this.#hold(this.#list.lastElementChild, () => {
      this.#append(Math.min(this.#lines.length, this.#to + STEP));
      this.#cutTop(this.#to - SHOWN_MAX);
    });
  }

  /** @param {number} to the place after the last line that is wanted in the document */
  #append(to) {
    if (to <= this.#to) return;
    this.#list.append(...this.#lines.slice(this.#to, to).map(elementOf));
    this.#to = to;
  }

  /** @param {number} from the place of the first line that is wanted in the document */
  #cutTop(from) {
    for (; this.#from < from; this.#from++) this.#list.firstChild?.remove();
  }

  /** What is no longer kept is not shown either. */
  #forget() {
    let old = 0;
    while (this.#lines.length - old > KEPT_MAX.lines || this.#length > KEPT_MAX.length) {
      this.#length -= this.#lines[old++]?.text.length ?? 0;
    }
    if (old === 0) return;
    if (this.#from < old) this.#hold(this.#list.lastElementChild, () => this.#cutTop(Math.min(old, this.#to)));
    this.#lines.splice(0, old);
    this.#from = Math.max(0, this.#from - old);
    this.#to = Math.max(0, this.#to - old);
  }

  /**
   * Changes the document around the lines on the screen, which stay where they are.
   *
   * @param {Element | null} anchor a line that stays in the document
   * @param {() => void} change
   */
  #hold(anchor, change) {
    const top = () => anchor?.getBoundingClientRect().top ?? 0;
    const before = top();
    change();
    if (anchor?.isConnected) this.#view.scrollTop += top() - before;
  }

  /** These lines are not new, so a screen reader should not read them out. */
  #hush() {
    clearTimeout(this.#noNews);
    this.#view.ariaLive = "off";
    this.#noNews = setTimeout(() => this.#view.ariaLive = null, NO_NEWS_MS);
  }
}

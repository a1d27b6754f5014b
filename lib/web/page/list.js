/**
 * The list of lines. Only the last of them are in the document, and they are put there once a frame, however many come.
 */

/** Lines that are kept: more than anybody scrolls back, few enough for a phone. */
const LINES_MAX = 500;

/** Pixels from the end within which a reader is taken to read the newest. */
const NEAR = 40;

/** Milliseconds between two updates of a page that nobody sees: it has no frames. */
const UNSEEN_MS = 500;

const HUES = 8;

/** Text that was put under other text by spaces. */
const COLUMNS = /\S {2,}\S/;

/** @typedef {{ kind: string, name?: string, label?: string, text: string, t?: number, own?: boolean, old?: boolean }} Line */

/** A log that stays at its end unless somebody reads further up. */
export class LineList {
  #list;
  #view;
  #button;
  /** @type {Line[]} */
  #waiting = [];
  #scheduled = false;
  #atEnd = true;

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
    button.addEventListener("click", () => this.toEnd());
    addEventListener("resize", () => this.#atEnd && this.toEnd());
    document.addEventListener("visibilitychange", () => this.#show());
  }

  /** @param {Line} line */
  add(line) {
    this.#waiting.push(line);
    if (this.#waiting.length > LINES_MAX) this.#waiting.splice(0, this.#waiting.length - LINES_MAX);
    this.#schedule();
  }

  /** Goes to the newest line, and stays there. */
  toEnd() {
    this.#view.scrollTop = this.#view.scrollHeight;
    this.#atEnd = true;
    this.#button.hidden = true;
  }

  /** After something else in the view has changed its size. */
  settle() {
    if (this.#atEnd) this.toEnd();
  }

  #look() {
    this.#atEnd = this.#view.scrollHeight - this.#view.scrollTop - this.#view.clientHeight < NEAR;
    if (this.#atEnd) this.#button.hidden = true;
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (document.hidden) setTimeout(() => this.#show(), UNSEEN_MS);
    else requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#scheduled = false;
    if (this.#waiting.length === 0) return;
    this.#list.append(...this.#waiting.map(elementOf));
    this.#waiting = [];
    while (this.#list.children.length > LINES_MAX) this.#list.firstChild?.remove();
    if (this.#atEnd) this.toEnd();
    else this.#button.hidden = false;
  }
}

/**
 * A line as an element. Text stays text: nothing here reads HTML.
 *
 * @param {Line} line
 */
export function elementOf({ kind, name, label, text, t, own, old }) {
  const item = document.createElement("li");
  item.className = [kind, own && "own", old && "old"].filter(Boolean).join(" ");
  if (t !== undefined) item.append(timeOf(t));
  if (name !== undefined) item.append(span(`name ${hueOf(name)}`, label ?? name), " ");
  item.append(span(COLUMNS.test(text) ? "text columns" : "text", text));
  return item;
}

/**
 * The same colour for the same name, everywhere.
 *
 * @param {string} name
 */
export function hueOf(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65521;
  return `hue${sum % HUES}`;
}

/**
 * @param {string} className
 * @param {string} text
 */
function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.dir = "auto";
  element.textContent = text;
  return element;
}

/** @param {number} t */
function timeOf(t) {
  const date = new Date(t);
  const element = document.createElement("time");
  element.dateTime = date.toISOString();
  element.textContent = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return element;
}

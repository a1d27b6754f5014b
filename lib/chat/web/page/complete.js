/** Completes `@na` to the name of a member who is here. */

import { avatarOf } from "./line.js";

/** Names that are offered at once. */
const OFFERED_MAX = 6;

/** A mention that is being typed, up to the cursor. */
const TYPED = /(?:^|[^\w.])@([\p{L}\p{N}\p{M}\p{Emoji_Presentation}_.-]{0,32})$/u;

/** A list of names over a text field. The field keeps the focus. */
export class Completion {
  #field;
  #list;
  #names;
  /** @type {string[]} */
  #offered = [];
  #chosen = 0;

  /**
   * @param {HTMLTextAreaElement} field
   * @param {HTMLElement} list
   * @param {() => readonly string[]} names of the members that may be meant
   */
  constructor(field, list, names) {
    this.#field = field;
    this.#list = list;
    this.#names = names;
    field.addEventListener("input", () => this.#offer());
    field.addEventListener("keydown", (event) => this.#take(event));
    field.addEventListener("blur", () => this.close());
    // A press would take the focus away before the click.
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  close() {
    this.#offered = [];
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** @returns the typed part of a name; undefined outside a mention */
  get #typed() {
    const { value, selectionStart } = this.#field;
    return TYPED.exec(value.slice(0, selectionStart))?.[1];
  }

  #offer() {
    const typed = this.#typed?.toLowerCase();
    if (typed === undefined) return this.close();
    const found = this.#names().filter((name) => name.toLowerCase().startsWith(typed));
    // What is complete needs no offer, and Enter sends it.
    if (found.length === 0 || (found.length === 1 && found[0]?.toLowerCase() === typed)) return this.close();
    this.#offered = found.slice(0, OFFERED_MAX);
    this.#chosen = 0;
    this.#show();
  }

  #show() {
    this.#list.replaceChildren(...this.#offered.map((name, at) => {
      const item = document.createElement("li");
      item.id = `suggestion-${at}`;
      item.role = "option";
      item.ariaSelected = String(at === this.#chosen);
      item.append(avatarOf(name), name);
      item.addEventListener("click", () => this.#complete(name));
      return item;
    }));
    this.#list.hidden = false;
    this.#field.setAttribute("aria-activedescendant", `suggestion-${this.#chosen}`);
  }

  /** @param {KeyboardEvent} event */
  #take(event) {
    const { key, isComposing, shiftKey } = event;
    if (this.#list.hidden || isComposing || shiftKey) return;
    const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
    const name = this.#offered[this.#chosen];
    if (step !== 0) {
      this.#chosen = (this.#chosen + step + this.#offered.length) % this.#offered.length;
      this.#show();
    } else if (key === "Escape") this.close();
    else if ((key === "Enter" || key === "Tab") && name !== undefined) this.#complete(name);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {string} name */
  #complete(name) {
    const { selectionStart } = this.#field;
    const from = selectionStart - (this.#typed?.length ?? 0);
    this.#field.setRangeText(`${name} `, from, selectionStart, "end");
    this.close();
    this.#field.focus();
  }
}

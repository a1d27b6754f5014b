/** Who is here: a list beside the lines, or over them where there is no room for both. */

import { renameLook, tellApart } from "./hues.js";
import { avatarOf } from "./line.js";
import { word } from "./words.js";

/** Milliseconds between two updates of the list, however many people join and leave meanwhile. */
const PAUSE_MS = 50;

/** The list. */
export class People {
  #panel;
  #button;
  #onPick;
  /** @type {Set<string>} */
  #names = new Set();
  /** The same in lower case. @type {Set<string>} */
  #folded = new Set();
  #own = "";
  #scheduled = false;

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} button shows and hides it
   * @param {(name: string) => void} onPick called with the picked name
   */
  constructor(panel, button, onPick) {
    this.#panel = panel;
    this.#button = button;
    this.#onPick = onPick;
    button.addEventListener("click", () => {
      this.toggle(!panel.classList.contains("open"));
      panel.querySelector("button")?.focus();
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !panel.classList.contains("open")) return;
      this.toggle(false);
      button.focus();
    });
  }

  /** @param {boolean} open */
  toggle(open) {
    this.#panel.classList.toggle("open", open);
    this.#button.setAttribute("aria-expanded", String(open));
  }

  /** @param {Iterable<string>} names of all members */
  set(names) {
    this.#names = new Set(names);
    this.#changed();
  }

  /** @param {string} own what we are called */
  call(own) {
    this.#own = own;
    this.#schedule();
  }

  /** Names of the others, in the order of their coming. */
  get others() {
    return [...this.#names].filter((name) => name !== this.#own);
  }

  /** @param {string} name in lower case */
  has(name) {
    return this.#folded.has(name);
  }

  /** @param {import("./link.js").Message} message about who comes and goes, or about something else */
  hear({ kind, name = "", names = [], to, here }) {
    if (here) this.#names = new Set(here);
    else if (kind === "join") this.#names.add(name);
    else if (kind === "leave") this.#names.delete(name);
    else if (kind === "joined") names.forEach((one) => this.#names.add(one));
    else if (kind === "left") names.forEach((one) => this.#names.delete(one));
    else if (kind === "rename" && to !== undefined && this.#names.delete(name)) {
      this.#names.add(to);
      renameLook(name, to);
    } else return;
    this.#changed();
  }

  #changed() {
    this.#folded = new Set([...this.#names].map((name) => name.toLowerCase()));
    tellApart(this.#names);
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      this.#show();
    }, PAUSE_MS);
  }

  #show() {
    const count = this.#button.querySelector("#count");
    if (count) count.textContent = String(this.#names.size);
    const list = this.#panel.querySelector("ul");
    // A name that has the keyboard's focus keeps it.
    const focused = list?.contains(document.activeElement) ? document.activeElement?.getAttribute("data-name") : null;
    const items = [...this.#names].map((name) => this.#itemOf(name));
    list?.replaceChildren(...items.map(({ item }) => item));
    items.find(({ name }) => name === focused)?.button.focus();
  }

  /** @param {string} name */
  #itemOf(name) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.name = name;
    const label = document.createElement("span");
    label.dir = "auto";
    label.textContent = name === this.#own ? word("you", name) : name;
    button.append(avatarOf(name), label);
    button.title = name === this.#own ? "" : word("whisper", name);
    button.addEventListener("click", () => this.#onPick(name));
    item.append(button);
    return { name, item, button };
  }
}

/** The form for joining: the room, its members, a name, and a password if the room has one. */

import { find } from "./find.js";
import { tellApart } from "./hues.js";
import { avatarOf } from "./line.js";
import { word } from "./words.js";

/** Names that are written out. */
const NAMED_MAX = 5;

const form = find("join", HTMLFormElement);
const nameField = find("name", HTMLInputElement);
const password = find("password", HTMLInputElement);
const passwordLabel = /** @type {HTMLElement} */ (form.querySelector("label[for=password]"));
const problem = find("problem", HTMLElement);
const summary = find("summary", HTMLElement);
const button = find("join-button", HTMLButtonElement);

/**
 * What is known of a room from outside.
 *
 * @typedef {{ name?: string, password?: boolean, count?: number, here?: string[], addresses?: string[] }} Summary
 */

/** @returns {Promise<Summary>} empty while the server is away */
export async function askForSummary() {
  try {
    return await (await fetch("/room")).json();
  } catch {
    return {};
  }
}

/** @param {Summary} summary */
export function showSummary({ password: locked = false, count, here = [] }) {
  askForPassword(locked);
  tellApart(here);
  const shown = here.slice(0, NAMED_MAX);
  const more = (count ?? 0) - shown.length;
  const names = shown.join(word("comma"));
  const text = locked
    ? word("locked")
    : count === undefined
    ? ""
    : count === 0
    ? word("empty")
    : word("present", count, more > 0 ? word("andMore", names, more) : names);
  const faces = document.createElement("span");
  faces.className = "faces";
  faces.append(...shown.map(avatarOf));
  summary.replaceChildren(...(shown.length > 0 ? [faces] : []), text);
}

/** @param {boolean} wanted */
function askForPassword(wanted) {
  password.hidden = passwordLabel.hidden = !wanted;
}

/** @param {(name: string, password: string) => void} onJoin */
export function setUpForm(onJoin) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.textContent = "";
    onJoin(nameField.value.trim(), password.value);
  });
}

/**
 * @param {string} name that is asked for if nothing else is typed
 * @param {boolean} again whether the reader was in the room before
 */
export function showForm(name, again) {
  form.hidden = false;
  if (name !== "") nameField.value = name;
  button.textContent = word(again ? "rejoin" : "join");
  if (again) button.focus();
  else nameField.focus();
}

export function hideForm() {
  form.hidden = true;
  password.value = "";
}

/**
 * Says why the reader is not let in.
 *
 * @param {string} code
 * @param {string} text
 */
export function showProblem(code, text) {
  problem.textContent = text;
  const isPassword = code.startsWith("password");
  if (isPassword) askForPassword(true);
  const field = isPassword ? password : nameField;
  field.setAttribute("aria-invalid", "true");
  field.addEventListener("input", () => field.removeAttribute("aria-invalid"), { once: true });
  field.select();
  field.focus();
}

/** The page: what the room says goes into the list, what is typed goes to the room. */

import { Link } from "./link.js";
import { elementOf, hueOf, LineList } from "./list.js";
import { note, translate, word } from "./words.js";

/** Where the name is remembered. */
const NAME_KEY = "sockeye-name";

/** Milliseconds after which a name is asked for again that our own lost connection still holds, and how often. */
const NAME_RETRY = { ms: 2_000, times: 5 };

/** What somebody says, and not the room. */
const SPOKEN = ["say", "act", "private"];

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${id}`);
  return element;
}

const state = find("state", HTMLElement);
const joinForm = find("join", HTMLFormElement);
const nameField = find("name", HTMLInputElement);
const room = find("room", HTMLElement);
const log = find("log", HTMLElement);
const pending = find("pending", HTMLElement);
const names = find("names", HTMLElement);
const people = find("people", HTMLElement);
const peopleButton = find("people-button", HTMLButtonElement);
const speakForm = find("speak", HTMLFormElement);
const text = find("text", HTMLTextAreaElement);

const list = new LineList(find("lines", HTMLElement), log, find("newest", HTMLElement));
const link = new Link(hear, showState);

/** @type {Set<string>} */
let here = new Set();
let own = "";
let unread = 0;
let back = false;
let replaying = false;
let retries = 0;
/** @type {Map<number, { say: string, element: HTMLElement }>} */
const onTheWay = new Map();

/** @param {import("./link.js").Message} message */
function hear(message) {
  const { kind } = message;
  if (kind === "welcome") return welcome(message);
  if (kind === "ready") return void (replaying = false);
  if (kind === "ack") return arrived(message.id ?? 0);
  if (kind === "pong") return;
  countPeople(message);
  if (kind === "you" ? isNews(message) : !isMine(message)) showLine(message);
  if (kind === "note" && message.text?.startsWith("Not ")) refused();
}

/** @param {import("./link.js").Message} message */
function welcome(message) {
  back = message.back === true;
  replaying = back;
  retries = NAME_RETRY.times;
  here = new Set(/** @type {string[]} */ (message.here));
  if (message.gap) list.add({ kind: "note", text: word("gap") });
  showPeople();
}

/** A name was refused: our own lost connection may hold it for a while, else it is no name for us. */
function refused() {
  if (!back) link.name = own;
  else if (retries-- > 0) setTimeout(() => link.name !== own && link.say(`/nick ${link.name}`), NAME_RETRY.ms);
}

/**
 * Who comes back need not hear that they left and came.
 *
 * @param {import("./link.js").Message} message
 */
function isMine({ kind, name, to, own: byUs }) {
  const about = kind === "join" || kind === "leave" || kind === "rename";
  return about && (byUs === true || (replaying && (name === link.name || to === link.name)));
}

/**
 * What we are called, if that is another name than we had.
 *
 * @param {import("./link.js").Message} message
 */
function isNews({ name = "" }) {
  const before = own;
  own = name;
  if (name === link.name) retries = 0;
  const given = /^user\d+(-[a-z0-9]+)?$/.test(name);
  if (!given) remember(name);
  showState("online");
  showPeople();
  return back || (given && link.name !== "") ? name !== before && !given && name !== link.name : true;
}

/** @param {string} name */
function remember(name) {
  link.name = name;
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // A browser that keeps nothing asks for the name again.
  }
}

/**
 * What the room has told us alone since the last line of ours arrived: a private message that it refuses is not shown as said.
 *
 * @type {string[]}
 */
const answers = [];

/** @param {import("./link.js").Message} message */
function showLine({ kind, n, name, text = "", t, own: byUs, old }) {
  const spoken = SPOKEN.includes(kind);
  if (!spoken && n === undefined && onTheWay.size > 0) answers.push(text);
  list.add({
    kind: spoken ? kind : "note",
    text: spoken ? text : note(text),
    ...(spoken && { name }),
    ...(kind === "private" && { label: word("privately", name ?? "") }),
    .../** @type {object} */ ({ t: t ?? (kind === "private" ? Date.now() : undefined), own: byUs, old }),
  });
  if (spoken && !byUs && !old) countUnread();
}

function countUnread() {
  if (document.hasFocus() && !document.hidden) return;
  unread++;
  showTitle();
}

function showTitle() {
  document.title = unread > 0 ? `(${unread}) sockeye` : "sockeye";
}

function seen() {
  if (document.hidden) return;
  unread = 0;
  showTitle();
}

/** @param {import("./link.js").Message} message */
function countPeople({ kind, name = "", to, n, here: all }) {
  if (n === undefined || replaying) return; // Those who are here were told of with the welcome.
  if (all) here = new Set(/** @type {string[]} */ (all));
  else if (kind === "join") here.add(name);
  else if (kind === "leave") here.delete(name);
  else if (kind === "rename") here.delete(name) && here.add(String(to));
  else return;
  showPeople();
}

let peopleScheduled = false;

/** Once a frame, however many come and go. */
function showPeople() {
  if (peopleScheduled) return;
  peopleScheduled = true;
  setTimeout(() => {
    peopleScheduled = false;
    find("count", HTMLElement).textContent = String(here.size);
    names.replaceChildren(...[...here].map(personOf));
  }, 50);
}

/** @param {string} name */
function personOf(name) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = hueOf(name);
  button.textContent = name === own ? word("you", name) : name;
  button.title = name === own ? "" : word("whisper", name);
  button.addEventListener("click", () => whisperTo(name));
  item.append(button);
  return item;
}

/** @param {string} name */
function whisperTo(name) {
  togglePeople(false);
  text.value = name === own ? text.value : `/msg ${name} `;
  text.focus();
}

/** @param {boolean} open */
function togglePeople(open) {
  people.classList.toggle("open", open);
  peopleButton.setAttribute("aria-expanded", String(open));
}

/** @param {string} line */
function say(line) {
  const element = elementOf({ kind: "pending", text: word("sending", line) });
  onTheWay.set(link.say(line), { say: line, element });
  pending.append(element);
}

/** @param {number} id of the last message that arrived */
function arrived(id) {
  for (const [one, { say, element }] of onTheWay) {
    if (one > id) break;
    element.remove();
    onTheWay.delete(one);
    // The room shows everybody what all hear; what one hears is not shown to who said it.
    const [, name, whispered] = /^[/／]msg\s+(\S+)\s(.+)$/is.exec(say) ?? [];
    const refused = answers.some((text) => text.includes(`"${name}"`));
    if (name !== undefined && whispered !== undefined && !refused) {
      list.add({ kind: "private", name, label: word("privateTo", name), text: whispered, t: Date.now(), own: true });
    }
  }
  answers.length = 0;
  list.settle();
}

/**
 * @param {"connecting" | "online" | "again" | "ended" | "elsewhere"} what
 * @param {number} [seconds]
 */
function showState(what, seconds = 0) {
  state.textContent = what === "online" ? word("online", own || link.name) : word(what, seconds);
  if (what !== "ended" && what !== "elsewhere") return;
  find("join", HTMLElement).querySelector("button")?.replaceChildren(word("rejoin"));
  joinForm.hidden = false;
  speakForm.hidden = true;
  list.settle();
}

/** @param {Event} event */
function enter(event) {
  event.preventDefault();
  remember(nameField.value.trim());
  joinForm.hidden = true;
  room.hidden = false;
  speakForm.hidden = false;
  peopleButton.hidden = false;
  link.connect();
  text.focus();
}

/** @param {Event} event */
function speak(event) {
  event.preventDefault();
  for (const line of text.value.split(/\r?\n/)) if (line.trim() !== "") say(line);
  text.value = "";
  text.focus();
  list.toEnd();
}

translate();
text.placeholder = word("messageHint");
joinForm.addEventListener("submit", enter);
speakForm.addEventListener("submit", speak);
text.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter is its own.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) speak(event);
});
peopleButton.addEventListener("click", () => togglePeople(!people.classList.contains("open")));
document.addEventListener("keydown", ({ key }) => key === "Escape" && togglePeople(false));
document.addEventListener("visibilitychange", seen);
addEventListener("focus", seen);
try {
  nameField.value = localStorage.getItem(NAME_KEY) ?? "";
} catch {
  // A browser that keeps nothing asks for the name each time.
}
joinForm.hidden = false;
nameField.focus();

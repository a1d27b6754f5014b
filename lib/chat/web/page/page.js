/** The page: what the room says goes into the list, what is typed goes to the room. */

import { elementOf } from "./line.js";
import { Link } from "./link.js";
import { LineList } from "./list.js";
import { Memory } from "./memory.js";
import { People } from "./people.js";
import { note, translate, word } from "./words.js";

/** Characters of lines that a tab remembers: less than browsers have room for. */
const REMEMBERED = 1024 * 1024;

/** Milliseconds after which a name is asked for again that our own lost connection still holds, and how often. */
const NAME_RETRY = { ms: 2_000, times: 5 };

/** What somebody says, and not the room. */
const SPOKEN = ["say", "act", "private"];

/** Names that the server gives. */
const GIVEN = /^user\d+(-[a-z0-9]+)?$/;

/** Codes of the notes that give the page its name, as the first argument. */
const NAMING = ["hello-alone", "hello-one", "hello", "you", "you-yielded"];

/** Commands as the room knows them. */
const QUIT = /^[/／]quit(\s|$)/i;
const WHISPER = /^[/／]msg\s+(\S+)\s(.+)$/is;

/** Where each line of a draft begins, after whom it was for. */
const BEGIN = /^(?:[/／]msg[^\S\n]+\S+[^\S\n]+)?/gim;

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
const joinButton = find("join-button", HTMLButtonElement);
const nameField = find("name", HTMLInputElement);
const room = find("room", HTMLElement);
const pending = find("pending", HTMLElement);
const peopleButton = find("people-button", HTMLButtonElement);
const speakForm = find("speak", HTMLFormElement);
const text = find("text", HTMLTextAreaElement);

const list = new LineList(find("lines", HTMLElement), find("log", HTMLElement), find("newest", HTMLElement));
const people = new People(find("people", HTMLElement), peopleButton, whisperTo);
const link = new Link(hear, showState);
const memory = new Memory();

let own = "";
let unread = 0;
let inRoom = false;
let back = false;
let replaying = false;
let retries = 0;
/** Whether we have asked to leave. */
let quitting = false;
/** @type {Map<number, { say: string, element: HTMLElement }>} */
const onTheWay = new Map();

/** What the room has told us alone since our last line arrived: a message that it refuses is not shown. @type {string[]} */
const answers = [];

/** @param {import("./link.js").Message} message */
function hear(message) {
  const { kind, n, code = "" } = message;
  if (kind === "welcome") return welcome(message);
  if (kind === "ready") return void (replaying = false);
  if (kind === "ack") return arrived(message.id ?? 0);
  if (kind === "pong") return;
  // Those who are here were told of with the welcome.
  if (n !== undefined && !replaying) people.hear(message);
  if (NAMING.includes(code) ? isNews(message) : !isMine(message)) showLine(message);
  if (code.startsWith("name-")) refused();
}

/** @param {import("./link.js").Message} message */
function welcome(message) {
  back = message.back === true;
  replaying = back;
  retries = NAME_RETRY.times;
  people.set(message.here ?? []);
  if (message.gap) list.add({ kind: "note", text: word("gap") });
}

/** A name was refused: our own lost connection may hold it for a while, else it is no name for us. */
function refused() {
  if (!back) link.name = GIVEN.test(own) ? "" : own; // What was given is not asked for: it would be refused.
  else if (retries-- > 0) {
    setTimeout(() => inRoom && link.name !== own && link.say(`/nick ${link.name}`), NAME_RETRY.ms);
  }
}

/** @param {import("./link.js").Message} message of our own coming and going, which need not be shown to us again */
function isMine({ kind, name, to, own: byUs }) {
  const about = kind === "join" || kind === "leave" || kind === "rename";
  return about && (byUs === true || (replaying && (name === link.name || to === link.name)));
}

/** @param {import("./link.js").Message} message says what we are called; whether that is another name than we had */
function isNews({ args: [name = ""] = [] }) {
  const before = own;
  const wanted = link.name;
  own = name;
  if (name === wanted) retries = 0;
  const given = GIVEN.test(name);
  if (!given) remember(name);
  showState("online");
  people.call(own);
  return !back || (name !== before && name !== wanted && !given);
}

/** @param {string} name */
function remember(name) {
  link.name = name;
  memory.name = name;
}

/** @param {import("./link.js").Message} message */
function showLine(message) {
  const { kind, n, name, text = "", t, own: byUs, old } = message;
  const spoken = SPOKEN.includes(kind);
  const mine = byUs === true || (replaying && name === link.name);
  if (!spoken && n === undefined && onTheWay.size > 0) answers.push(text);
  list.add({
    kind: spoken ? kind : "note",
    text: spoken ? text : note(message),
    ...(spoken && { name }),
    ...(kind === "private" && { label: word("privately", name ?? "") }),
    .../** @type {object} */ ({ t: t ?? (kind === "private" ? Date.now() : undefined), own: mine, old }),
  });
  if (spoken && !mine && !old) countUnread();
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

/** @param {string} name */
function whisperTo(name) {
  people.toggle(false);
  // What was typed before is for them, all of it.
  if (name !== own && inRoom) text.value = text.value.replace(BEGIN, `/msg ${name} `);
  text.focus();
}

/** @param {{ id: number, say: string }} message */
function queue({ id, say }) {
  quitting ||= QUIT.test(say);
  const element = elementOf({ kind: "pending", text: word("sending", say) });
  onTheWay.set(id, { say, element });
  pending.append(element);
}

/** @param {number} id of the last message that arrived */
function arrived(id) {
  for (const [one, { say, element }] of onTheWay) {
    if (one > id) break;
    element.remove();
    onTheWay.delete(one);
    // The room shows everybody what all hear; what one hears is not shown to who said it.
    const [, name, whispered] = WHISPER.exec(say) ?? [];
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
  if (what === "ended" || what === "elsewhere") leave(what);
  else state.textContent = what === "online" ? word("online", own || link.name) : word(what, seconds);
}

/**
 * We are not in the room any more, and do not come back by ourselves. What was said stays to be read.
 *
 * @param {"ended" | "elsewhere"} how
 */
function leave(how) {
  memory.forget();
  state.textContent = word(quitting ? "left" : how);
  for (const { say } of onTheWay.values()) {
    if (!QUIT.test(say)) list.add({ kind: "note", text: word("unsaid", say) });
  }
  onTheWay.clear();
  answers.length = 0;
  pending.replaceChildren();
  people.set([]);
  people.toggle(false);
  own = "";
  unread = 0;
  showTitle();
  text.value = "";
  nameField.value = link.name;
  joinButton.textContent = word("rejoin");
  showRoom(false);
  joinButton.focus();
}

/** @param {boolean} open whether we are in it */
function showRoom(open) {
  inRoom = open;
  joinForm.hidden = open;
  speakForm.hidden = !open;
  peopleButton.hidden = !open;
  room.hidden = false;
  room.classList.toggle("left", !open);
  list.settle();
}

/** Goes to the room, as somebody new or as who we were. */
function enter() {
  showRoom(true);
  memory.hold(link.place.session);
  link.connect();
  text.focus();
}

/** @param {Event} event */
function join(event) {
  event.preventDefault();
  remember(nameField.value.trim());
  quitting = false;
  // The room tells newcomers what was said last.
  list.clear();
  link.renew();
  enter();
}

/** @param {Event} event */
function speak(event) {
  event.preventDefault();
  for (const line of text.value.split(/\r?\n/)) if (line.trim() !== "") queue(link.say(line));
  text.value = "";
  text.focus();
  list.toEnd();
}

/** The page may be gone after this. */
function keep() {
  const { place } = link;
  if (inRoom && place.last !== undefined) memory.keep({ place, lines: list.newest(REMEMBERED), draft: text.value });
}

/** Goes on where this tab was before its page was loaded anew, or asks for a name. */
async function begin() {
  const kept = await memory.recall();
  if (!kept) {
    joinForm.hidden = false;
    return nameField.focus();
  }
  link.place = kept.place;
  list.restore(kept.lines);
  text.value = kept.draft;
  for (const message of link.unheard) queue(message);
  enter();
}

translate();
text.placeholder = word("messageHint");
joinForm.addEventListener("submit", join);
speakForm.addEventListener("submit", speak);
text.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter is its own.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) speak(event);
});
document.addEventListener("visibilitychange", () => document.hidden ? keep() : seen());
addEventListener("pagehide", keep);
addEventListener("focus", seen);
nameField.value = memory.name;
void begin();

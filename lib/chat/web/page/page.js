/** The page: events of the room go into the transcript, typed text goes to the room. */

import { Completion } from "./complete.js";
import { addressed, messagesOf } from "./draft.js";
import { find } from "./find.js";
import { askForSummary, hideForm, setUpForm, showForm, showProblem, showSummary } from "./join.js";
import { known } from "./line.js";
import { Link } from "./link.js";
import { LineList } from "./list.js";
import { Memory } from "./memory.js";
import { GREETING, isGiven, isSpoken, lineOf, moveOf, NAMING } from "./messages.js";
import { isRenaming, renamed, setUpMenu, showInMenu } from "./menu.js";
import { Outgoing } from "./outgoing.js";
import { People } from "./people.js";
import { applyTheme, keepSetting, setting } from "./settings.js";
import { openShare } from "./share.js";
import { Transcript } from "./transcript.js";
import { Unread } from "./unread.js";
import { note, translate, word } from "./words.js";

/** Characters of lines that a tab remembers: less than browsers have room for. */
const REMEMBERED = 1024 * 1024;

/** Milliseconds after which a name is asked for again that our own lost connection still holds, and how often. */
const NAME_RETRY = { ms: 2_000, times: 5 };

const state = find("state", HTMLElement);
const room = find("room", HTMLElement);
const peopleButton = find("people-button", HTMLButtonElement);
const speakForm = find("speak", HTMLFormElement);
const text = find("text", HTMLTextAreaElement);

const list = new LineList(find("lines", HTMLElement), find("log", HTMLElement), find("newest", HTMLElement));
const transcript = new Transcript(list);
const people = new People(find("people", HTMLElement), peopleButton, whisperTo);
const link = new Link(hear, showState);
const memory = new Memory();
const unread = new Unread(transcript);
const outgoing = new Outgoing(find("pending", HTMLElement));

/** What is known of the room from outside. @type {import("./join.js").Summary} */
let summary = {};
let own = "";
let inRoom = false;
let back = false;
let replaying = false;
let retries = 0;
/** Whether earlier lines are asked for, or there are none. */
let older = { asked: false, end: false };
/** @param {import("./link.js").Message} message */
function hear(message) {
  const { kind, n, code = "" } = message;
  if (kind === "welcome") return welcome(message);
  if (kind === "ready") return void (replaying = false);
  if (kind === "refused") return showProblem(code, note(message));
  if (kind === "ack") return arrived(message.id ?? 0);
  if (kind === "older") return showOlder(message.events ?? []);
  if (kind === "pong") return;
  // The welcome has listed the members.
  if (n !== undefined && !replaying) people.hear(message);
  const refusal = code.startsWith("name-") && isRenaming() ? note(message) : undefined;
  if (refusal !== undefined) renamed(refusal);
  else if (NAMING.includes(code) ? isNews(message) : !isMine(message)) showLine(message);
  if (code.startsWith("name-")) refused();
}

/** @param {import("./link.js").Message} message */
function welcome(message) {
  if (!inRoom) showRoom(true);
  back = message.back === true;
  replaying = back;
  retries = NAME_RETRY.times;
  older = { asked: false, end: false };
  unread.begin(back ? 0 : Number(setting("seen")));
  people.set(message.here ?? []);
  if (message.gap) transcript.add({ kind: "note", text: word("gap") });
}

/** A name was refused: our own lost connection may hold it for a while, else it is no name for us. */
function refused() {
  if (!back) link.name = isGiven(own) ? "" : own; // What was given is not asked for: it would be refused.
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
  const given = isGiven(name);
  if (!given) remember(name);
  showState("online");
  people.call(own);
  if (isRenaming()) renamed();
  return !back || (name !== before && name !== wanted && !given);
}

/** @param {string} name */
function remember(name) {
  link.name = name;
  keepSetting("name", name);
}

/** @param {import("./link.js").Message} message */
function showLine(message) {
  const { name, n, code = "", text = "", own: byUs = false } = message;
  const spoken = isSpoken(message);
  if (!spoken && n === undefined) outgoing.answered(text);
  const move = moveOf(message);
  if (move) return transcript.addMove(move);
  const line = lineOf(message, own, byUs || (replaying && name === link.name));
  if (GREETING.includes(code)) return transcript.greet(line);
  if (spoken && !line.own) unread.before(line, replaying);
  transcript.add(line);
}

/** @param {readonly import("./link.js").Message[]} events from before the first line */
function showOlder(events) {
  older = { asked: false, end: events.length === 0 };
  transcript.prepend(events.map((event) => lineOf({ ...event, old: true }, own)));
}

function askOlder() {
  const { oldest } = transcript;
  if (!inRoom || older.asked || older.end || list.full || !oldest) return;
  older.asked = link.askOlder(oldest);
}

/** @param {string} name */
function whisperTo(name) {
  people.toggle(false);
  if (name !== own && inRoom) text.value = addressed(text.value, name);
  text.focus();
}

/** @param {string} message */
function say(message) {
  outgoing.add(link.say(message));
}

/** @param {number} id of the last message that arrived */
function arrived(id) {
  for (const { name, text } of outgoing.arrived(id)) {
    transcript.add({ kind: "private", name: own, label: word("privateTo", name), text, t: Date.now(), own: true });
  }
  list.settle();
}

/**
 * @param {"connecting" | "online" | "again" | "ended" | "elsewhere" | "refused"} what
 * @param {number} [seconds]
 */
function showState(what, seconds = 0) {
  state.classList.toggle("trouble", what === "again");
  if (what === "online") older.asked = false;
  if (what === "ended" || what === "elsewhere" || what === "refused") leave(what);
  else state.textContent = what === "online" ? word("online", own || link.name) : word(what, seconds);
}

/**
 * We are no longer in the room and do not reconnect by ourselves. The transcript stays readable.
 *
 * @param {"ended" | "elsewhere" | "refused"} how
 */
function leave(how) {
  const wasIn = inRoom;
  keepSeen();
  memory.forget();
  state.textContent = how === "refused" ? "" : word(outgoing.quits ? "left" : how);
  for (const say of outgoing.giveUp()) transcript.add({ kind: "note", text: word("unsaid", say) });
  people.set([]);
  people.toggle(false);
  own = "";
  link.password = "";
  unread.seen();
  if (wasIn) text.value = "";
  showRoom(false);
  showForm(link.name, wasIn);
}

/** @param {boolean} open whether we are in it */
function showRoom(open) {
  inRoom = open;
  if (open) hideForm();
  speakForm.hidden = !open;
  peopleButton.hidden = !open;
  room.hidden = !open && list.last === undefined;
  room.classList.toggle("left", !open);
  showInMenu(open);
  list.settle();
  if (open) text.focus();
}

/**
 * @param {string} name
 * @param {string} password
 */
function join(name, password) {
  remember(name);
  link.password = password;
  link.strict = true;
  // The room sends newcomers the last lines.
  transcript.clear();
  link.renew();
  memory.hold(link.place.session);
  link.connect();
}

/** @param {Event} event */
function speak(event) {
  event.preventDefault();
  for (const message of messagesOf(text.value)) say(message);
  text.value = "";
  text.focus();
  list.toEnd();
}

/** The reader may have seen everything up to now. */
function keepSeen() {
  const t = list.last?.t;
  if (inRoom && t !== undefined) keepSetting("seen", String(t));
}

/** The page may be gone after this. */
function keep() {
  const { place } = link;
  keepSeen();
  if (inRoom && place.last !== undefined) memory.keep({ place, lines: list.newest(REMEMBERED), draft: text.value });
}

async function learn() {
  summary = await askForSummary();
  find("room-name", HTMLElement).textContent = unread.title = summary.name ?? "sockeye";
  if (!inRoom) showSummary(summary);
}

/** Goes on where this tab was before its page was loaded anew, or asks for a name. */
async function begin() {
  const kept = await memory.recall();
  if (!kept) return showForm(setting("name"), false);
  link.place = kept.place;
  list.restore(kept.lines);
  text.value = kept.draft;
  for (const message of link.unheard) outgoing.add(message);
  showRoom(true);
  memory.hold(link.place.session);
  link.connect();
}

applyTheme();
translate();
text.placeholder = word("messageHint");
known.isName = (name) => people.has(name);
list.onTop = askOlder;
setUpForm(join);
setUpMenu({
  name: () => own,
  rename: (name) => say(`/nick ${name}`),
  leave: () => say("/quit"),
  reload: () => location.reload(),
});
showInMenu(false);
find("share-button", HTMLElement).addEventListener("click", () => openShare(summary.addresses ?? []));
new Completion(text, find("suggestions", HTMLElement), () => people.others);
speakForm.addEventListener("submit", speak);
text.addEventListener("keydown", (event) => {
  // While an input method is composing, Enter is its own.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) speak(event);
});
document.addEventListener("visibilitychange", () => document.hidden ? keep() : unread.seen());
addEventListener("pagehide", keep);
addEventListener("focus", () => unread.seen());
void learn();
void begin();

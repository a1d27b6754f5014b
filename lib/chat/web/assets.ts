/**
 * The files of the page, as part of the program: neither a checkout nor a binary needs to read anything. A browser runs
 * these files as they are: there is no build, and no framework, which would be larger than the page.
 *
 * @module
 */

import html from "./page/index.html" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import complete from "./page/complete.js" with { type: "text" };
import draft from "./page/draft.js" with { type: "text" };
import find from "./page/find.js" with { type: "text" };
import hues from "./page/hues.js" with { type: "text" };
import join from "./page/join.js" with { type: "text" };
import line from "./page/line.js" with { type: "text" };
import lines from "./page/lines.css" with { type: "text" };
import link from "./page/link.js" with { type: "text" };
import list from "./page/list.js" with { type: "text" };
import memory from "./page/memory.js" with { type: "text" };
import menu from "./page/menu.js" with { type: "text" };
import messages from "./page/messages.js" with { type: "text" };
import notes from "./page/notes.js" with { type: "text" };
import outgoing from "./page/outgoing.js" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import panels from "./page/panels.css" with { type: "text" };
import people from "./page/people.js" with { type: "text" };
import settings from "./page/settings.js" with { type: "text" };
import share from "./page/share.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import text from "./page/text.js" with { type: "text" };
import theme from "./page/theme.css" with { type: "text" };
import times from "./page/times.js" with { type: "text" };
import transcript from "./page/transcript.js" with { type: "text" };
import unread from "./page/unread.js" with { type: "text" };
import words from "./page/words.js" with { type: "text" };

const SCRIPTS = {
  complete,
  draft,
  find,
  hues,
  join,
  line,
  link,
  list,
  memory,
  menu,
  messages,
  notes,
  outgoing,
  page,
  people,
  settings,
  share,
  text,
  times,
  transcript,
  unread,
  words,
};

const STYLES = { lines, panels, style, theme };

/** The files by path, with their media types. */
export const ASSETS: Readonly<{ [path: string]: { type: string; text: string } | undefined }> = {
  "/": { type: "text/html; charset=utf-8", text: html },
  "/icon.svg": { type: "image/svg+xml", text: icon },
  ...Object.fromEntries(
    Object.entries(STYLES).map(([name, text]) => [`/${name}.css`, { type: "text/css; charset=utf-8", text }]),
  ),
  ...Object.fromEntries(
    Object.entries(SCRIPTS).map(([name, text]) => [`/${name}.js`, { type: "text/javascript; charset=utf-8", text }]),
  ),
};

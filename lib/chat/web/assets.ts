/**
 * The files of the page, as part of the program: neither a checkout nor a binary needs to read anything. A browser runs what
 * stands there: there is no build, and no framework, which would be larger than the page.
 *
 * @module
 */

import html from "./page/index.html" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import line from "./page/line.js" with { type: "text" };
import link from "./page/link.js" with { type: "text" };
import list from "./page/list.js" with { type: "text" };
import memory from "./page/memory.js" with { type: "text" };
import notes from "./page/notes.js" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import people from "./page/people.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import theme from "./page/theme.css" with { type: "text" };
import words from "./page/words.js" with { type: "text" };

const SCRIPTS = { line, link, list, memory, notes, page, people, words };

/** The files by path, with their media types. */
export const ASSETS: Readonly<{ [path: string]: { type: string; text: string } | undefined }> = {
  "/": { type: "text/html; charset=utf-8", text: html },
  "/icon.svg": { type: "image/svg+xml", text: icon },
  "/style.css": { type: "text/css; charset=utf-8", text: style },
  "/theme.css": { type: "text/css; charset=utf-8", text: theme },
  ...Object.fromEntries(
    Object.entries(SCRIPTS).map(([name, text]) => [`/${name}.js`, { type: "text/javascript; charset=utf-8", text }]),
  ),
};

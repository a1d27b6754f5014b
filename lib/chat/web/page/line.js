/** A line as an element. Text stays text: nothing here reads HTML. */

const HUES = 8;

/** Text that was put under other text by spaces. */
const COLUMNS = /\S {2,}\S/;

/** So much of a word that it may be broken behind it: to find places in longer ones keeps a browser busy for seconds. */
const LONG = /(\S{100})/u;

/** @typedef {{ kind: string, name?: string, label?: string, text: string, t?: number, own?: boolean, old?: boolean }} Line */

/** @param {Line} line */
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
  text.split(LONG).forEach((part, i) => {
    element.append(part);
    if (i % 2 === 1) element.append(document.createElement("wbr"));
  });
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

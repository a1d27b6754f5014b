/** What a member wrote, as nodes: links, code and mentions are marked. Text stays text: nothing here reads HTML. */

/** Text that was put under other text by spaces. */
export const COLUMNS = /\S {2,}\S/;

/** A block between fences, perhaps with the name of its language. */
const FENCED = /```(?:[\w+#-]*\n)?([^]*?)\n?```/;

/** A line that is set in as code is. */
const INDENTED = /^(?:\t| {2,})\S/m;

/** Where something may begin that is no plain text: a link, code, a mention. */
const SPECIAL = /(\bhttps?:\/\/[^\s<>"“”‘’「」，。；！？、）】》]+)|`([^`\n]+)`|@/g;

/** What ends a sentence and not an address. */
const TRAILING = /[.,;:!?'*_]+$/;

/** So much of a word that it may be broken behind it: to find places in longer ones keeps a browser busy for seconds. */
const LONG = /(\S{100})/u;

/** Characters of the longest name. */
const NAME_MAX = 64;

/** @typedef {(name: string) => boolean} IsName whether a member has this name, in lower case */

/**
 * @param {string} text
 * @param {IsName} isName
 * @returns {Node[]}
 */
export function nodesOf(text, isName) {
  const several = text.includes("\n");
  const parts = text.split(FENCED);
  if (parts.length === 1 && several && INDENTED.test(text)) return [blockOf(text)];
  return parts.flatMap((part, at) => {
    if (at % 2 === 1) return [blockOf(part)];
    // A block has its own line ends around it.
    const plain = parts.length > 1 ? part.replace(/^\n|\n$/g, "") : part;
    return plain === "" ? [] : inlineNodes(plain, isName);
  });
}

/**
 * Whether a text mentions a member: `@name`.
 *
 * @param {string} text
 * @param {string} name
 */
export function mentions(text, name) {
  const own = name.toLowerCase();
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    if (mentionLength(text, at, (one) => one === own) > 0) return true;
  }
  return false;
}

/**
 * @param {string} text
 * @param {IsName} isName
 */
function inlineNodes(text, isName) {
  /** @type {Node[]} */
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(SPECIAL)) {
    const [all, link, code] = found;
    const at = found.index;
    if (at < from) continue;
    const length = all === "@" ? mentionLength(text, at, isName) : all.length;
    const node = link
      ? linkOf(link)
      : code
      ? elementOf("code", code)
      : length > 0 && mentionOf(text.slice(at, at + length));
    if (!node) continue;
    nodes.push(...breakable(text.slice(from, at)), node);
    from = at + (link ? node.textContent?.length ?? 0 : length);
  }
  nodes.push(...breakable(text.slice(from)));
  return nodes;
}

/**
 * Characters of the mention that begins at a place; 0 when there is none. In Chinese no blank needs to follow.
 *
 * @param {string} text
 * @param {number} at
 * @param {IsName} isName
 */
function mentionLength(text, at, isName) {
  if (/[\w.]/.test(text[at - 1] ?? "")) return 0; // An address of mail.
  const [rest = ""] = /^[\p{L}\p{N}\p{M}\p{Emoji_Presentation}_.-]+/u.exec(text.slice(at + 1, at + 1 + NAME_MAX)) ?? [];
  const lower = rest.toLowerCase();
  if (lower.length !== rest.length) return isName(lower) ? rest.length + 1 : 0;
  for (let end = rest.length; end > 0; end--) {
    if (/\w/.test(rest[end] ?? "") && /\w/.test(rest[end - 1] ?? "")) continue;
    if (isName(lower.slice(0, end))) return end + 1;
  }
  return 0;
}

/** @param {string} text */
function mentionOf(text) {
  const element = elementOf("span", text);
  element.className = "mention";
  return element;
}

/** @param {string} text what may be an address; undefined if it is none that can be opened safely */
function linkOf(text) {
  let shown = text.replace(TRAILING, "");
  // A bracket that was opened before the address closes behind it.
  while (shown.endsWith(")") && shown.split(")").length > shown.split("(").length) {
    shown = shown.slice(0, -1).replace(TRAILING, "");
  }
  const url = URL.parse(shown);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "" || url.username !== "" || url.password !== "") {
    return;
  }
  const link = document.createElement("a");
  link.href = url.href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(...breakable(shown));
  return link;
}

/** @param {string} text */
function blockOf(text) {
  const block = elementOf("code", text);
  block.className = "block";
  return block;
}

/**
 * @param {string} name
 * @param {string} text
 */
function elementOf(name, text) {
  const element = document.createElement(name);
  element.append(...breakable(text));
  return element;
}

/** @param {string} text @returns {Node[]} */
export function breakable(text) {
  if (text === "") return [];
  return text.split(LONG).flatMap((part, i) => {
    const node = document.createTextNode(part);
    return i % 2 === 1 ? [node, document.createElement("wbr")] : [node];
  });
}

/**
 * How each person looks: a hue, a shape and the initials. No two people in the room share a hue and shape until all are
 * in use; then the initials tell them apart if they can.
 */

const HUES = 16;

/** Round, then square. */
const SHAPES = 2;

/** Looks by name, also of people who have left: they get the same one again unless another member has it by then. */
const looks = /** @type {Map<string, number>} */ (new Map());

/** Names that are remembered. */
const NAMES_MAX = 2_000;

/** @param {string} name */
export function lookOf(name) {
  // The authors of the last lines differ as well, whether they are still here or not.
  const look = looks.get(name) ?? assign(name, [...looks.values()].slice(1 - HUES));
  return `hue${look % HUES}${look >= HUES ? " square" : ""}`;
}

/**
 * Gives the people in the room different looks.
 *
 * @param {Iterable<string>} names
 */
export function tellApart(names) {
  const here = [...names];
  const taken = /** @type {Map<number, string>} */ (new Map());
  const others = here.filter((name) => {
    const look = looks.get(name);
    if (look === undefined || taken.has(look)) return true;
    taken.set(look, name);
    return false;
  });
  for (const name of others) {
    if (taken.size >= HUES * SHAPES && looks.has(name)) continue;
    const before = looks.get(name);
    const look = assign(name, [...taken.keys()]);
    taken.set(look, name);
    if (before !== undefined && before !== look) repaint(name);
  }
}

/**
 * A person has another name and looks as before, but for the initials.
 *
 * @param {string} name
 * @param {string} to
 */
export function renameLook(name, to) {
  const look = looks.get(name);
  if (look === undefined) return;
  looks.delete(name);
  looks.set(to, look);
}

/**
 * What stands for a name in a small circle: the last two characters of a Chinese name, else the first of one or two words.
 *
 * @param {string} name
 */
export function initialsOf(name) {
  const [, number] = /^user(\d+)/.exec(name) ?? [];
  if (number !== undefined) return number.slice(-3);
  const characters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
  if (/^\p{Script=Han}{2,4}$/u.test(name)) return characters.slice(-2).join("");
  const [, second] = /[_.-]([\p{L}\p{N}])/u.exec(name) ?? [];
  return ((characters[0] ?? "") + (second ?? "")).toUpperCase();
}

/**
 * The look that is furthest from those in use, and among several the one nearest to the name's own.
 *
 * @param {string} name
 * @param {readonly number[]} taken
 */
function assign(name, taken) {
  let wanted = 0;
  for (const letter of name) wanted = (wanted * 31 + (letter.codePointAt(0) ?? 0)) % 65521;
  wanted %= HUES;
  const shape = Math.min(SHAPES - 1, Math.floor(taken.length / HUES));
  const inShape = taken.filter((look) => Math.floor(look / HUES) === shape).map((look) => look % HUES);
  const all = Array.from({ length: HUES }, (_, hue) => hue);
  const free = all.filter((hue) => !inShape.includes(hue));
  const scored = (free.length > 0 ? free : all).map((hue) => {
    const room = Math.min(HUES, ...inShape.map((other) => distance(hue, other)));
    return { hue, score: room * HUES - distance(hue, wanted) };
  });
  const { hue } = scored.reduce((best, one) => one.score > best.score ? one : best);
  const look = shape * HUES + hue;
  looks.delete(name);
  looks.set(name, look);
  if (looks.size > NAMES_MAX) looks.delete(looks.keys().next().value ?? "");
  return look;
}

/**
 * @param {number} a
 * @param {number} b
 */
function distance(a, b) {
  const apart = Math.abs(a - b);
  return Math.min(apart, HUES - apart);
}

/** @param {string} name */
function repaint(name) {
  for (const element of document.querySelectorAll(`[data-person="${CSS.escape(name)}"]`)) {
    element.className = element.className.replace(/hue\d+( square)?/, lookOf(name));
  }
}

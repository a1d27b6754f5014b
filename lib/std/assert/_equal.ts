import { isDeepStrictEqual } from "node:util";

type Collection = Map<unknown, unknown> | Set<unknown>;
type Pairs = Map<unknown, unknown>;

/**
 * Compares two values by content.
 *
 * `isDeepStrictEqual` decides about built-in classes. Plain objects, arrays, maps and sets are walked here because the
 * published package sees no difference between 0 and -0, nor between `{}` and an object without a prototype.
 *
 * @param a One value.
 * @param b The other value.
 * @param seen The pairs being compared already, which ends circular structures.
 * @returns Whether the two have the same content.
 */
export function equal(a: unknown, b: unknown, seen: Map<unknown, unknown> = new Map()): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || prototypeOf(a) !== prototypeOf(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (isCollection(a) && isCollection(b)) return sameEntries(a, b, seen);
  if (prototypeOf(a) === Object.prototype || prototypeOf(a) === Array.prototype) return sameProperties(a, b, seen);
  // Two invalid dates are equal; not every version of the built-in comparison agrees.
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  // These two keep their content where a comparison by properties does not see it.
  if (a instanceof URL || a instanceof URLSearchParams) return String(a) === String(b);
  return isDeepStrictEqual(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isCollection(value: object): value is Collection {
  return value instanceof Map || value instanceof Set;
}

function sameEntries(a: Collection, b: Collection, seen: Pairs): boolean {
  return a.size === b.size && [...a.entries()].every(([key, value]) => hasEntry(b, key, value, seen));
}

function hasEntry(all: Collection, key: unknown, value: unknown, seen: Pairs): boolean {
  if (all.has(key)) return all instanceof Set || equal(value, all.get(key), seen);
  // Only an object can equal a key that is not the same value.
  return isObject(key) && [...all.entries()].some(([k, v]) => equal(key, k, seen) && equal(value, v, seen));
}

function sameProperties(a: object, b: object, seen: Pairs): boolean {
  const keys = enumerableKeys(a);
  return keys.length === enumerableKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

/**
 * Frame rules: where a message ends in a stream of bytes.
 *
 * @module
 */

import { asDuration, asNumber } from "../options.ts";
import { quote } from "../printable.ts";
import { didYouMean, listed } from "../wording.ts";
import { parseHex } from "./hex.ts";

/** A frame rule. */
export type Frame =
  /** A message ends after each LF. */
  | { readonly by: "line" }
  /** A message ends when no byte has arrived for `ms` milliseconds. */
  | { readonly by: "gap"; readonly ms: number }
  /** A message has `size` bytes. */
  | { readonly by: "fixed"; readonly size: number }
  /** A message ends with these bytes. */
  | { readonly by: "until"; readonly tail: Uint8Array }
  /** A message begins with a head and ends with a tail; bytes before a head are stray. */
  | { readonly by: "between"; readonly head: Uint8Array; readonly tail: Uint8Array }
  /** A message says how long it is. */
  | LengthFrame;

/** The message ends `value` + `adjust` bytes after a length field, which stands `at` bytes after its beginning. */
export interface LengthFrame {
  /** The rule. */
  readonly by: "length";
  /** The form of the field. */
  readonly field: LengthField;
  /** Bytes before the field. */
  readonly at: number;
  /** Bytes after the field that the value does not include; negative if it also counts bytes before the field's end. */
  readonly adjust: number;
}

/** Form of a length field: an unsigned number, or 7 bits a byte with the lowest first (LEB128, as MQTT and Protobuf have it). */
export type LengthField = typeof LENGTH_FIELDS[number];

/** Every form of a length field. */
export const LENGTH_FIELDS = ["u8", "u16be", "u16le", "u24be", "u32be", "u32le", "varint"] as const;

/** Bytes of the longest message where `--frame-max` says nothing else. */
export const FRAME_MAX: number = 1024 * 1024;

/** Bytes of the longest head or tail. */
const MARK_MAX = 64;

/** Bytes that may stand before a length field, or be added to its value. */
const OFFSET_MAX = 65535;

/** The rules by name, each with an example for help and completions. */
const RULES: Readonly<Record<string, { readonly example: string; read(value: string): Frame | undefined }>> = {
  read: { example: "read", read: () => undefined },
  line: { example: "line", read: () => ({ by: "line" }) },
  gap: { example: "gap:50ms", read: (value) => ({ by: "gap", ms: asDuration(value) }) },
  fixed: { example: "fixed:8", read: (value) => ({ by: "fixed", size: asNumber(1, 1024 ** 3)(value) }) },
  until: { example: "until:0d0a", read: (value) => ({ by: "until", tail: asMark(value) }) },
  between: { example: "between:aaff,0d0a", read: asBetween },
  length: { example: "length:u16be,at=2,adjust=4", read: asLength },
};

/** One example of each rule. */
export const FRAME_EXAMPLES: readonly string[] = Object.values(RULES).map(({ example }) => example);

/**
 * Parses a frame rule such as `line` or `length:u16be,at=2`; undefined for `read`, where a message is the data of one
 * read.
 *
 * @throws {Error} with the expected form as its message
 */
export function asFrame(text: string): Frame | undefined {
  const [, name = "", value] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  const takesValue = rule?.example.includes(":") ?? false;
  if (!rule || (value !== undefined && !takesValue)) {
    throw new Error(`expected ${listed(FRAME_EXAMPLES, "or")}${didYouMean(name, Object.keys(RULES))}`);
  }
  if (takesValue && !value) throw new Error(`expected a value such as ${rule.example}`);
  return rule.read(value ?? "");
}

function asBetween(value: string): Frame {
  const [head = "", tail = "", ...more] = value.split(",");
  if (more.length > 0 || head === "" || tail === "") {
    throw new Error("expected a head and a tail in hex, such as between:aaff,0d0a");
  }
  return { by: "between", head: asMark(head), tail: asMark(tail) };
}

function asLength(value: string): Frame {
  const [name = "", ...settings] = value.split(",");
  const field = LENGTH_FIELDS.find((known) => known === name);
  if (!field) throw new Error(`expected ${listed(LENGTH_FIELDS, "or")}${didYouMean(name, LENGTH_FIELDS)}`);
  const offsets = { at: 0, adjust: 0 };
  for (const setting of settings) {
    const [, key, number] = /^(at|adjust)=(-?\d+)$/.exec(setting) ?? [];
    const offset = Number(number);
    if (!key || !(Math.abs(offset) <= OFFSET_MAX) || (key === "at" && offset < 0)) {
      throw new Error(`expected at=N or adjust=N with N up to ${OFFSET_MAX}, not ${quote(setting)}`);
    }
    offsets[key as keyof typeof offsets] = offset;
  }
  return { by: "length", field, ...offsets };
}

/** Parses a head or a tail. */
function asMark(hex: string): Uint8Array {
  const mark = parseHex(hex);
  if (mark.length > MARK_MAX) throw new Error(`expected at most ${MARK_MAX} bytes`);
  return mark;
}

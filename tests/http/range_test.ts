import { assertEquals } from "@std/assert";
import { Fields } from "../../lib/http/head.ts";
import { compareVersion, parseContentRange, readVersion, versionOf } from "../../lib/http/range.ts";

const U = undefined;

Deno.test("parseContentRange() reads what can be made of a field: its first byte at least", () => {
  const cases: [string, number | undefined, number | undefined, number | undefined][] = [
    ["bytes 200-999/1000", 200, 1000, 1000],
    ["bytes 0-0/1", 0, 1, 1],
    ["bytes 5-9/*", 5, 10, U],
    ["bytes */1000", U, U, 1000],
    ["  BYTES\t1 - 2 / 3 ", 1, 3, 3],
    ["bytes=1-2/3", 1, 3, 3],
    ["bytes: 1-2/3", 1, 3, 3],
    ["bytes = 1-2/3", 1, 3, 3],
    ["bytes1-2/3", 1, 3, 3],
    ["1-2/3", 1, 3, 3],
    ["=1-2/3", 1, 3, 3],
    ["bytes 1-2", 1, 3, U],
    ["bytes 1-2/", 1, 3, U],
    ["1-2", 1, 3, U],
    ["bytes 5-/10", 5, U, U],
    ["bytes 5/10", 5, U, 10],
    ["bytes 5", 5, U, U],
    ["bytes 9-5/10", 9, U, 10],
    ["bytes 5-9/7", 5, 10, 7],
    ["bytes 1-2/x", 1, U, U],
    ["bytes 5-x/20", 5, U, U],
    ["bytes 1-2/3, bytes 4-5/6", 1, U, U],
    ["bytes 1-99999999999999999999/3", 1, U, 3],
    ["bytes 99999999999999999999-/3", 1e20, U, U],
  ];
  for (const [value, start, end, total] of cases) {
    assertEquals(parseContentRange(value), { start, end, total }, value);
  }
});

Deno.test("parseContentRange() makes nothing of a field that is missing, of another unit, or without a first byte", () => {
  const useless = [
    "",
    "bytes",
    "bytes -5/10",
    "bytes */*",
    "bytes *",
    "items 1-2/3",
    "none",
    "bytes x-2/3",
    "bytesx 1-2/3",
  ];
  for (const value of [undefined, ...useless]) assertEquals(parseContentRange(value), undefined, value);
});

Deno.test("parseContentRange() takes no longer for a long field", () => {
  for (const blank of [" ", "=", "\v", "1", "bytes"]) {
    const started = performance.now();
    for (const value of [blank.repeat(60_000) + "x", "1" + blank.repeat(60_000) + "x"]) parseContentRange(value);
    assertEquals(performance.now() - started < 200, true, blank);
  }
});

/** An answer with these fields. */
function fieldsOf(fields: Record<string, string>): Fields {
  const all = new Fields();
  for (const [name, value] of Object.entries(fields)) all.add(name, value);
  return all;
}

const OLD = "Mon, 01 Jan 2024 00:00:00 GMT";
const MINUTE_LATER = "Mon, 01 Jan 2024 00:01:00 GMT";
const SECOND_BEFORE_THAT = "Mon, 01 Jan 2024 00:00:59 GMT";

for (
  const [name, fields, expected] of [
    ["takes a strong ETag", { ETag: '"v1"' }, '"v1"'],
    ["takes an empty ETag", { ETag: '""' }, '""'],
    ["does not take a weak ETag", { ETag: 'W/"v1"' }, undefined],
    ["does not take what is no ETag", { ETag: "v1" }, undefined],
    ["prefers the ETag", { ETag: '"v1"', "Last-Modified": OLD, Date: MINUTE_LATER }, '"v1"'],
    ["takes a date when the ETag is weak", { ETag: 'W/"v"', "Last-Modified": OLD, Date: MINUTE_LATER }, OLD],
    ["takes a date that is a minute old", { "Last-Modified": OLD, Date: MINUTE_LATER }, OLD],
    ["does not take a younger one", { "Last-Modified": OLD, Date: SECOND_BEFORE_THAT }, undefined],
    ["does not take a date from the future", { "Last-Modified": MINUTE_LATER, Date: OLD }, undefined],
    ["needs the date of the answer", { "Last-Modified": OLD }, undefined],
    ["does not take what is no date", { "Last-Modified": "yesterday", Date: MINUTE_LATER }, undefined],
    ["finds nothing", { Date: OLD }, undefined],
  ] as const
) {
  Deno.test(`the validator of versionOf() ${name}`, () => {
    assertEquals(versionOf(fieldsOf(fields), undefined)?.validator, expected);
  });
}

Deno.test("versionOf() knows a version by a validator, or by date and size together", () => {
  const known = (fields: Record<string, string>, total?: number) => versionOf(fieldsOf(fields), total) !== undefined;
  assertEquals([known({ ETag: '"v1"' }), known({ "Last-Modified": OLD }, 20)], [true, true]);
  assertEquals([known({ "Last-Modified": OLD }), known({}, 20), known({ ETag: 'W/"v"' }, 20)], [false, false, false]);
});

const STRONG = { validator: '"v1"', etag: '"v1"', modified: OLD, total: 20 };
const DATED = { validator: OLD, modified: OLD, total: 20 };
const WEAK = { etag: 'W/"v1"', modified: OLD, total: 20 };
const CODED = { ...STRONG, coding: "gzip" };
const LATER = { "Last-Modified": MINUTE_LATER };

for (
  const [name, version, fields, total, expected] of [
    ["a strong ETag proves it", STRONG, { ETag: '"v1"' }, U, "same"],
    ["a strong ETag proves it whatever the date", STRONG, { ETag: '"v1"', ...LATER }, 20, "same"],
    ["another ETag disproves it", STRONG, { ETag: '"v2"', "Last-Modified": OLD }, 20, "other"],
    ["a weak ETag is another one", STRONG, { ETag: 'W/"v1"' }, 20, "other"],
    ["another size disproves it", STRONG, { ETag: '"v1"' }, 21, "other"],
    ["a coding that was not there disproves it", STRONG, { ETag: '"v1"', "Content-Encoding": "gzip" }, 20, "other"],
    ["the same coding does not", CODED, { ETag: '"v1"', "Content-Encoding": "GZIP" }, 20, "same"],
    ["a coding need not be repeated", CODED, { ETag: '"v1"' }, 20, "same"],
    ["nothing said proves nothing", STRONG, {}, U, "unknown"],
    ["a size proves nothing", STRONG, {}, 20, "unknown"],
    ["date and size prove it", STRONG, { "Last-Modified": OLD }, 20, "same"],
    ["another date disproves it", STRONG, LATER, 20, "other"],
    ["a strong date proves it", DATED, { "Last-Modified": OLD }, U, "same"],
    ["another date than the strong one disproves it", DATED, LATER, U, "other"],
    ["weakly, date and size prove it", WEAK, { "Last-Modified": OLD }, 20, "same"],
    ["weakly, they do with the same ETag", WEAK, { ETag: 'W/"v1"', "Last-Modified": OLD }, 20, "same"],
    ["weakly, another ETag disproves it", WEAK, { ETag: 'W/"v2"', "Last-Modified": OLD }, 20, "other"],
    ["weakly, a date without a size proves nothing", WEAK, { "Last-Modified": OLD }, U, "unknown"],
    ["weakly, a size without a date proves nothing", WEAK, { ETag: 'W/"v1"' }, 20, "unknown"],
    ["weakly, another date disproves it", WEAK, LATER, 20, "other"],
  ] as const
) {
  Deno.test(`compareVersion(): ${name}`, () =>
    assertEquals(compareVersion(fieldsOf(fields), total, version), expected));
}

Deno.test("readVersion() takes what was saved, also by an earlier version, and nothing that is odd", () => {
  const read = (saved: Record<string, unknown>) => JSON.parse(JSON.stringify(readVersion(saved)));
  for (const version of [STRONG, DATED, WEAK, CODED]) assertEquals(read({ url: "u", ...version }), version);
  assertEquals(read({ validator: '"v1"' }), { validator: '"v1"', etag: '"v1"' });
  assertEquals(read({ validator: OLD }), { validator: OLD, modified: OLD });
  const odd = [
    {},
    { total: 20 },
    { modified: OLD },
    { etag: 'W/"v1"', total: 20 },
    { ...STRONG, validator: '"v1"\r\nX: y' },
    { ...STRONG, validator: 'W/"v1"' },
    { ...STRONG, validator: "" },
    { ...STRONG, validator: ['"v1"'] },
    { ...STRONG, validator: null },
    { ...STRONG, etag: 1 },
    { ...WEAK, total: "20" },
    { ...WEAK, total: 1.5 },
    { ...WEAK, total: 1e300 },
    { ...WEAK, modified: {} },
    { ...WEAK, coding: true },
  ];
  for (const saved of odd) assertEquals(readVersion(saved), undefined, JSON.stringify(saved));
});

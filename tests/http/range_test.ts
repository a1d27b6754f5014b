import { assertEquals, assertStringIncludes } from "@std/assert";
import { Fields } from "../../lib/http/head.ts";
import { parseContentRange, validatorOf } from "../../lib/http/range.ts";
import { badAnswerOf } from "./helpers.ts";

Deno.test("parseContentRange() reads where a part begins and how much there is", () => {
  const cases = [
    ["bytes 200-999/1000", 200, 1000],
    ["bytes 0-0/1", 0, 1],
    ["bytes 5-9/*", 5, undefined],
    ["bytes */1000", undefined, 1000],
    ["bytes */*", undefined, undefined],
    ["  Bytes 1-2/3 ", 1, 3],
  ] as const;
  for (const [value, start, total] of cases) {
    const range = parseContentRange(value);
    assertEquals([range.start, range.total], [start, total], value);
  }
});

Deno.test("parseContentRange() refuses a field that is missing, of another form, or that contradicts itself", () => {
  const forms = ["", "bytes", "bytes -5/10", "bytes 5-/10", "bytes 1-2", "bytes 1-2/x", "bytes=1-2/3", "items 1-2/3"];
  const odd = ["bytes 0x1-2/3", "bytes 1-2/3, bytes 4-5/6", "bytes 1--2/3", "bytes 9-5/10", "bytes 5-9/7"];
  for (const value of [undefined, ...forms, ...odd]) {
    assertStringIncludes(badAnswerOf(() => parseContentRange(value)), "not a Content-Range", value);
  }
});

/** The validator of an answer with these fields. */
function validator(fields: Record<string, string>): string | undefined {
  const all = new Fields();
  for (const [name, value] of Object.entries(fields)) all.add(name, value);
  return validatorOf(all);
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
  Deno.test(`validatorOf() ${name}`, () => assertEquals(validator(fields), expected));
}

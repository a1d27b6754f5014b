/**
 * Stand-in for `@std/fmt/colors`: text styles for terminals. Each function puts a text between its escape sequences, or
 * returns it unchanged while styles are off.
 *
 * @module
 */

/** Whether styles are on: one setting for the whole program. */
let enabled = !Deno.noColor;

/** Turns styles on or off; with `NO_COLOR` set they stay off. */
export function setColorEnabled(value: boolean): void {
  if (!Deno.noColor) enabled = value;
}

/** Makes a text bold. */
export const bold: (str: string) => string = style(1, 22);

/** Makes a text faint. */
export const dim: (str: string) => string = style(2, 22);

/** Makes a text red. */
export const red: (str: string) => string = style(31, 39);

/** Makes a text green. */
export const green: (str: string) => string = style(32, 39);

/** Makes a text yellow. */
export const yellow: (str: string) => string = style(33, 39);

/** Makes a text blue. */
export const blue: (str: string) => string = style(34, 39);

/** Makes a text magenta. */
export const magenta: (str: string) => string = style(35, 39);

/** Makes a text cyan. */
export const cyan: (str: string) => string = style(36, 39);

/** Makes the function of a style from its SGR codes; where a style inside it ends, this one starts again. */
function style(start: number, end: number): (str: string) => string {
  const open = `\x1b[${start}m`;
  const close = `\x1b[${end}m`;
  return (str) => enabled ? open + str.replaceAll(close, open) + close : str;
}

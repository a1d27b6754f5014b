/**
 * Draws the screens of terminals as an SVG image: a window for each, one below the other. The image needs no other
 * file and no font of its own.
 *
 * @module
 */

/** A terminal to draw. */
export interface Screen {
  /** The command that runs in it. */
  readonly title: string;
  /** Its lines, with ANSI colours (SGR sequences). */
  readonly lines: readonly string[];
}

/** Width of a column and height of a line, in pixels at a font size of 14. */
const COLUMN = 8.4;
const LINE = 20;

const COLUMNS = 84;
const BAR = 28;
const MARGIN = 12;
const WIDTH = COLUMNS * COLUMN + 2 * MARGIN;

/** Colours of SGR 30–37 and 90–97 on a dark window. */
const PALETTE: Readonly<Record<number, string>> = {
  30: "#6e7681",
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#56d4dd",
  37: "#e6edf3",
  90: "#8b949e",
};

/** Characters of two columns: Chinese, Japanese and Korean. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

/** Draws the screens; returns the SVG. `alt` describes the image for people who cannot see it. */
export function drawScreens(screens: readonly Screen[], alt: string): string {
  const parts: string[] = [];
  let y = 0;
  for (const { title, lines } of screens) {
    const height = BAR + lines.length * LINE + MARGIN;
    parts.push(
      `<rect x="0.5" y="${y + 0.5}" width="${WIDTH - 1}" height="${height}" rx="8" fill="#0d1117" stroke="#444c56"/>`,
      `<text class="title" x="${MARGIN}" y="${y + 20}">${escapeXml(title)}</text>`,
      ...lines.map((line, row) => drawLine(line, y + BAR + (row + 1) * LINE - 4)),
    );
    y += height + MARGIN;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">
<title>${escapeXml(alt)}</title>
<style>text{font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",monospace;fill:#e6edf3;white-space:pre}
.title{fill:#8b949e}</style>
${parts.join("\n")}
</svg>
`;
}

/** A line of text. Each word stands at its own column, so that the columns hold in any font. */
function drawLine(line: string, y: number): string {
  const spans: string[] = [];
  let [column, start, word, fill] = [0, 0, "", ""];
  const flush = () => {
    if (word !== "") spans.push(`<tspan x="${round(MARGIN + start * COLUMN)}"${fill}>${escapeXml(word)}</tspan>`);
    word = "";
  };
  // deno-lint-ignore no-control-regex -- ESC begins an SGR sequence
  for (const [part, codes] of line.matchAll(/\x1b\[([\d;]*)m|[^\x1b]/gu)) {
    if (codes !== undefined) {
      flush();
      fill = codes.split(";").reduce((now, code) => colourOf(Number(code), now), fill);
      continue;
    }
    const wide = WIDE.test(part);
    if (part === " " || wide) flush();
    if (word === "") start = column;
    if (part !== " ") word += part;
    if (wide) flush();
    column += wide ? 2 : 1;
  }
  flush();
  return `<text y="${y}">${spans.join("")}</text>`;
}

/** The attribute after an SGR code: codes other than colours change nothing. */
function colourOf(code: number, now: string): string {
  if (code === 0 || code === 39) return "";
  return code in PALETTE ? ` fill="${PALETTE[code]}"` : now;
}

const round = (x: number): number => Math.round(x * 10) / 10;

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

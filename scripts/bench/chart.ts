/**
 * Draws the results as an SVG chart: for each load a bar per contestant, whose length is the speed relative to the
 * yardstick. The chart is readable on light and dark pages and needs no other file.
 *
 * @module
 */

import { ratio, yardstickOf } from "./stats.ts";
import { shortNumber } from "./table.ts";
import type { Series } from "./types.ts";

const WIDTH = 760;
const LABEL = 150;
const BAR = 14;
const GAP = 4;
const TITLE = 30;
const MARGIN = 12;

/** The longest bar, in multiples of the yardstick; higher speeds are shown as a number only. */
const LONGEST = 1.5;

const FILL = { ours: "#e4572e", yardstick: "#7a8b99", floor: "#a9b7c1", peer: "#5b8db8" } as const;

/** A bar of the chart. */
interface Bar {
  readonly name: string;
  readonly fill: string;
  /** Speed in multiples of the yardstick. */
  readonly speed: number;
}

/** Draws the chart; returns the SVG. */
export function drawChart(all: readonly Series[]): string {
  const loads = [...new Set(all.map(({ load }) => load))];
  const parts: string[] = [];
  let y = MARGIN;
  for (const load of loads) {
    const bars = barsOf(all.filter((one) => one.load === load), yardstickOf(all, load.id));
    if (bars.length === 0) continue;
    parts.push(`<text class="title" x="${MARGIN}" y="${y + 16}">${escapeXml(load.title)}</text>`);
    y += TITLE - GAP;
    for (const bar of bars) {
      parts.push(...drawBar(bar, y));
      y += BAR + GAP;
    }
    y += MARGIN;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 20}" width="${WIDTH}" height="${
    y + 20
  }" role="img">
<title>Speed of sockeye and others beside a C server</title>
<style>text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#a9b1ba}}</style>
${parts.join("\n")}
<text x="${MARGIN}" y="${y + 8}">Speed beside a single-threaded C program (1.00); longer is faster.</text>
</svg>
`;
}

function barsOf(series: readonly Series[], yardstick: Series | undefined): Bar[] {
  return series.flatMap(({ contestant, samples, load }) => {
    const times = yardstick && ratio({ samples }, yardstick);
    if (times === undefined) return [];
    const speed = load.better === "more" ? times : 1 / times;
    return [{ name: contestant.name, fill: FILL[contestant.role], speed }];
  });
}

function drawBar({ name, fill, speed }: Bar, y: number): string[] {
  const room = WIDTH - LABEL - 2 * MARGIN - 60;
  const width = Math.max(1, Math.round(Math.min(speed, LONGEST) / LONGEST * room));
  const base = y + BAR - 3;
  return [
    `<text x="${LABEL}" y="${base}" text-anchor="end">${escapeXml(name)}</text>`,
    `<rect x="${LABEL + MARGIN}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${fill}"/>`,
    `<text x="${LABEL + MARGIN + width + 6}" y="${base}">${shortNumber(speed)}</text>`,
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

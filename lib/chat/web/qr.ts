/**
 * The address of the page as a QR code, for phones.
 *
 * @module
 */

import { importNpm } from "../../npm.ts";

type Uqr = typeof import("uqr");

/** Modules around a code that stay light (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

/**
 * Draws a text as SVG. The library comes from npm the first time.
 *
 * @throws {SockeyeError} `connect` if it does not
 */
export async function drawQr(text: string): Promise<string> {
  const { renderSVG } = await importNpm<Uqr>("uqr", "draw a QR code");
  return renderSVG(text, { border: QUIET_ZONE });
}

/**
 * The options of the commands that can record traffic. The recorder is loaded only when it is needed.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { asSize, asText, one, type OptionTable, type Values } from "../options.ts";
import type { Output } from "../output/output.ts";
import type { Need } from "../permissions.ts";
import type { Run } from "./command.ts";
import type { Recording } from "./recording.ts";

/** Bytes of the smallest file of `--record-max`: less would be a file for a few packets. */
const RECORD_MAX_MIN = 64 * 1024;

/** The options. */
export const RECORD_OPTIONS = {
  "record": one("FILE", "record what passes there as pcapng, for show and Wireshark; TLS as plaintext", asText, {
    needs: ["write"],
  }),
  "record-max": one("S", "after so many bytes go on in another file, F.1.pcapng after F.pcapng", asRecordMax),
} as const satisfies OptionTable;

/** Their values. */
export type RecordValues = Values<typeof RECORD_OPTIONS>;

function asRecordMax(text: string): number {
  const bytes = asSize(text);
  if (bytes < RECORD_MAX_MIN) throw new Error("expected a size of 64k or more, such as 10m");
  return bytes;
}

/** The permissions that a recording keeps when its file is open. */
export function recordNeeds({ "record-max": max }: RecordValues): readonly Need[] {
  return max === undefined ? [] : ["write"];
}

/**
 * Opens the recording that was asked for.
 *
 * @throws {SockeyeError} `usage`, `permission`, `file`, or the reason of the process's signal
 */
export async function openRecording(
  { record, "record-max": max }: RecordValues,
  run: Pick<Run, "given" | "system">,
  output: Output,
): Promise<Recording | undefined> {
  if (record !== undefined) return await (await import("./recording.ts")).record(record, max, run, output);
  if (max !== undefined) throw new SockeyeError("usage", "Option --record-max needs --record");
  return undefined;
}

/**
 * What shows the traffic of a command, loaded when the command begins: a page that goes to a file or a pipe needs no
 * decoder, no hex dump and no frames.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import type { Backlog } from "./backlog.ts";
import type { CommandName } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import type { RendererParts } from "./renderers.ts";

/** Shows the traffic of one command. */
export interface TrafficView {
  /** Shows a read or a write. A promise means that the output is behind. */
  show(event: TrafficEvent): void | Promise<void>;
  /** Shows the bytes held back for a peer that is gone. */
  end(id: number, peer: string): void;
  /** Sets the encodings in which received and sent text is shown from now on, canonical names. */
  switchEncodings?(read: string, write: string): void;
  /** Whether the peer is a chat of sockeye. */
  readonly isChat?: boolean;
  /** Lays out a line of a chat, as it was written, with a remark behind it. */
  chatRows?(line: string, remark: string): string;
}

/** Makes a view from the parts of an output. */
export type MakeTrafficView = (parts: RendererParts, backlog: Backlog) => TrafficView;

/** Loads the view that a command and its flags need. */
export async function loadTrafficView(command: CommandName, options: OutputOptions): Promise<MakeTrafficView> {
  if (isBare(command, options)) return makeBareView;
  const { TrafficTranscript } = await import("./traffic_transcript.ts");
  return (parts, backlog) => new TrafficTranscript(parts, backlog);
}

/** Whether a fetch shows the heads of answers byte by byte, or nothing. */
function isBare(command: CommandName, { json, quiet, requests, heads, terminal }: OutputOptions): boolean {
  if (command !== "fetch" || json) return false;
  return quiet || (!requests && (heads === undefined || (heads === "stdout" && !terminal)));
}

function makeBareView({ sink, options: { quiet, heads } }: RendererParts): TrafficView {
  return {
    show: ({ event, data }) => event === "send" || quiet || !heads ? undefined : sink.write(heads, data.slice()),
    end: () => {},
  };
}

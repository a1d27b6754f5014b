/**
 * The table of modes. A new mode is its file, its test and one line here.
 *
 * @module
 */

import { chat } from "./chat.ts";
import { discard } from "./discard.ts";
import { echo } from "./echo.ts";
import { reply } from "./reply.ts";
import type { ModeSpec } from "./spec.ts";
import { talk } from "./talk.ts";

/** Every mode, in the order of the help; the first is the default. */
export const MODES: readonly ModeSpec[] = [echo, reply, talk, chat, discard];

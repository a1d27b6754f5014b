/**
 * The table of modes. A new mode is its file, its test and one line here.
 *
 * @module
 */

import { chat } from "../chat/chat.ts";
import { discard } from "../modes/discard.ts";
import { echo } from "../modes/echo.ts";
import { reply } from "../modes/reply.ts";
import type { ModeSpec } from "../server/mode.ts";
import { talk } from "../modes/talk.ts";

/** Every mode, in the order of the help; the first is the default. */
export const MODES: readonly [ModeSpec, ...ModeSpec[]] = [echo, reply, talk, chat, discard];

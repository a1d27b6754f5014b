/**
 * The program in Chinese: what phrases say, by their codes. It is loaded only where Chinese is spoken.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";
import { HABITS } from "./habits.ts";
import { HELP } from "./help.ts";
import { ERRORS } from "./errors.ts";
import { NOTICES } from "./notices.ts";
import { ROOM } from "./room.ts";
import { TLS } from "./tls.ts";
import { TRANSCRIPT } from "./transcript.ts";

/** All of them. */
export const CHINESE: Phrasebook = { ...ERRORS, ...TLS, ...TRANSCRIPT, ...NOTICES, ...ROOM, ...HELP, ...HABITS };

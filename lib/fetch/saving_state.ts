/**
 * The states of a body that is saved, without any I/O: what is there, what a request asks for, and whether an answer
 * continues the bytes that are there (RFC 9110 sections 13.1.5 and 14).
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Field } from "../http/head.ts";
import { confirms, parseContentRange } from "../http/range.ts";
import type { HeadEvent } from "../http/response.ts";
import type { Body } from "./body.ts";

/** A body of which this run receives all or the rest. */
export interface Transfer {
  /** Takes the bytes. It outlives a connection that breaks: the rest goes to the same body. */
  readonly body: Body;
  /** Byte of the body as sent at which this run began; the bytes before it are an earlier run's. */
  readonly offset: number;
  /** Strong ETag or date for If-Range; without it a body that was cut cannot be continued. */
  readonly validator: string | undefined;
  /** Bytes of the whole body as sent, if known. */
  readonly total?: number | undefined;
  /** Byte at which the range that is arriving must end; undefined for a whole body, whose framing marks its end. */
  readonly end?: number | undefined;
}

/** What a request for the rest needs. */
export interface Resume {
  /** First missing byte of the body as sent. */
  readonly offset: number;
  /** For If-Range. */
  readonly validator: string;
}

/**
 * The states, and all transitions between them. "200" is any answer with a whole body. A 206 or 416 that does not fit
 * the bytes which are there leads to `fresh`, and the same request is sent again for the whole body.
 *
 * | state       | what is there           | asks for            | transitions                                     |
 * | ----------- | ----------------------- | ------------------- | ----------------------------------------------- |
 * | fresh       | nothing to continue     | the whole body      | prepare(): file, part; 200: receiving           |
 * | file        | NAME, version unknown   | what comes after it | 200: receiving; 416: file, complete as it is    |
 * | part        | NAME.part with a note   | the rest            | 200, 206: receiving; 416: done                  |
 * | receiving   | a body that is arriving | -                   | end(): done; retry(): interrupted, or fresh if  |
 * |             |                         |                     | the server sent no validator or no byte came    |
 * | interrupted | what this run received  | the rest            | 200, 206: receiving; 416: done                  |
 * | done        | the whole body          | -                   | -                                               |
 */
export type State =
  | { readonly is: "fresh" }
  | { readonly is: "file"; readonly size: number }
  | { readonly is: "part"; readonly resume: Resume }
  | { readonly is: "interrupted"; readonly resume: Resume; readonly transfer: Transfer }
  | { readonly is: "receiving" | "done"; readonly transfer: Transfer };

/** Counts the bytes of a body that are there, as sent, by this run and an earlier one. */
export function positionOf({ offset, body }: Transfer): number {
  return offset + body.received;
}

/** Leaves `receiving` after a failure, for `fresh` if the rest cannot be proved to be of the same body. */
export function interrupt(transfer: Transfer): State {
  const { validator } = transfer;
  const offset = positionOf(transfer);
  if (validator === undefined || offset === 0) return { is: "fresh" };
  return { is: "interrupted", resume: { offset, validator }, transfer };
}

/** Asks for the missing bytes by Range and If-Range, or for the whole body by nothing. */
export function rangeFields(state: State): Field[] {
  if (state.is === "file") return [["Range", `bytes=${state.size}-`]];
  if (!("resume" in state)) return [];
  return [["Range", `bytes=${state.resume.offset}-`], ["If-Range", state.resume.validator]];
}

/** Whether a 416 says that the server has no more bytes than `size`, and no fewer (RFC 9110 section 15.5.17). */
export function isComplete({ status, fields }: HeadEvent, size: number): boolean {
  const range = fields.get("content-range");
  return status === 416 && range !== undefined && parseContentRange(range).total === size;
}

/**
 * Checks the answer to a request for the rest; throws a SockeyeError for one that breaks the protocol.
 *
 * @returns where the body and the range end, both at `offset` if nothing is missing; undefined for a misfit
 */
export function restOf(head: HeadEvent, { offset, validator }: Resume): Pick<Transfer, "total" | "end"> | undefined {
  const { status, fields } = head;
  if (status === 416) {
    return isComplete(head, offset) && confirms(fields, validator) ? { total: offset, end: offset } : undefined;
  }
  if (!confirms(fields, validator)) return undefined;
  const { start, end, total } = parseContentRange(fields.get("content-range"));
  if (start !== offset) throw new SockeyeError("protocol", `Bad answer: asked for byte ${offset}, got byte ${start}`);
  return { total, end: total ?? end };
}

/**
 * The states of a body that is saved, without any I/O: which bytes are saved, what a request asks for, and whether a
 * response continues the saved bytes (RFC 9110 sections 13.1.5 and 14).
 *
 * @module
 */

import { badAnswer, type Field } from "../http/head.ts";
import { compareVersion, type ContentRange, parseContentRange, type Version } from "../http/range.ts";
import type { HeadEvent } from "../http/response.ts";
import type { Body } from "./body.ts";

/** A body of which this run receives all or the rest. */
export interface Transfer {
  /** Takes the bytes. It outlives a connection that breaks: the rest goes to the same body. */
  readonly body: Body;
  /** Byte of the body as sent at which this run began; the bytes before it are an earlier run's. */
  readonly offset: number;
  /** Without it a body that was cut cannot be continued. */
  readonly version: Version | undefined;
  /** Bytes of the whole body as sent, if known. */
  readonly total?: number | undefined;
  /** Byte at which the body must end; undefined where the framing marks its end. */
  readonly end?: number | undefined;
  /** Byte at which the part that is arriving ends, as its head says; a server may send less than it was asked for. */
  readonly partEnd?: number | undefined;
}

/** What a request for the rest needs. */
export interface Resume {
  /** First missing byte of the body as sent. */
  readonly offset: number;
  /** What the rest must be of. */
  readonly version: Version;
}

/**
 * The states, and all transitions between them. "part" is any answer whose bytes do not begin at 0, and every 206; "whole"
 * is any other with a body. A part or 416 that does not fit the bytes which are there leads to `fresh`, and the same
 * request is sent again for the whole body.
 *
 * | state       | what is there           | asks for            | transitions                                     |
 * | ----------- | ----------------------- | ------------------- | ----------------------------------------------- |
 * | fresh       | nothing to continue     | the whole body      | prepare(): file, part; whole: receiving         |
 * | file        | NAME, version unknown   | what comes after it | whole: receiving; 416: file, complete as it is  |
 * | part        | NAME.part with a note   | the rest            | whole, part: receiving; 416: done               |
 * | receiving   | a body that is arriving | -                   | end(): done, or interrupted after a short part; |
 * |             |                         |                     | retry(): interrupted, or fresh if its version   |
 * |             |                         |                     | is unknown or no byte came                      |
 * | interrupted | what this run received  | the rest            | whole, part: receiving; 416: done               |
 * | done        | the whole body          | -                   | -                                               |
 */
export type State =
  | { readonly is: "fresh" }
  | { readonly is: "file"; readonly size: number }
  | { readonly is: "part"; readonly resume: Resume }
  | { readonly is: "interrupted"; readonly resume: Resume; readonly transfer: Transfer }
  | { readonly is: "receiving" | "done"; readonly transfer: Transfer };

/** Thrown when the bytes that are there cannot be continued: the request is to be repeated for the whole body. */
export class StartOver extends Error {}

/** Thrown after a part that is shorter than requested (RFC 9110 section 15.3.7): the rest must be requested. */
export class NextPart extends Error {}

/** Counts the bytes of a body that are there, as sent, by this run and an earlier one. */
export function positionOf({ offset, body }: Transfer): number {
  return offset + body.received;
}

/** Leaves `receiving` after a failure, for `fresh` if the rest cannot be proved to be of the same body. */
export function interrupt(transfer: Transfer): State {
  const { version } = transfer;
  const offset = positionOf(transfer);
  if (version === undefined || offset === 0) return { is: "fresh" };
  return { is: "interrupted", resume: { offset, version }, transfer };
}

/** Asks for the missing bytes by Range and If-Range, or for the whole body by nothing. */
export function rangeFields(state: State): Field[] {
  if (state.is === "file") return [["Range", `bytes=${state.size}-`]];
  if (!("resume" in state)) return [];
  const { offset, version: { validator, total } } = state.resume;
  if (validator !== undefined) return [["Range", `bytes=${offset}-`], ["If-Range", validator]];
  // A 416 would not name the version. So of a body that is complete the last byte is asked for.
  return [["Range", `bytes=${offset === total ? offset - 1 : offset}-`]];
}

/** Whether a 416 says that the server has no more bytes than `size`, and no fewer (RFC 9110 section 15.5.17). */
export function isComplete({ status, fields }: HeadEvent, size: number): boolean {
  return status === 416 && parseContentRange(fields.get("content-range"))?.total === size;
}

/** Whether an answer has only a part of the body, whatever its status says. */
export function isPart(head: HeadEvent): boolean {
  return head.status === 206 || (rangeOf(head)?.start ?? 0) > 0;
}

/**
 * Checks the answer to a request for the rest.
 *
 * @returns how many bytes at its beginning are there already, and where body and range end; undefined for a misfit
 */
export function restOf(head: HeadEvent, resume: Resume): { skip: number; end: number } | undefined {
  const { offset, version } = resume;
  const over = head.status === 416;
  const { start, end, total } = over ? { start: offset, end: offset, total: offset } : rangeOf(head) ?? {};
  if (start === undefined || start > offset || (over && !isComplete(head, offset))) return undefined;
  const compared = compareVersion(head.fields, total, version);
  // After If-Range a part need not repeat the date, but the ETag (RFC 9110 section 15.3.7): one without it has not heeded the
  // field, and neither has a 200.
  const quiet = over || version.validator?.startsWith('"') === false;
  const heeded = head.status !== 200 && start === offset && version.validator !== undefined && quiet;
  if (compared === "other" || (compared === "unknown" && !heeded)) return undefined;
  const whole = total ?? version.total;
  // Without a total the end of the body cannot be found; without new bytes the next request would be this one.
  if (whole === undefined || (end ?? whole) < (offset === whole ? offset : offset + 1)) return undefined;
  return { skip: offset - start, end: whole };
}

/**
 * Checks an answer to a request without Range.
 *
 * @param lost bytes that the body would replace
 * @returns the bytes of the body, where Content-Range says that the answer may have fewer
 * @throws {SockeyeError} `protocol` for a part that does not begin where the body does, is no gain, or says too little
 */
export function wholeOf(head: HeadEvent, lost: number): number | undefined {
  const { start, end, total } = rangeOf(head) ?? {};
  if (start) throw badAnswer(`a part of the body from byte ${start} on, which was not asked for`);
  if (head.status === 206) {
    if (total === undefined || (end ?? total) < Math.min(lost, total)) {
      throw badAnswer("a part of the body, which was not asked for");
    }
    return total;
  }
  // A coding that a proxy added makes the sizes those of another body.
  if (head.fields.get("content-encoding") !== undefined) return undefined;
  const said = parseContentRange(head.fields.get("content-range"))?.end;
  if (said !== undefined && end !== said && end !== total) {
    throw badAnswer("its Content-Range and its Content-Length contradict each other");
  }
  return end !== undefined && total !== undefined && end < total ? total : undefined;
}

/** Byte of the body at which an answer ends that has a part of it; undefined if it does not say. */
export function partEndOf(head: HeadEvent): number | undefined {
  return rangeOf(head)?.end;
}

/** Where the bytes of an answer lie. Its length is trusted more than what Content-Range says of it. */
function rangeOf({ status, fields, framing }: HeadEvent): ContentRange | undefined {
  if (status === 206 && /^multipart\//i.test(fields.get("content-type") ?? "")) return undefined;
  const range = parseContentRange(fields.get("content-range"));
  if (range?.start === undefined) return undefined;
  const { start } = range;
  const end = framing.by === "length" ? start + framing.length : range.end;
  return { start, end, total: range.total !== undefined && range.total < (end ?? start) ? undefined : range.total };
}

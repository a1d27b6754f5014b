/**
 * What the common flags of a command ask its output for.
 *
 * @module
 */

import type { MessageForm } from "../text/message_form.ts";
import type { Stream } from "./sink.ts";
import type { Translate } from "./translate.ts";

/** How a command shows events and traffic. */
export interface OutputOptions {
  /** NDJSON instead of a transcript. */
  readonly json?: boolean | undefined;
  /** Only errors, and the data that a client received. */
  readonly quiet?: boolean | undefined;
  /** Details as well. */
  readonly verbose?: boolean | undefined;
  /** A hex dump of both directions; with `json`, hex instead of text. */
  readonly hex?: boolean | undefined;
  /** The time before every line. */
  readonly time?: boolean | undefined;
  /** Encoding of text that comes, a canonical name. */
  readonly encoding: string;
  /** Encoding of text that is sent. Default: the same. */
  readonly sentEncoding?: string | undefined;
  /** Stdout is a terminal: control characters of a peer are escaped. */
  readonly terminal: boolean;
  /** Columns of that terminal at the moment. Default 80. */
  readonly columns?: (() => number) | undefined;
  /** A person types the messages of a client. */
  readonly typed?: boolean | undefined;
  /** The server is a chat, whose lines show joins and leaves. */
  readonly chat?: boolean | undefined;
  /** What a message is. Default: the data of one read. */
  readonly form?: MessageForm | undefined;
  /** Traffic comes as messages already: it is not cut again. */
  readonly framed?: boolean | undefined;
  /** Puts a message into the language of the person. Default: English. */
  readonly translate?: Translate | undefined;
  /** The time of an event. Default: when it is shown. */
  readonly now?: (() => Date) | undefined;
  /** Where a fetch shows the heads of answers. Default: nowhere. */
  readonly heads?: Stream | undefined;
  /** Whether a fetch shows the heads of its requests. */
  readonly requests?: boolean | undefined;
  /** A client passes bytes on as it receives them: its stdout is not a terminal and no encoding was asked for. */
  readonly raw: boolean;
}

/** What was typed, as messages. */

/** Commands that take one line, and those that take several; as the room knows them. */
const ONE_LINE = /^[/／](?:nick|list|enc|quit|help)(?:\s|$)/i;
const COMMAND = /^[/／](?:nick|list|enc|quit|help|msg|me)(?:\s|$)/i;

/** The one that a draft is for. */
const ADDRESSEE = /^(?:[/／]msg[^\S\n]+\S+[^\S\n]+)?/i;

/**
 * Several lines are one message. A line with a command begins another one, so that a private message or a command is
 * not sent to everyone.
 *
 * @param {string} draft
 * @returns {string[]}
 */
export function messagesOf(draft) {
  /** @type {string[][]} */
  const messages = [];
  let open = false;
  for (const line of draft.split(/\r?\n/)) {
    if (!open || COMMAND.test(line)) messages.push([]);
    messages.at(-1)?.push(line);
    open = !ONE_LINE.test(line);
  }
  const trimmed = messages.map((lines) => lines.join("\n").replace(/^(?:[^\S\n]*\n)+|\s+$/g, ""));
  // Two slashes send a line that begins with one. In pasted code they are a comment.
  return trimmed.filter(Boolean).map((text) => text.startsWith("//") && text.includes("\n") ? `/${text}` : text);
}

/**
 * @param {string} draft which is for one person from now on, all of it
 * @param {string} name
 */
export const addressed = (draft, name) => draft.replace(ADDRESSEE, `/msg ${name} `);

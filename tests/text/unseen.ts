/** What keys, editors, terminals and other programs leave before a command. */
export const UNSEEN: readonly string[] = [
  ..."\0 \x01 \x04 \x07 \x08 \x0e \x1a \x1b \x7f \x80 \x85 \x8f \x9b".split(" "),
  ...[" ", "\t", " \t ", "\r", "\v", "\f", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u3000", "\u2028"],
  ..."\u00ad \u034f \u061c \u115f \u1160 \u17b4 \u180b \u180e \u200b \u200c \u200d \u200e \u200f".split(" "),
  ..."\u202a \u202e \u2060 \u2064 \u2066 \u2069 \u206a \u2800 \u3164 \ufe0f \ufeff \ufeff\ufeff \uffa0".split(" "),
  ..."\ufff9 \ufffc \ufffd \ufffe \uf700 \u{e0001} \u{e0067} \u{e0100} \u0301 \u20dd \u{1d173}".split(" "),
  // Arrows, function keys, the number pad, Alt and a letter, pasted text, a click, a report, a title.
  ..."\x1b[A \x1b[1;5D \x1bOA \x1b[[A \x1b[15~ \x1b[3~ \x1bO5P \x1bb \x1b[200~ \x1b[<0;3;4M \x1b[?62;c".split(" "),
  ..."\x9bA \x8fP \x1b]0;title\x07 \x1b]11;rgb:0/0/0\x1b\\ \x1bP1$r0m\x1b\\ \x1b(B \x1b[ \x1b[1; \x1bO \x1b]".split(
    " ",
  ),
  // Taken back.
  ...["x\x7f", "xy\b\b", "你\x7f", "😀\b", "one two\x17\x17", "half a line\x15", "never mind\x03", "a\x7f\x7f\x7f"],
];

/**
 * The manual page, made from the tables like the help: roff with the macros of man(7), which groff and mandoc read.
 *
 * @module
 */

import { type ErrorKind, EXIT_CODES } from "../errors.ts";
import type { HelpList, OptionTable } from "../options.ts";
import { type CommandSpec, ownOptions, type Word, type Words } from "./command.ts";
import { describeOptions, fullHelp, type OptionInfo, summarySentence } from "./option_info.ts";
import { VERSION } from "./version.ts";

/** What the manual says about each exit code. */
const EXIT_MEANINGS: Readonly<Record<ErrorKind, string>> = {
  session: "The connection broke.",
  usage: "The command line is wrong.",
  resolve: "The host name has no address.",
  connect: "Cannot connect, or cannot listen.",
  timeout: "A time limit passed; the message says which.",
  tls: "TLS failed, or a certificate is not trusted.",
  protocol: "The response is not valid HTTP or WebSocket, or was cut off.",
  status: "The HTTP status is 400 or more.",
  file: "A local file cannot be read or written.",
  expect: "--expect or --sha256 did not match.",
  permission: "A Deno permission is missing; the message names the flags.",
  interrupt: "Stopped by Ctrl-C.",
  terminate: "Stopped by SIGTERM.",
};

/** Environment variables; the program reads those that it has permission for. */
const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["NO_COLOR", "When it is set and not empty, nothing is coloured unless --color always is given."],
  ["http_proxy, https_proxy, all_proxy", "The proxies that fetch goes through, as --proxy."],
  ["no_proxy", "Hosts that fetch reaches without a proxy, with commas between them; * is every host."],
];

/** Files that the program writes. */
const FILES: readonly (readonly [string, string])[] = [
  ["NAME.part", "A file that fetch has not completed; --resume continues it. It is renamed when it is complete."],
  ["PREFIX.crt, PREFIX.key, PREFIX-ca.crt", "What cert makes: the certificate, its key, and what clients trust."],
];

/** Writes the manual page. */
export function manPage(commands: readonly CommandSpec[], common: OptionTable): string {
  return [
    `.TH SOCKEYE 1 "" "sockeye ${VERSION}" "User Commands"`,
    ".SH NAME",
    "sockeye \\- see and drive sockets",
    ".SH SYNOPSIS",
    ...commands.flatMap(synopsis),
    ".SH DESCRIPTION",
    text("Servers, a client and a downloader for TCP, TLS, UDP and Unix sockets."),
    text("Data goes to standard output, what is said about it to standard error."),
    text("Durations have units (500ms, 5s, 2m, 1h; a bare number is seconds), and so have sizes (64k, 10m, 1g)."),
    ".SH COMMANDS",
    ...commands.flatMap(commandSection),
    ".SH OPTIONS OF EVERY COMMAND",
    ...optionRows(common),
    ".SH EXAMPLES",
    ...commands.flatMap(({ examples }) => examples.flatMap(([args, does]) => row([`sockeye ${args}`, `${does}.`]))),
    ".SH EXIT STATUS",
    ...row(["0", "Done."]),
    ...Object.entries(EXIT_MEANINGS).flatMap(([kind, meaning]) => row([`${EXIT_CODES[kind as ErrorKind]}`, meaning])),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(row),
    ".SH FILES",
    ...FILES.flatMap(row),
    ".SH SEE ALSO",
    ["curl", "nc", "ncat", "openssl", "socat"].map((name) => `.BR ${name} (1)`).join(" ,\n"),
    "",
  ].join("\n");
}

function synopsis({ name, operands }: CommandSpec, index: number): string[] {
  const words = `[OPTION…] ${operands}`.trim();
  return [...(index === 0 ? [] : [".br"]), `.B sockeye ${text(name)}`, text(words)];
}

function commandSection(command: CommandSpec): string[] {
  const { name, about, operands, words, typed = [] } = command;
  const rows = optionRows(ownOptions(command).rest);
  return [
    `.SS ${text(`sockeye ${name} ${operands}`.trim())}`,
    text(summarySentence(command)),
    ...about.trimEnd().split("\n\n").flatMap((paragraph) => [".PP", ...paragraph.split("\n").map(text)]),
    ...(words ? wordRows(words) : []),
    ...typed.flatMap(listRows),
    ...(rows.length > 0 ? [".PP", "Options:", ...rows] : []),
    ...(words?.list.flatMap((word) => wordSection(command, word)) ?? []),
  ];
}

function wordRows({ title, list }: Words): string[] {
  return [".PP", text(`${title}:`), ...list.flatMap(({ name, summary }) => row([name, summary]))];
}

/** What goes with one word alone. */
function wordSection(command: CommandSpec, word: Word): string[] {
  const { name, options = {}, typed = [] } = word;
  const rows = [...typed.flatMap(listRows), ...optionRows(options)];
  return rows.length === 0
    ? []
    : [`.SS ${text(`sockeye ${command.name} ${name}`)}`, text(summarySentence(word)), ...rows];
}

function listRows({ title, rows }: HelpList): string[] {
  return [".PP", text(`${title}:`), ...rows.flatMap(row)];
}

function optionRows(table: OptionTable): string[] {
  return describeOptions(table).flatMap((option) => [".TP", optionForm(option), text(fullHelp(option))]);
}

function optionForm({ flags, value }: OptionInfo): string {
  const bold = flags.map((flag) => `\\fB${text(flag)}\\fR`).join(", ");
  return value === undefined ? bold : `${bold} \\fI${text(value)}\\fR`;
}

/** A tagged paragraph: a term in bold, and what it means below it. */
function row([tag, meaning]: readonly [string, string]): string[] {
  return [".TP", `\\fB${text(tag)}\\fR`, text(meaning)];
}

/** Characters that are commands to roff, or that it would print as typographic ones. */
const ROFF: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** Escapes plain text, so that roff prints exactly these characters, whatever the encoding of the file is taken for. */
function text(plain: string): string {
  const codeOf = (character: string) => character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  const escaped = plain.replace(/[\\'`^~"-]/g, (character) => ROFF[character] ?? character)
    .replace(/\P{ASCII}/gu, (character) => `\\[u${codeOf(character)}]`);
  return escaped.startsWith(".") ? `\\&${escaped}` : escaped;
}

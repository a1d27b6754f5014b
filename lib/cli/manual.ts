/**
 * The manual page, made from the tables like the help: roff with the macros of man(7), which groff and mandoc read.
 *
 * @module
 */

import type { ErrorKind } from "../errors.ts";
import { EXIT_CODES } from "../errors.ts";
import type { Option, OptionTable } from "../options.ts";
import type { CommandSpec, Words } from "./command.ts";
import { VERSION } from "./version.ts";

/** What each exit code means to a person. */
const EXIT_MEANINGS: Readonly<Record<ErrorKind, string>> = {
  session: "The connection broke.",
  usage: "The command line is wrong.",
  resolve: "The host name has no address.",
  connect: "Cannot connect, or cannot listen.",
  timeout: "A time limit passed; the message says which.",
  tls: "TLS failed, or a certificate is not to be trusted.",
  protocol: "The server's answer is no proper HTTP, or was cut off.",
  status: "The HTTP status is 400 or more.",
  file: "A local file cannot be read or written.",
  expect: "--expect was not met.",
  permission: "A Deno permission is missing; the message names the flag.",
  interrupt: "Stopped by Ctrl-C.",
  terminate: "Stopped by SIGTERM.",
};

/** Variables that count, where the program may read them. */
const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["NO_COLOR", "When it is set and not empty, nothing is coloured unless --color always is given."],
  ["http_proxy, https_proxy, all_proxy", "The proxies that fetch goes through, as --proxy."],
  ["no_proxy", "Hosts that fetch reaches without a proxy, with commas between them; * is every host."],
];

const FILES: readonly (readonly [string, string])[] = [
  ["NAME.part", "What fetch has of a file until it is complete and gets its own name; --resume goes on with it."],
  ["PREFIX.crt, PREFIX.key, PREFIX-ca.crt", "What cert makes: the certificate, its key, and what clients trust."],
];

const SEE_ALSO: readonly string[] = ["curl", "nc", "ncat", "openssl", "socat"];

/**
 * Writes the page.
 *
 * @param commands the table of commands
 * @param common the options that all of them have
 * @returns roff
 */
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
    ...commands.flatMap(({ examples }) => examples.flatMap(({ args, does }) => row([`sockeye ${args}`, `${does}.`]))),
    ".SH EXIT STATUS",
    ...row(["0", "Done."]),
    ...Object.entries(EXIT_MEANINGS).flatMap(([kind, meaning]) => row([`${EXIT_CODES[kind as ErrorKind]}`, meaning])),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(row),
    ".SH FILES",
    ...FILES.flatMap(row),
    ".SH SEE ALSO",
    SEE_ALSO.map((name) => `.BR ${name} (1)`).join(" ,\n"),
    "",
  ].join("\n");
}

function synopsis({ name, operands }: CommandSpec, index: number): string[] {
  const words = `[OPTION…] ${operands}`.trim();
  return [...(index === 0 ? [] : [".br"]), `.B sockeye ${text(name)}`, text(words)];
}

function commandSection({ name, summary, about, operands, options, words }: CommandSpec): string[] {
  const rows = optionRows(options);
  return [
    `.SS ${text(`sockeye ${name} ${operands}`.trim())}`,
    text(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
    ...about.trimEnd().split("\n\n").flatMap((paragraph) => [".PP", ...paragraph.split("\n").map(text)]),
    ...(words ? wordRows(words) : []),
    ...(rows.length > 0 ? [".PP", "Options:", ...rows] : []),
  ];
}

function wordRows({ title, list }: Words): string[] {
  return [
    ".PP",
    text(`${title}:`),
    ...list.flatMap(({ name, summary, options = {} }) => {
      const own = Object.keys(options).map((option) => `--${option}`).join(", ");
      return row([name, own === "" ? summary : `${summary} (${own})`]);
    }),
  ];
}

function optionRows(table: OptionTable): string[] {
  return Object.entries(table).flatMap(([name, option]) => [".TP", optionForm(name, option), optionHelp(option)]);
}

function optionForm(name: string, { short, value }: Option<unknown>): string {
  const flags = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map((flag) => `\\fB${text(flag)}\\fR`);
  return `${flags.join(", ")}${value === undefined ? "" : ` \\fI${text(value)}\\fR`}`;
}

function optionHelp({ help, many }: Option<unknown>): string {
  return text(many ? `${help} (repeatable)` : help);
}

/** A tagged paragraph. */
function row([tag, meaning]: readonly [string, string]): string[] {
  return [".TP", `\\fB${text(tag)}\\fR`, text(meaning)];
}

/** Characters that roff obeys or prints as their typographic cousins. */
const ROFF: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
  '"': "\\(dq",
};

/** Plain text as roff: exactly these characters, whatever the locale of the file. */
function text(plain: string): string {
  const escaped = plain.replace(/[\\'`^~"-]/g, (character) => ROFF[character] ?? character)
    .replace(
      /\P{ASCII}/gu,
      (character) => `\\[u${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
  return escaped.startsWith(".") ? `\\&${escaped}` : escaped;
}

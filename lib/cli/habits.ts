/**
 * Options of nc and ncat that fingers type here: for each the equivalent of sockeye, in words that follow the option in
 * a message. A letter that sockeye has keeps its meaning; its value shows whether the other program's option is meant.
 * Those of curl and wget, for `fetch`, are in `curl_table.ts`.
 *
 * @module
 */

import { Phrase, type Phrased, say } from "../phrase.ts";

/** What nc and ncat have, for `server`, `client` and a line without a command. */
const NC: Readonly<Record<string, string>> = {
  "-l --listen": "to listen: sockeye server PORT",
  "-L": "to listen: sockeye server PORT, which serves client after client",
  "-k --keep-open": "a server serves client after client; --once takes one",
  "-p --source-port": "a server's port stands alone: sockeye server PORT; a client's own is --source :PORT",
  "-u --udp": "for UDP the address begins with udp://, as in udp://HOST:PORT",
  "-U --unixsock": "for a Unix socket the address is unix:PATH",
  "-z": "to test a port: sockeye probe HOST PORT",
  "-w": "the limits are --connect-timeout D, --idle D and --deadline D for a client, --idle D for a server",
  "-n --nodns": "leave it out: the names of addresses are never looked up",
  "-N": "leave it out: at the end of piped input the sending half is closed",
  "-C": "for CRLF line ends: --crlf",
  "-c --exec --sh-exec --lua-exec": "sockeye starts no programs (for CRLF line ends: --crlf)",
  "-i --delay": "to send again after a time: --every D",
  "-s": "to connect from an address: --source ADDR; to listen on one: sockeye server ADDR:PORT",
  "-4 -6": "a server listens on 0.0.0.0:PORT for IPv4, on [::]:PORT for IPv6",
  "-t --telnet": "leave it out: chat and talk understand telnet",
  "-m --max-conns": "for the most connections: --max-connections N",
  "--ssl": "for TLS the address begins with tls://, as in tls://HOST:PORT",
  "--ssl-cert --ssl-key": "the files are --cert FILE and --key FILE",
  "--ssl-verify --ssl-trustfile": "certificates are checked; --ca FILE trusts others",
  "--broker --chat": "for a room: sockeye server chat PORT",
  "--recv-only": "to receive only: sockeye client HOST PORT </dev/null",
  "--send-only": "leave it out: the client sends, then reads the answer to its end",
};

/** The options in it, as the codes of its phrases have them. */
export const HABIT_FLAGS: readonly string[] = Object.keys(NC);

/**
 * The way of sockeye for an option that it does not have.
 *
 * @param command the name of the command; undefined without one
 * @returns what follows the option in a message; undefined where no other program's option is known
 */
export function habitFor(flag: string, command: string | undefined): Phrase | undefined {
  if (command !== undefined && command !== "server" && command !== "client") return undefined;
  const [flags, way = ""] = Object.entries(NC).find(([flags]) => flags.split(" ").includes(flag)) ?? [];
  return flags === undefined ? undefined : new Phrase(`habit ${flags}`, way);
}

/** A letter that sockeye has with another meaning than nc or curl. */
interface Letter {
  readonly flag: string;
  readonly commands: readonly string[];
  /** Values that show that the other meaning is meant, and the message for them. */
  readonly next?: RegExp;
  readonly message?: string;
  readonly hint: string;
}

const LETTERS: readonly Letter[] = [
  {
    flag: "-e",
    commands: ["server", "client"],
    next: /^(?:\/|\.|[a-z]:\\)|^(?:ba|z)?sh$|\.exe$/i,
    hint: "-e is --encoding here: sockeye starts no programs",
  },
  { flag: "-q", commands: ["server", "client"], next: /^-?\d+$/, hint: "-q is --quiet here and takes no number" },
  {
    flag: "-x",
    commands: ["client"],
    next: /^[\w.-]+:\d+$/,
    hint: "-x is --hex here, and there is no option for a proxy",
  },
  {
    flag: "-k",
    commands: ["client"],
    message: "--insecure",
    hint: "-k is --insecure here; sockeye server serves client after client",
  },
];

/** The letters in it, as the codes of its phrases have them. */
export const LETTER_FLAGS: readonly string[] = LETTERS.map(({ flag }) => flag);

/**
 * The hint for a letter that a wrong command line seems to use as nc or curl do.
 *
 * @param message the error about the line
 * @returns what follows the message; the empty text if there is none
 */
export function letterHint(args: readonly string[], command: string, message: string): Phrased {
  const isMeant = ({ flag, next = /^/ }: Letter) =>
    args.some((word, i) => word === flag && next.test(args[i + 1] ?? ""));
  const letter = LETTERS.find((one) =>
    one.commands.includes(command) && message.includes(one.message ?? "") && isMeant(one)
  );
  return letter ? say("and-hint")`; ${new Phrase(`habit ${letter.flag}`, letter.hint)}` : "";
}

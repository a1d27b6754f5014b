#!/usr/bin/env node
/**
 * Starts sockeye from its npm package: finds the Deno that npm has installed with it, and runs the program with the
 * permissions that the command line takes. Node gives its process away to Deno where it can (22.15 and later, not on
 * Windows); elsewhere it waits, and passes on signals and the exit code.
 */

"use strict";

const { join } = require("node:path");
const process = require("node:process");
const permissions = require("./permissions.json");

const PROGRAM = join(__dirname, "program");

/** As the exit codes of sockeye have it: a local file cannot be read. */
const FILE_ERROR = 9;

/** `--no-config`: a deno.json of the folder that the package is installed in is not meant for sockeye. */
const DENO_FLAGS = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--unstable-net",
  "--v8-flags=--expose-gc",
  `--import-map=${join(PROGRAM, "deno.json")}`,
];

/** Deno neither looks for a newer Deno, nor for the packages of the folder that it runs in. */
const DENO_ENV = { DENO_NO_UPDATE_CHECK: "1", DENO_NO_PACKAGE_JSON: "1" };

/** Deno itself, not its launcher: that would be another process of Node. */
function findDeno() {
  try {
    return require("deno/install_api.cjs").runInstall();
  } catch (error) {
    process.stderr.write(`sockeye: Cannot find Deno: ${String(error.message).split("\n")[0]}\n`);
    process.exit(FILE_ERROR);
  }
}

/** The permissions of a command line: those of its command, and of options and addresses in it. */
function permissionsFor(args) {
  const { valued, commands } = permissions;
  const command = args.find((word, i) => !word.startsWith("-") && !valued.includes(args[i - 1]));
  if (!Object.hasOwn(commands, command ?? "")) return [];
  const { always, options, addresses } = commands[command];
  const flags = new Set(always);
  for (const word of args) {
    const more = spellingsIn(word).filter((flag) => Object.hasOwn(options, flag)).flatMap((flag) => options[flag]);
    const scheme = Object.keys(addresses).find((scheme) => word.startsWith(scheme));
    for (const one of [...more, ...(scheme ? addresses[scheme] : [])]) flags.add(one);
  }
  if (flags.has("--allow-read")) return [...flags].filter((flag) => !flag.startsWith("--allow-read="));
  // Its libraries and its threads are files of the program. In such lists a comma is doubled.
  return [...flags, `--allow-read=${PROGRAM.replaceAll(",", ",,")}`];
}

/** The options in a word: `--output=FILE` has one, `-qo` two. */
function spellingsIn(word) {
  if (word.startsWith("--")) return [word.split("=", 1)[0]];
  return word.startsWith("-") ? [...word.slice(1)].map((letter) => `-${letter}`) : [];
}

function run(file, args, env) {
  if (process.execve && process.platform !== "win32") process.execve(file, [file, ...args], env);
  const { spawn } = require("node:child_process");
  const { isatty } = require("node:tty");
  // A signal may come while Deno starts: it is handled when there is a process to pass it on to.
  const forward = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to both processes, and sockeye takes the second one as an order to exit at once.
  process.on("SIGINT", [0, 1, 2].some((fd) => isatty(fd)) ? () => {} : forward);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward);
  const child = spawn(file, args, { stdio: "inherit", env });
  child.on("error", (error) => {
    process.stderr.write(`sockeye: Cannot start Deno: ${error.message}\n`);
    process.exitCode = FILE_ERROR;
  });
  child.on("exit", (code, signal) => {
    if (signal === null) return process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

if (require.main === module) {
  const args = process.argv.slice(2);
  const command = [...DENO_FLAGS, ...permissionsFor(args), join(PROGRAM, "main.js"), ...args];
  run(findDeno(), command, { ...process.env, ...DENO_ENV });
} else module.exports = { permissionsFor };

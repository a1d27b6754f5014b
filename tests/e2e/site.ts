/** Servers of one room on a bus, and who chats there. */

import { assert, assertEquals } from "@std/assert";
import { Chatter } from "../support/chatter.ts";
import { eventually, type Program, spawnSockeye } from "../support/harness.ts";
import { Nats } from "../support/nats.ts";

export const ALONE = /^\*\*\* The other servers are out of reach: only those at this one hear you$/;

export const TOGETHER = /^\*\*\* The other servers are in reach$/;

export interface Site extends AsyncDisposable {
  readonly server: Program;
  readonly port: number;
}

/** Starts a chat on a bus, and waits until it is there. */
export async function chatOn(url: string, ...args: string[]): Promise<Site> {
  const server = spawnSockeye(["server", "chat", "0", "--bus", url, ...args]);
  const port = await server.port();
  return { server, port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

export async function join(site: Site, name: string): Promise<Chatter> {
  const chatter = await Chatter.join(site.port);
  await chatter.say(`/nick ${name}`);
  await chatter.hears(new RegExp(`^\\*\\*\\* You are ${name} now$`));
  chatter.name = name;
  return chatter;
}

/** As many as there are names. */
type Some<T> = [T, T, T];

/** A NATS, and a server with one chatter for each of up to three names; they have heard of each other. */
export async function meet(...names: string[]) {
  await using stack = new AsyncDisposableStack();
  const bus = stack.use(await Nats.startJetStream());
  const sites: Site[] = [];
  const people: Chatter[] = [];
  for (const name of names) {
    const site = stack.use(await chatOn(bus.url));
    sites.push(site);
    people.push(stack.use(await join(site, name)));
    if (people.length > 1) await people[0]!.hears(new RegExp(` is ${name} now$`));
  }
  const held = stack.move();
  const all = { sites: sites as Some<Site>, people: people as Some<Chatter> };
  return { bus, ...all, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

/** Waits until a chatter has heard lines, and then that it has heard each of them once. */
export async function hearsOnce(chatter: Chatter, lines: readonly string[]): Promise<void> {
  const count = (line: string) => chatter.heard.filter((heard) => heard === line).length;
  const all = await eventually(() => lines.every((line) => count(line) > 0), 30_000);
  assert(all, `${lines.filter((line) => count(line) === 0)} is missing in\n${chatter.heard.join("\n")}`);
  for (const line of lines) assertEquals(count(line), 1, line);
}

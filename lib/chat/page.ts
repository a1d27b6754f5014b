/**
 * The chat in a browser: loads the page's side of it only when it is asked for.
 *
 * @module
 */

import { type Address, formatHostPort } from "../transport/address.ts";
import type { Listener } from "../transport/channel.ts";
import { demand } from "../permissions.ts";

/** A page for the room of one server. */
export interface Page extends AsyncDisposable {
  /**
   * Lets browsers in.
   *
   * @param listener a bound listener of streams
   * @returns the listener to serve: who closes it closes the other one
   */
  on(listener: Listener): Listener;
  /** To be told what all are told, before anybody is sent it. */
  said(text: string, from: { readonly address: string } | "operator" | undefined): void;
  /** To be told how to ask who is in the room. */
  meet(people: () => readonly string[]): void;
}

/**
 * Loads the page.
 *
 * @param hosts names that browsers may call this server by
 * @param shared whether the room has people at other servers
 * @returns the page; disposing of it waits a moment for what browsers still have to be sent
 * @throws {SockeyeError} `permission`
 */
export async function openPage(hosts: readonly string[] = [], shared = false): Promise<Page> {
  demand("net", "127.0.0.1", "serve browsers");
  const [{ ChatSite }, { Record }, { WebListener }] = await Promise.all([
    import("./web/site.ts"),
    import("./web/record.ts"),
    import("./web/web_listen.ts"),
  ]);
  const record = new Record([], shared);
  let entrance: InstanceType<typeof WebListener> | undefined;
  return {
    on: (listener) => entrance = new WebListener(listener, new ChatSite(record, hosts)),
    said: (text, from) => record.add(text, from),
    meet: (people) => record.meet(people),
    [Symbol.asyncDispose]: async () => {
      entrance?.close();
      await entrance?.finished;
    },
  };
}

/**
 * Where a browser finds the page.
 *
 * @param address of the listener
 * @returns what to type; for every interface the address of this machine
 */
export function pageUrl(address: Address): string {
  if (address.transport === "unix") return `${address.path}, through a proxy`;
  const { transport, host, port } = address;
  const every = host === "" || host === "::" || host === "0.0.0.0";
  return `${transport === "tls" ? "https" : "http"}://${formatHostPort(every ? "localhost" : host, port)}/`;
}

/**
 * Well-known services by name, as people write them in place of a port. `/etc/services` is not read: it differs between
 * machines, and needs a permission.
 *
 * @module
 */

import { PhrasedError, say } from "../phrase.ts";
import { didYouMean } from "../wording.ts";

/** Ports by the names that IANA's registry or common use gives them. */
const SERVICES: Readonly<Record<string, number>> = {
  "echo": 7,
  "discard": 9,
  "daytime": 13,
  "chargen": 19,
  "ftp": 21,
  "ssh": 22,
  "telnet": 23,
  "smtp": 25,
  "time": 37,
  "whois": 43,
  "domain": 53,
  "dns": 53,
  "tftp": 69,
  "gopher": 70,
  "finger": 79,
  "http": 80,
  "kerberos": 88,
  "pop3": 110,
  "ntp": 123,
  "imap": 143,
  "snmp": 161,
  "irc": 194,
  "ldap": 389,
  "https": 443,
  "smtps": 465,
  "modbus": 502,
  "syslog": 514,
  "submission": 587,
  "ldaps": 636,
  "rsync": 873,
  "imaps": 993,
  "pop3s": 995,
  "socks": 1080,
  "mssql": 1433,
  "mqtt": 1883,
  "mysql": 3306,
  "rdp": 3389,
  "nats": 4222,
  "sip": 5060,
  "postgresql": 5432,
  "amqp": 5672,
  "vnc": 5900,
  "redis": 6379,
  "ircs": 6697,
  "http-alt": 8080,
  "mqtts": 8883,
  "memcached": 11211,
  "mongodb": 27017,
};

/**
 * Reads a port: a number from 0 to 65535, or the name of a well-known service in any case.
 *
 * @throws {Error} what is wrong with it
 * @example
 * ```ts ignore
 * readPort("redis"); // 6379
 * ```
 */
export function readPort(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : portOf(text);
  if (number !== undefined && number <= 65535) return number;
  if (!/^[a-z]/i.test(text)) throw new PhrasedError(say("no-port")`is not a number from 0 to 65535`);
  const guess = didYouMean(text, Object.keys(SERVICES));
  throw new PhrasedError(
    say("no-service")`is neither a number from 0 to 65535 nor a well-known service such as http${guess}`,
  );
}

/** A web address up to the host, where a name in place of the port follows. */
const NAMED_PORT =
  /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#]*@)?(?:\[[^\]/]*\]|[^/?#@:[\]]*)):([a-z][a-z0-9-]*)(?=[/?#]|$)/i;

/** A web address with the number in place of a service name; any other text as it is. */
export function numberPort(url: string): string {
  return url.replace(NAMED_PORT, (whole, place: string, name: string) => {
    const port = portOf(name);
    return port === undefined ? whole : `${place}:${port}`;
  });
}

function portOf(service: string): number | undefined {
  const name = service.toLowerCase();
  return Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
}

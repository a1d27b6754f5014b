/**
 * Values by host and port. A map with one key for both would need a new string for every lookup.
 *
 * @module
 */

/** A host and a port, as the system gives them. */
export type HostPort = Pick<Deno.NetAddr, "hostname" | "port">;

/** A map from addresses. */
export class AddressMap<T> {
  /** Never holds an empty inner map. */
  readonly #hosts = new Map<string, Map<number, T>>();

  /** Whether nothing is in it. */
  get isEmpty(): boolean {
    return this.#hosts.size === 0;
  }

  /** The value of an address. */
  get({ hostname, port }: HostPort): T | undefined {
    return this.#hosts.get(hostname)?.get(port);
  }

  /** Sets the value of an address. */
  set({ hostname, port }: HostPort, value: T): void {
    const ports = this.#hosts.get(hostname);
    if (ports) ports.set(port, value);
    else this.#hosts.set(hostname, new Map([[port, value]]));
  }

  /** Removes an address. */
  delete({ hostname, port }: HostPort): void {
    const ports = this.#hosts.get(hostname);
    ports?.delete(port);
    if (ports?.size === 0) this.#hosts.delete(hostname);
  }
}

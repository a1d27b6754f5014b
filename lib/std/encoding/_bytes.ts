const encoder = new TextEncoder();

/**
 * Turns what an encoder accepts into bytes.
 *
 * @param data Bytes, or a text that stands for its UTF-8 bytes.
 * @returns The bytes, not copied unless they had to be made.
 */
export function toBytes(data: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof data === "string") return encoder.encode(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

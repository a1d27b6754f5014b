/** The address of the page, for others: as text, and as a code for phones. */

import { find } from "./find.js";
import { word } from "./words.js";

/** Names that lead to the reader's own machine, whatever machine that is. */
const HERE = /^(?:localhost|127\.|\[::1\])/;

const dialog = find("share", HTMLDialogElement);
const choice = find("share-choice", HTMLSelectElement);
const address = find("share-address", HTMLInputElement);
const code = find("share-code", HTMLImageElement);
const hint = find("share-hint", HTMLElement);
const copy = find("share-copy", HTMLButtonElement);

/** @param {readonly string[]} known addresses of the server, as far as it knows them */
export function openShare(known) {
  const own = `${location.origin}/`;
  const isHere = HERE.test(location.hostname);
  const all = isHere && known.length > 0 ? [...known] : [own];
  choice.replaceChildren(...all.map((url) => new Option(url, url)));
  choice.hidden = all.length < 2;
  hint.textContent = word(isHere && known.length === 0 ? "shareHere" : "shareHint");
  copy.textContent = word("copy");
  show();
  dialog.showModal();
}

function show() {
  const url = choice.value;
  address.value = url;
  code.hidden = false;
  code.alt = word("code", url);
  code.src = `/qr.svg?url=${encodeURIComponent(url)}`;
}

async function copyAddress() {
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
  } catch {
    // Without TLS a page can copy only a selection.
    document.execCommand("copy");
  }
  copy.textContent = word("copied");
}

choice.addEventListener("change", show);
copy.addEventListener("click", () => void copyAddress());
// Without the library the address still is there to be read.
code.addEventListener("error", () => code.hidden = true);

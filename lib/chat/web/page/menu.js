/** The menu: another name, the theme, the language, notifications, and the way out. */

import { find } from "./find.js";
import { applyTheme, keepSetting, setting } from "./settings.js";
import { language } from "./words.js";

const menu = find("menu", HTMLElement);
const dialog = find("rename", HTMLDialogElement);
const newName = find("new-name", HTMLInputElement);
const problem = find("rename-problem", HTMLElement);
const notify = find("notify", HTMLInputElement);

/** A browser notifies only from pages that came over TLS, or from this machine. */
const canNotify = "Notification" in globalThis && isSecureContext;

/**
 * @param {{ name: () => string, rename: (name: string) => void, leave: () => void, reload: () => void }} actions
 */
export function setUpMenu({ name, rename, leave, reload }) {
  find("rename-button", HTMLElement).addEventListener("click", () => {
    menu.hidePopover();
    newName.value = name();
    problem.textContent = "";
    dialog.showModal();
    newName.select();
  });
  find("rename-cancel", HTMLElement).addEventListener("click", () => dialog.close());
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = newName.value.trim();
    if (wanted === "" || wanted === name()) dialog.close();
    else rename(wanted);
  });
  find("leave-button", HTMLElement).addEventListener("click", () => {
    menu.hidePopover();
    leave();
  });
  const theme = find("theme", HTMLSelectElement);
  theme.value = setting("theme");
  theme.addEventListener("change", () => {
    keepSetting("theme", theme.value);
    applyTheme();
  });
  const tongue = find("language", HTMLSelectElement);
  tongue.value = language;
  tongue.addEventListener("change", () => {
    keepSetting("language", tongue.value);
    reload();
  });
  find("notify-row", HTMLElement).hidden = !canNotify;
  notify.checked = canNotify && setting("notify") === "yes" && Notification.permission === "granted";
  notify.addEventListener("change", () => void askToNotify());
}

/** @param {boolean} inRoom whether there is a name to change and a room to leave */
export function showInMenu(inRoom) {
  for (const id of ["rename-button", "leave-button"]) find(id, HTMLElement).hidden = !inRoom;
  if (!inRoom) dialog.close();
}

/** @param {string} [refusal] why the name that was asked for cannot be had; without it the reader has it */
export function renamed(refusal) {
  if (refusal === undefined) dialog.close();
  problem.textContent = refusal ?? "";
}

/** Whether the reader is waiting for another name. */
export const isRenaming = () => dialog.open;

/**
 * @param {string} title
 * @param {string} body
 */
export function notifyReader(title, body) {
  if (!notify.checked || !canNotify) return;
  try {
    const note = new Notification(title, { body, tag: "sockeye", icon: "/icon.svg" });
    note.onclick = () => focus();
  } catch {
    // Some phones let only a service worker notify: the title counts there.
  }
}

async function askToNotify() {
  if (notify.checked) notify.checked = await Notification.requestPermission() === "granted";
  keepSetting("notify", notify.checked ? "yes" : "");
}

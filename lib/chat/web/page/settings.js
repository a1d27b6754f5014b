/** What the reader has chosen: language, theme and notifications. It is kept by the browser, if it keeps anything. */

const PREFIX = "sockeye-";

/**
 * @param {"name" | "language" | "theme" | "notify" | "seen"} key
 * @returns {string} empty where nothing is kept
 */
export function setting(key) {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return ""; // A browser that keeps nothing has nothing chosen.
  }
}

/**
 * @param {Parameters<typeof setting>[0]} key
 * @param {string} value
 */
export function keepSetting(key, value) {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // It holds until the page is closed.
  }
}

/** Shows the theme that was chosen, else that of the system. */
export function applyTheme() {
  document.documentElement.dataset.theme = setting("theme");
}

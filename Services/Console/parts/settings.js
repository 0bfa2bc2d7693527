// @ts-check
/** What the reader has chosen: language and mode, kept in this browser. */

/** @typedef {"en" | "de"} Language */
/** @typedef {"system" | "light" | "dark"} Mode */

const dark = matchMedia("(prefers-color-scheme: dark)");

export const settings = {
  /** @returns {Language} */
  get language() {
    const chosen = read("ecrm.language") ?? navigator.language.slice(0, 2);
    return chosen === "de" ? "de" : "en";
  },
  set language(language) {
    write("ecrm.language", language);
  },

  /** @returns {Mode} */
  get mode() {
    const chosen = read("ecrm.mode");
    return chosen === "light" || chosen === "dark" ? chosen : "system";
  },
  set mode(mode) {
    write("ecrm.mode", mode);
    applyMode();
  },
};

/** Shows the mode that was chosen, or the system's; and tells charts, which cannot know by themselves. */
export function applyMode() {
  const isDark = settings.mode === "system" ? dark.matches : settings.mode === "dark";
  document.documentElement.dataset.mode = isDark ? "dark" : "light";
  document.dispatchEvent(new Event("mode"));
}

dark.addEventListener("change", applyMode);

/** @param {string} name */
function read(name) {
  // A browser that keeps nothing for this page still shows it.
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Then the choice lasts as long as the page.
  }
}

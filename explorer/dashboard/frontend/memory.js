// What a browser remembers of how its reader likes the page: no more than a few words, and none about papers.

const PREFIX = "literature-explorer:";

/**
 * @param {string} name
 * @param {string} otherwise
 */
export function remembered(name, otherwise) {
  try {
    return localStorage.getItem(PREFIX + name) ?? otherwise;
  } catch {
    // A browser may forbid it.
    return otherwise;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Then it is as it was at the next visit.
  }
}

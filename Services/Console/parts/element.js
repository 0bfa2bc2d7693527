// @ts-check
/** Makes elements: the only way anything gets onto the page, so that no text is ever read as markup. */

/** @typedef {Node | string | number | false | null | undefined} Piece What may stand within an element. */
/** @typedef {Piece | Piece[]} Pieces */

/**
 * An element with attributes, listeners (`onclick`) and content.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...Pieces} content
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...content) {
  const element = document.createElement(tag);
  set(element, properties);
  element.append(...pieces(content));
  return element;
}

/**
 * The same for a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...Pieces} content
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, properties = {}, ...content) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(element, properties);
  element.append(...pieces(content));
  return element;
}

/**
 * Content without what is absent.
 * @param {Pieces[]} content
 * @returns {(Node | string)[]}
 */
export function pieces(content) {
  const kept = /** @type {(Node | string | number)[]} */ (
    content.flat().filter((piece) => piece !== false && piece !== null && piece !== undefined)
  );
  return kept.map((piece) => (typeof piece === "number" ? String(piece) : piece));
}

/**
 * @param {Element} element
 * @param {Record<string, any>} properties
 */
function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") Object.assign(element, { value });
    // The page's policy forbids style attributes; properties set by the script are none.
    else if (name === "style") setStyle(/** @type {any} */ (element), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * @param {HTMLElement | SVGElement} element
 * @param {Record<string, string | number>} properties
 */
function setStyle(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, String(value));
}

/**
 * A text of the contracts, where `names` stand in code.
 * @param {string} text
 * @returns {Piece[]}
 */
export function prose(text) {
  return text.split("`").map((part, place) => (place % 2 === 1 ? h("code", {}, part) : part));
}

let lastID = 0;

/** An id that no other element of the page has. */
export function newID() {
  lastID += 1;
  return `e${lastID}`;
}

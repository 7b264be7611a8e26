/** Finding and making elements. */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`#${id} is missing`);
  return element;
}

/** @param {string} id @param {() => void} action */
export function click(id, action) {
  get(id, HTMLButtonElement).addEventListener('click', action);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/**
 * A button; `name` is what it is called where its text alone would not say.
 * @param {string} text
 * @param {() => void} action
 * @param {string} [name]
 */
export function button(text, action, name) {
  const element = make('button', { type: 'button', textContent: text });
  if (name) {
    element.title = name;
    element.setAttribute('aria-label', name);
  }
  element.addEventListener('click', action);
  return element;
}

/** Hands a file to the reader. @param {BlobPart} content @param {string} name @param {string} type */
export function saveAs(content, name, type) {
  const link = make('a', { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** What can go wrong, as one error class with a code that programs can switch on. */

/** Codes of og_status in core/oneglyph.h, by number. */
const STATUS = ['ok', 'argument', 'memory', 'format', 'too-large', 'empty', 'unsupported'];

/**
 * `code` is one of: 'argument' (a value the function does not take), 'label' (a label that cannot
 * be used), 'format' (a broken drawing, set or model), 'too-large' (past a documented limit),
 * 'empty' (nothing was drawn), 'unsupported' (this browser or build cannot), 'memory', and 'load'
 * (a file could not be fetched).
 */
export class OneglyphError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'OneglyphError';
    this.code = code;
  }
}

/**
 * @param {number} status an og_status
 * @param {string} message
 */
export function statusError(status, message) {
  return new OneglyphError(STATUS[status] ?? 'argument', message);
}

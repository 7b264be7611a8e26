/** Tables with a bar in each row: numbers for reading, lengths for seeing. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * A bar that fills `part` of its cell. The number beside it says the same, so it is hidden from
 * those who cannot see it.
 * @param {number} part 0 .. 1
 */
function bar(part) {
  const svg = document.createElementNS(SVG, 'svg');
  const rect = document.createElementNS(SVG, 'rect');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'bar');
  rect.setAttribute('width', `${Math.max(0.5, 100 * part).toFixed(2)}%`);
  rect.setAttribute('height', '100%');
  rect.setAttribute('rx', '3');
  svg.append(rect);
  return svg;
}

/**
 * @typedef {object} Row
 * @property {string[]} cells the first is the row's heading
 * @property {number} value of the bar
 * @property {boolean} [best]
 */

/**
 * Fills a table's body. The bar goes into a cell of its own behind the first; the longest is the
 * row of the largest value.
 * @param {HTMLTableSectionElement} body
 * @param {Row[]} rows
 */
export function fillTable(body, rows) {
  const largest = Math.max(...rows.map((row) => row.value), Number.MIN_VALUE);
  body.replaceChildren(
    ...rows.map(({ cells: [first, ...rest], value, best }) => {
      const row = document.createElement('tr');
      const heading = document.createElement('th');
      heading.scope = 'row';
      heading.textContent = first;
      const chart = document.createElement('td');
      chart.append(bar(value / largest));
      row.classList.toggle('best', best === true);
      row.append(heading, chart, ...rest.map((text) => {
        const cell = document.createElement('td');
        cell.textContent = text;
        return cell;
      }));
      return row;
    }),
  );
}

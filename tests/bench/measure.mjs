/** Timing several runners turn by turn, so that whatever else the machine does hits all alike. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './median.js';

/**
 * @typedef {object} Runner
 * @property {(count: number) => Promise<number[]>} run that many runs; milliseconds of each
 */

/**
 * Rounds in which each runner has its turn, in an order that rotates. A turn lasts about `turn`
 * milliseconds and follows a rest, in which the threads of the one before stop waiting for work,
 * and as long a warm-up, in which caches fill and the processor raises its clock again: after a rest
 * an embedding takes half as long again for some 20 ms.
 * @template {Record<string, Runner>} T
 * @param {T} runners
 * @param {{rounds: number, turn: number}} how
 * @returns {Promise<Record<keyof T, {median_ms: number, min_ms: number, runs: number}>>}
 */
export async function takeTurns(runners, { rounds, turn }) {
  const names = Object.keys(runners);
  const counts = {}, times = {};
  for (const name of names) {
    await runners[name].run(2);
    const [first, second] = await runners[name].run(2);
    counts[name] = Math.max(1, Math.min(1000, Math.round(turn / Math.min(first, second))));
    times[name] = [];
  }
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      await sleep(30);
      await runners[name].run(counts[name]);
      times[name].push(...(await runners[name].run(counts[name])));
    }
  return Object.fromEntries(names.map((name) => [name, {
    median_ms: median(times[name]),
    min_ms: Math.min(...times[name]),
    runs: times[name].length,
  }]));
}

import { recognise } from './recognise.js';

const drawing = { strokes: [[[12, 57], [39, 12], [73, 62]]] };
const show = (id, text) => (document.getElementById(id).textContent = text);

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => show('worker', data);
worker.onerror = ({ message }) => show('worker', message);
worker.postMessage(drawing);
recognise(drawing).then((label) => show('page', label));

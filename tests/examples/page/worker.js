import { recognise } from './recognise.js';

self.onmessage = async ({ data }) => self.postMessage(await recognise(data));

/** Keeping the page itself, where it is served from a folder. See sw.js. */
import { tr } from './words.js';

/** @param {(text: string, action: () => void, name: string) => void} offer */
export async function keepOffline(offer) {
  // Only the folder's page names its scripts ahead; the page in one file needs no keeping.
  const folder = document.querySelector('link[rel="modulepreload"]');
  if (!folder || !('serviceWorker' in navigator) || !/^https?:$/.test(location.protocol)) return;
  const { serviceWorker } = navigator;
  let registration;
  try {
    registration = await serviceWorker.register(new URL('sw.js', document.baseURI));
  } catch {
    return; // no folder, or a browser that keeps nothing
  }
  const tell = () => {
    const { waiting } = registration;
    if (!waiting || !serviceWorker.controller) return;
    offer(tr('There is a new version of this page.'), () => {
      serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage('take over');
    }, tr('Reload'));
  };
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', tell));
  tell();
}

/**
 * Keeps the page for days without a network. All files of one build are fetched together and served
 * together; a newer build waits until the reader asks for it or all its pages are closed. It asks the
 * server for what has a plain name; what is named by its content may come from the browser's own store.
 */
/* What is kept is written here when the page is made. */
const VERSION = '';
const FILES = [''];

const scope = /** @type {any} */ (self);
const NAME = `oneglyph-${VERSION}`;

scope.addEventListener('install', (/** @type {any} */ event) => {
  const fresh = FILES.map((file) =>
    new Request(file, { cache: file.startsWith('assets/') ? 'default' : 'no-cache' }));
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(fresh)));
});

scope.addEventListener('activate', (/** @type {any} */ event) => {
  const tidy = async () => {
    // Other pages of this origin have caches too.
    const old = (await caches.keys()).filter((key) => key.startsWith('oneglyph-') && key !== NAME);
    await Promise.all(old.map((key) => caches.delete(key)));
    await scope.clients.claim();
  };
  event.waitUntil(tidy());
});

scope.addEventListener('message', (/** @type {any} */ event) => {
  if (event.data === 'take over') scope.skipWaiting();
});

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  if (event.request.method !== 'GET') return;
  const answer = async () => {
    const kept = await (await caches.open(NAME)).match(event.request, { ignoreSearch: true });
    return kept ?? fetch(event.request);
  };
  event.respondWith(answer());
});

// Keeps the phone's page for the moments without a network. It has no say in anything else: what is asked of the services goes past it,
// and with a network the page is always the server's.

interface Lasting extends Event { waitUntil(done: Promise<unknown>): void }
interface Asked extends Lasting { readonly request: Request; respondWith(answer: Promise<Response>): void }
interface Told extends Lasting { readonly data: unknown; readonly ports: readonly MessagePort[] }
interface Open { readonly url: string }
interface Worker {
  readonly clients: { matchAll(which: { type: "window"; includeUncontrolled: boolean }): Promise<readonly Open[]> };
  addEventListener(type: "install" | "activate", heard: (event: Lasting) => void): void;
  addEventListener(type: "fetch", heard: (event: Asked) => void): void;
  addEventListener(type: "message", heard: (event: Told) => void): void;
  skipWaiting(): Promise<void>;
}

// Both filled in by vite.config.ts: the parts of this very page, and a name for just this set of them.
declare const __PARTS__: readonly string[];
declare const __VERSION__: string;
const worker = self as unknown as Worker;

const PAGE = "/phone";
const KEPT = `phone-${__VERSION__}`;
// A link this slow has the page shown as it was kept; what it then asks for may still come.
const PATIENCE = 2000;

worker.addEventListener("install", (event) => {
  // All or nothing: a set that is not whole is not installed, and the one before stays.
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([new Request(PAGE, { cache: "reload" }), ...__PARTS__])));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("phone-") && name !== KEPT).map((name) => caches.delete(name)))));
});

// The page says so when it has just been loaded: no ballot is on its way in it then. Another that is open may be an older one: it would lose the
// parts that it has not asked for yet, so it is waited for. Says whether it takes over.
worker.addEventListener("message", (event) => {
  if (event.data === "take-over") event.waitUntil(takeOver().then((does) => event.ports[0]?.postMessage(does)));
});

async function takeOver(): Promise<boolean> {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const isAlone = open.filter(({ url }) => new URL(url).pathname === PAGE).length <= 1;
  if (isAlone) void worker.skipWaiting();
  return isAlone;
}

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(page(request));
  else if (__PARTS__.includes(pathname)) event.respondWith(part(request));
});

/** The server's page; the kept one if there is no answer, none in time, or one that says that the server is not there. */
async function page(request: Request): Promise<Response> {
  const asked = fetch(request);
  const late = new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  if (answer && answer.status < 500) return answer;
  return (await found(PAGE)) ?? asked;
}

async function part(request: Request): Promise<Response> {
  return (await found(request.url)) ?? fetch(request);
}

/** What is kept under this address. A cache that is broken is as good as none: then the network is asked. */
async function found(address: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(KEPT)).match(address);
  } catch {
    return undefined;
  }
}

export {};

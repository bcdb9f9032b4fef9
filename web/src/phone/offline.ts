/** Let the browser keep this page for the moments without a network. Nothing here may stop the phone from working: all of it may fail.
 *
 * A newer set of parts takes over when the page has just been loaded, never in the middle of a ballot; nothing is ever loaded anew by itself.
 */
export async function keepForOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await loaded();
    const kept = await navigator.serviceWorker.register("/phone-sw.js", { scope: "/phone", updateViaCache: "none" });
    kept.waiting?.postMessage("take-over");
  } catch {
    // Without a network, or in a private window: the page itself is here.
  }
}

/** The page has all that it needs: what is done from here on takes nothing from its first picture, nor from the worker that serves it. */
function loaded(): Promise<unknown> {
  return document.readyState === "complete" ? Promise.resolve() : new Promise((done) => addEventListener("load", done, { once: true }));
}

// A little longer than "fallback" lets letters come (styles/letters.css): from then on nothing changes any more.
const PATIENCE_MS = 3_200;

/** Ends when the page's own letters are there, or will not be used: what is drawn then is fitted to its boxes once, and never jumps before people's eyes. */
export async function lettersSettled(): Promise<void> {
  const all = Promise.allSettled([...document.fonts].map((face) => face.load()));
  await Promise.race([all, new Promise((over) => setTimeout(over, PATIENCE_MS))]);
}

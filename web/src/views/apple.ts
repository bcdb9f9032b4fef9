/** Whether a browser runs on an iPhone or an iPad, by what it says of itself. An iPad calls itself a Mac, but has a touch screen. */
export function isIos(agent: string, touchPoints: number): boolean {
  return /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1);
}

/** What the server said of itself in the page: empty where it said nothing. */
export function told(name: "address" | "fingerprint"): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="plenary-${name}"]`)?.content ?? "";
}

/** Whether this address leads from a phone to the phone itself. */
export function isOnlyHere(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : "";
  return !host || host === "localhost" || host === "[::1]" || /^127\./.test(host);
}

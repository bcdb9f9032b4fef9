// How one likes a page, kept by the browser; one that keeps nothing (a private window) begins anew each time.

/** What was kept under a name; undefined for nothing. */
export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It is as one likes it until the page is left.
  }
}

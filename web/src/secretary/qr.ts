// QR codes, made here: what they say never leaves this page but on paper.
import type { Role } from "../keys/identity.ts";

/** What must stay white around the modules for a scanner to find them (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code as rows of modules, dark or not, with its quiet zone of four. Loaded only where cards are made. */
export async function qrOf(text: string): Promise<boolean[][]> {
  const { encodeQR } = await import("qr");
  return encodeQR(text, "raw", { ecc: "medium", border: QUIET });
}

/** The dark modules as SVG path data, one unit each. */
export function qrPath(modules: readonly (readonly boolean[])[]): string {
  return modules.flatMap((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)).join("");
}

/** The dark runs of a row: where each begins, and how long it is. */
function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  row.forEach((dark, x) => {
    const last = found.at(-1);
    if (!dark) return;
    if (last && last[0] + last[1] === x) last[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}

/** The page that somebody with these roles works on; the weightiest role counts. */
export function pageFor(roles: readonly Role[]): "/secretary" | "/chair" | "/phone" | "/hall" {
  if (roles.includes("secretary")) return "/secretary";
  if (roles.includes("chair")) return "/chair";
  if (roles.includes("delegate")) return "/phone";
  return roles.includes("observer") ? "/hall" : "/phone";
}

/** The address that a card leads to. The code is in the fragment: it is sent to nobody. */
export function inviteAddress(origin: string, roles: readonly Role[], code: string): string {
  return `${origin}${pageFor(roles)}#moi=${encodeURIComponent(code)}`;
}

// Draws public/icons/*.png from the mark, by the machine's Chromium; run after a change of src/styles/icon.svg: node scripts/icons.mjs
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const mark = readFileSync(join(WEB, "src/styles/icon.svg"), "utf8");
// To every edge, the mark within the inner four fifths: systems cut such an icon to their own shape.
const whole = mark.replace(' rx="7"', "").replace("<path ", '<path transform="translate(16 16) scale(.8) translate(-16.2 -16.2)" ');
const ICONS = [["192", 192, mark], ["512", 512, mark], ["maskable-512", 512, whole], ["apple-180", 180, whole]];

const out = join(WEB, "public/icons");
const work = mkdtempSync(join(tmpdir(), "icons-"));
mkdirSync(out, { recursive: true });
for (const [name, size, drawn] of ICONS) {
  const page = join(work, `${name}.html`);
  writeFileSync(page, `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawn}`);
  const done = spawnSync(process.env.CHROMIUM ?? "chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--default-background-color=00000000",
    `--window-size=${size},${size}`, `--screenshot=${join(out, `${name}.png`)}`, `file://${page}`,
  ]);
  if (done.status !== 0) throw new Error(String(done.stderr));
}
rmSync(work, { recursive: true });

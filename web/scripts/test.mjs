// Bundles each tests/*.test.ts and runs them with `node --test`: Node 20 does not read TypeScript by itself.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const OUT = `${WEB}.tests/`;

rmSync(OUT, { recursive: true, force: true });
const entryPoints = readdirSync(`${WEB}tests`).filter((file) => file.endsWith(".test.ts")).map((file) => `${WEB}tests/${file}`);
await build({ entryPoints, outdir: OUT, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", packages: "external", sourcemap: "inline", logLevel: "error" });
const files = readdirSync(OUT).map((file) => OUT + file);
// WebCrypto's Ed25519 is called experimental by Node 20.
const run = spawnSync(process.execPath, ["--enable-source-maps", "--disable-warning=ExperimentalWarning", "--test", ...files], { stdio: "inherit", cwd: WEB });
process.exit(run.status ?? 1);

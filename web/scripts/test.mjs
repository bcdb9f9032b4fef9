// Bundles tests/*.test.ts, or those whose names are given, and runs them with `node --test`: Node 20 does not read TypeScript by itself.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WEB = fileURLToPath(new URL("..", import.meta.url));
// Its own for each run: two at once must not take each other's files away.
const OUT = `${WEB}.tests/${process.pid}/`;

const wanted = process.argv.slice(2);
const tests = readdirSync(`${WEB}tests`).filter((file) => file.endsWith(".test.ts") && (!wanted.length || wanted.includes(file.replace(/\.test\.ts$/, ""))));
await build({ entryPoints: tests.map((file) => `${WEB}tests/${file}`), outdir: OUT, outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", packages: "external", sourcemap: "inline", logLevel: "error" });
// WebCrypto's Ed25519 is called experimental by Node 20. A test that hangs fails.
const options = ["--enable-source-maps", "--disable-warning=ExperimentalWarning", "--test", "--test-timeout=120000"];
const run = spawnSync(process.execPath, [...options, ...readdirSync(OUT).map((file) => OUT + file)], { stdio: "inherit", cwd: WEB });
rmSync(OUT, { recursive: true, force: true });
process.exit(run.status ?? 1);

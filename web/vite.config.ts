import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

// A page each: `<name>.html` here is served as `/<name>`, and `index.html` as `/`.
const PAGES = ["index", "phone", "chair", "hall", "secretary", "verify", "scanned", "trust", "returned"];

// The phone's service worker stands at an address that stays: browsers look there for a newer one.
const WORKER = "phone-sw";

/** Tells the service worker which parts the phone's page has: its text changes whenever one of them does. */
function partsOfPhone(): Plugin {
  return {
    name: "parts-of-phone",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle[`${WORKER}.js`];
        const page = bundle["phone.html"];
        if (worker?.type !== "chunk" || page?.type !== "asset") return;
        const html = String(page.source);
        const named = [...html.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, name = ""]) => name);
        // What a part asks for later, and what that needs in turn, belongs to it.
        const all = new Set(named);
        for (const name of all) {
          const chunk = bundle[name];
          if (chunk?.type === "chunk") for (const other of [...chunk.imports, ...chunk.dynamicImports]) all.add(other);
        }
        const parts = [...all].sort().map((name) => `/${name}`);
        const version = createHash("sha256").update(html).update(parts.join()).digest("hex").slice(0, 12);
        worker.code = worker.code.replaceAll("__PARTS__", JSON.stringify(parts)).replaceAll("__VERSION__", JSON.stringify(version));
      },
    },
  };
}

/** Puts their licence beside the hall's letters: who passes the pages on passes on both. */
function licenceOfLetters(): Plugin {
  return {
    name: "licence-of-letters",
    generateBundle() {
      const source = readFileSync(new URL("node_modules/@fontsource-variable/noto-sans/LICENSE", import.meta.url));
      this.emitFile({ type: "asset", fileName: "noto-sans-OFL.txt", source });
    },
  };
}

// Built into the Python package, which serves and carries the files; git does not keep them.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    outDir: "../services/pages/built",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    // A page names all that it needs at first. What is asked for later is small and mostly there by then: no lists of it, which
    // every first use would load.
    modulePreload: { polyfill: false, resolveDependencies: (_, parts, { hostType }) => (hostType === "html" ? parts : []) },
    rollupOptions: {
      input: { ...Object.fromEntries(PAGES.map((page) => [page, `${page}.html`])), [WORKER]: "src/phone/service_worker.ts" },
      output: { entryFileNames: ({ name }) => (name === WORKER ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
  plugins: [partsOfPhone(), licenceOfLetters()],
});

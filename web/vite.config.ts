import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// A page each: `<name>.html` here is served as `/<name>`, and `index.html` as `/`.
const PAGES = ["index", "phone", "chair", "hall", "secretary", "verify", "scanned", "trust"];

// Built into the Python package, which serves and carries the files; git does not keep them.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    outDir: "../services/pages/built",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: PAGES.map((page) => `${page}.html`) },
  },
});

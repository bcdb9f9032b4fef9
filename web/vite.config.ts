import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// Built into the Python package, which serves and carries the files; git does not keep them.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  build: {
    outDir: "../services/pages/built",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["verify.html"] },
  },
});

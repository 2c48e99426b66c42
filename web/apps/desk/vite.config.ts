import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = { target: "http://127.0.0.1:8080", ws: true };

export default defineConfig({
  // Relative, so that one build serves at any path that the page's <base> names.
  base: "./",
  plugins: [react()],
  build: {
    target: "es2022",
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
  server: { proxy: { "/api": server, "/sip": server } },
});

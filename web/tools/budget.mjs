// Fails the build when the script that a first screen needs grows past its budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 350;
/** What a supervisor's first visit loads: the entry, the shell, the live page, and one language. */
const FIRST_SCREEN = [
  "index.html",
  "src/shell/Shell.tsx",
  "src/live/LivePage.tsx",
  "src/locales/zh-CN.ts",
  "../../packages/ui/src/locales/zh-CN.ts",
];

const dist = process.argv[2];
if (dist === undefined) throw new Error("usage: budget.mjs DIST");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const files = new Set();
const visit = (key) => {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the build has no chunk for ${key}; update FIRST_SCREEN`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const next of chunk.imports ?? []) visit(next);
};
for (const key of FIRST_SCREEN) visit(key);

let total = 0;
for (const file of [...files].filter((name) => name.endsWith(".js"))) {
  const size = gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
  total += size;
  console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(8)} KB  first screen, gzipped; budget ${BUDGET_KB} KB`);
if (total > BUDGET_KB) {
  console.error(`The first screen's script is ${(total - BUDGET_KB).toFixed(1)} KB over its budget.`);
  process.exit(1);
}

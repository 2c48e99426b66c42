// Fails the build when the script that a first screen needs grows past its budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 350;
const WORDS = ["src/locales/zh-CN.ts", "../../packages/ui/src/locales/zh-CN.ts"];
/** What a first visit loads: the entry, the page, and one language. */
const FIRST_SCREEN = {
  console: ["index.html", "src/shell/Shell.tsx", "src/live/LivePage.tsx", ...WORDS],
  desk: ["index.html", ...WORDS],
};

const [app] = process.argv.slice(2);
if (!Object.hasOwn(FIRST_SCREEN, app)) throw new Error(`usage: budget.mjs ${Object.keys(FIRST_SCREEN).join("|")}`);
const dist = join("apps", app, "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const files = new Set();
const visit = (key) => {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the build has no chunk for ${key}; update FIRST_SCREEN`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const next of chunk.imports ?? []) visit(next);
};
for (const key of FIRST_SCREEN[app]) visit(key);

let total = 0;
for (const file of [...files].filter((name) => name.endsWith(".js"))) {
  const size = gzipSync(readFileSync(join(dist, file)), { level: 9 }).length / 1024;
  total += size;
  console.log(`${size.toFixed(1).padStart(8)} KB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(8)} KB  first screen of ${app}, gzipped; budget ${BUDGET_KB} KB`);
if (total > BUDGET_KB) {
  console.error(`The first screen's script is ${(total - BUDGET_KB).toFixed(1)} KB over its budget.`);
  process.exit(1);
}

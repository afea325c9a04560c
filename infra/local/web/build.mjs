// Bundles the page into .build/web, from where the Slack stand-in serves it. Nothing is loaded from elsewhere.
import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../../../.build/web/", import.meta.url));

await mkdir(out, { recursive: true });
await build({
  entryPoints: [`${here}app.jsx`],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  logLevel: "warning",
});
await copyFile(`${here}index.html`, `${out}index.html`);

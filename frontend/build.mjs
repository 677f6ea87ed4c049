// Builds frontend/ into itsm/static/dist: hashed names, subset fonts, .br and .gz twins, manifest.json.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync, renameSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import subsetFont from "subset-font";
import { purge } from "./purge.mjs";

// One line per script or style sheet a page may ask for with asset("<name>").
const ENTRIES = [
  "css/app.css",
  "css/map.css",
  "css/districts.css",
  "css/board.css",
  "css/plan.css",
  "css/stocktake.css",
  "css/kbedit.css",
  "js/theme.js",
  "js/app.js",
  "js/report.js",
  "js/suggest.js",
  "js/compose.js",
  "js/article.js",
  "js/map.js",
  "js/board.js",
  "js/plan.js",
  "js/day.js",
  "js/stocktake.js",
  "js/kbedit.js",
  "js/scan.js",
  "js/signature.js",
  "js/qr.js",
];

// The parts of KERN in use: a class stays when it begins with one of these words.
const KERN_PARTS = [
  "sr-only", "error", "number", "light", "dark", "level", "layer", "icon",
  "alert", "badge", "btn", "form-input", "form-check", "fieldset", "input-group",
  "kopfzeile", "label", "hint", "body", "heading", "title", "subline", "preline", "link", "list",
  "table", "description-list", "divider", "progress", "loader", "dialog", "accordion",
];
const KERN_ICONS = [
  "account-circle", "add", "arrow-back", "arrow-down", "arrow-forward", "arrow-up", "autorenew",
  "brightness-medium", "calendar-today", "check", "checklist", "chevron-left", "chevron-right", "close",
  "content-copy", "danger", "dark-mode", "dehaze", "delete", "download", "draft", "edit", "help", "home", "info",
  "light-mode", "logout", "mail", "more-vert", "open-in-new", "question-mark", "search", "success",
  "visibility", "visibility-off", "warning",
  // Drawn in frontend/css/icons.css because KERN has none: camera, directions, keyboard, list,
  // map, people, phone, school, tablet, tool.
];
const ICON_SIZES = ["small", "default", "large", "x-large"];

const FONTS = ["FiraSans-Regular", "FiraSans-SemiBold"];
// German and its neighbours, the names of pupils' families, and the signs the pages write.
const GLYPHS = [[0x20, 0x7e], [0xa0, 0x17f], [0x218, 0x21b], [0x1e9e, 0x1e9e]]
  .flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)))
  .join("") + "–—‘’‚“”„•…‹›€←↑→↓−≈≤≥×✓\u2009\u202f\u2011";
const FEATURES = ["kern", "liga", "locl", "mark", "mkmk", "ccmp", "tnum", "case"];

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(root, "itsm/static/dist");
const cache = join(root, "node_modules/.cache/itsm-fonts");
const kern = join(root, "node_modules/@kern-ux/native/dist");

const digest = (data) => createHash("sha256").update(data).digest("hex").slice(0, 16);

/** Return the path of the subset font; the slow step is done once per font and character set. */
async function subset(name) {
  const source = readFileSync(join(kern, `fonts/fira-sans/${name}.woff2`));
  const folder = join(cache, digest(Buffer.concat([source, Buffer.from(GLYPHS + FEATURES)])));
  const target = join(folder, `${name}.woff2`);
  if (!existsSync(target)) {
    mkdirSync(folder, { recursive: true });
    const small = await subsetFont(source, GLYPHS, { targetFormat: "woff2", keepFeatures: FEATURES, noHinting: true });
    writeFileSync(`${target}.part`, small);
    renameSync(`${target}.part`, target);
  }
  return target;
}

const iconWanted = (name) => [...KERN_ICONS, ...ICON_SIZES].includes(name);

function kernClassWanted(name) {
  if (name.startsWith("icon--")) return iconWanted(name.slice("icon--".length));
  return KERN_PARTS.some((part) => name === part || name.startsWith(`${part}-`) || name.startsWith(`${part}_`));
}

function ownStyles() {
  const folder = join(here, "css");
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** Lets styles say `@import "kern"` and `url("font:FiraSans-Regular")`. */
const kernPlugin = {
  name: "kern",
  setup(run) {
    run.onResolve({ filter: /^kern$/ }, () => ({ path: "kern", namespace: "kern" }));
    run.onLoad({ filter: /.*/, namespace: "kern" }, () => ({
      contents: purge(readFileSync(join(kern, "kern.css"), "utf8"), kernClassWanted, ownStyles()),
      loader: "css",
    }));
    run.onResolve({ filter: /^font:/ }, async ({ path }) => ({ path: await subset(path.slice("font:".length)) }));
  },
};

/** Return {logical name: hashed name} and {hashed name: bytes} of everything built. */
async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ENTRIES.map((entry) => join("frontend", entry)),
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome109", "firefox115", "safari15.4"],
    outdir: dist,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file", ".png": "file", ".svg": "dataurl" },
    legalComments: "none",
    plugins: [kernPlugin],
    write: false,
    metafile: true,
    logLevel: "warning",
  });
  const names = {};
  for (const [output, { entryPoint, inputs }] of Object.entries(result.metafile.outputs)) {
    names[basename(entryPoint ?? Object.keys(inputs)[0])] = basename(output);
  }
  const files = Object.fromEntries(result.outputFiles.map((file) => [basename(file.path), file.contents]));
  return { names, files };
}

function twins(data) {
  return {
    ".br": brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    ".gz": gzipSync(data, { level: 9 }),
  };
}

/** Write new files first, the manifest next, and remove old ones last: a running server never misses a file. */
function publish({ names, files }) {
  mkdirSync(dist, { recursive: true });
  const kept = new Set(["manifest.json"]);
  const sizes = {};
  for (const [name, data] of Object.entries(files)) {
    const outputs = { "": data };
    // Fonts and pictures are compressed already.
    if (/\.(css|js|svg)$/.test(name)) Object.assign(outputs, twins(data));
    for (const [ending, bytes] of Object.entries(outputs)) {
      kept.add(name + ending);
      if (!existsSync(join(dist, name + ending))) writeFileSync(join(dist, name + ending), bytes);
    }
    sizes[name] = (outputs[".br"] ?? data).length;
  }
  writeFileSync(join(dist, "manifest.json.part"), JSON.stringify(names, null, 1));
  renameSync(join(dist, "manifest.json.part"), join(dist, "manifest.json"));
  for (const name of readdirSync(dist)) if (!kept.has(name)) rmSync(join(dist, name), { force: true });
  return sizes;
}

const built = await bundle();
const sizes = publish(built);
for (const [name, hashed] of Object.entries(built.names)) {
  console.log(`${relative(root, join(dist, name)).padEnd(44)} ${(sizes[hashed] / 1024).toFixed(1).padStart(6)} KiB`);
}

// Keeps of a style sheet only what is used: classes by name, custom properties by reference.

/** Return the index of the brace that closes the one at `open`; quoted text is skipped. */
function closing(css, open) {
  let depth = 0;
  for (let i = open; i < css.length; i += 1) {
    if (css[i] === '"') i = css.indexOf('"', i + 1);
    else if (css[i] === "{") depth += 1;
    else if (css[i] === "}" && (depth -= 1) === 0) return i;
  }
  throw new Error("style sheet with an open brace");
}

/** Return [{prelude, body}] of a sheet; `body` is null for statements such as @charset. */
function rules(css) {
  const found = [];
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    const end = css.indexOf(";", at);
    if (open < 0) break;
    if (end >= 0 && end < open) {
      at = end + 1; // @charset: the bundler writes its own
      continue;
    }
    const close = closing(css, open);
    found.push({ prelude: css.slice(at, open).trim(), body: css.slice(open + 1, close).trim() });
    at = close + 1;
  }
  return found;
}

/** Split at commas that stand outside brackets and quotes. */
function split(text, separator) {
  const parts = [""];
  let depth = 0;
  let quote = "";
  for (const char of text) {
    if (quote) quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "(") depth += 1;
    else if (char === ")") depth -= 1;
    if (char === separator && depth === 0 && !quote) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

function keepClasses(list, wanted) {
  const kept = [];
  for (const { prelude, body } of list) {
    if (prelude.startsWith("@media") || prelude.startsWith("@supports")) {
      const inner = keepClasses(rules(body), wanted);
      if (inner.length) kept.push({ prelude, inner });
    } else if (prelude.startsWith("@")) {
      kept.push({ prelude, body });
    } else {
      const selectors = split(prelude, ",").filter((selector) =>
        [...selector.matchAll(/\.kern-([\w-]+)/g)].every(([, name]) => wanted(name)),
      );
      // The unprefixed property is understood by every browser the pages support.
      const lines = split(body, ";").filter((line) => !line.startsWith("-webkit-mask"));
      if (selectors.length && lines.length) kept.push({ prelude: selectors.join(","), lines });
    }
  }
  return kept;
}

const references = (text) => [...text.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name);

const flat = (list) => list.flatMap((rule) => (rule.inner ? flat(rule.inner) : [rule]));

/** Drop definitions nobody reads, directly or through another definition. */
function dropUnreadProperties(list, others) {
  const lines = flat(list).flatMap((rule) => rule.lines ?? [rule.body]);
  const readBy = new Map();
  const waiting = references(others);
  for (const line of lines) {
    const [, name, value] = line.match(/^(--[\w-]+)\s*:(.*)$/s) ?? [];
    if (name) readBy.set(name, [...(readBy.get(name) ?? []), ...references(value)]);
    else waiting.push(...references(line));
  }
  const used = new Set();
  while (waiting.length) {
    const name = waiting.pop();
    if (used.has(name)) continue;
    used.add(name);
    waiting.push(...(readBy.get(name) ?? []));
  }
  for (const rule of flat(list)) {
    if (rule.lines) rule.lines = rule.lines.filter((line) => !line.startsWith("--") || used.has(line.split(":")[0].trim()));
  }
}

const write = (list) =>
  list
    .map(({ prelude, inner, lines, body }) => {
      const content = inner ? write(inner) : (lines?.join(";") ?? body);
      return content ? `${prelude}{${content}}` : "";
    })
    .join("\n");

/**
 * Return the sheet without the classes `wanted(name)` refuses (name without "kern-")
 * and without custom properties read neither here nor in `others`.
 */
export function purge(css, wanted, others) {
  const list = keepClasses(rules(css.replace(/\/\*[^]*?\*\//g, "")), wanted);
  dropUnreadProperties(list, others);
  return write(list);
}

// Writes into a text field so that the browser's own undo takes it back.

/** Put `text` at the cursor and select the part from `from`, `length` characters long. */
function put(field, text, from, length) {
  const { selectionStart: start } = field;
  field.focus();
  // The old command is the only way into the history of undo; where it is gone the text is set.
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(start + from, start + from + length);
}

/** Put signs around what is selected, or around a word that stands for it. */
export function insertAround(field, before, words, after) {
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd) || words;
  put(field, before + chosen + after, before.length, chosen.length);
}

/** Put a block on lines of its own, with an empty line before and after. */
export function insertBlock(field, before, words, after) {
  const above = field.value.slice(0, field.selectionStart);
  const below = field.value.slice(field.selectionEnd);
  const gap = !above || above.endsWith("\n\n") ? "" : above.endsWith("\n") ? "\n" : "\n\n";
  const end = !below || below.startsWith("\n\n") ? "" : below.startsWith("\n") ? "\n" : "\n\n";
  insertAround(field, gap + before, words, after + end);
}

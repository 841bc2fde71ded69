// Links in his words: `[his words][2]` leads to number 2.
const PLACE = /\[((?:[^[\]\\]|\\.)*)\]\[([1-9]\d?)\]/g;

// Writes into a field as if he typed it, so that the browser's own undo takes it back.
export function insert(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Links the selected words, or the word at the caret, to this number. What is linked already gets this number instead; pressed
// again, it is no link any more.
export function place(field, number) {
  let { selectionStart: start, selectionEnd: end } = field;
  const linked = [...field.value.matchAll(PLACE)].find((one) => one.index <= start && end <= one.index + one[0].length);
  if (linked && (start < end || linked.index < start)) {
    field.setSelectionRange(linked.index, linked.index + linked[0].length);
    return insert(field, linked[2] === number ? linked[1] : `[${linked[1]}][${number}]`);
  }
  if (start === end) {
    while (start > 0 && /[^\s([{"“‘]/.test(field.value[start - 1])) start -= 1;
    while (end < field.value.length && /[^\s.,;:!?)\]}"”’]/.test(field.value[end])) end += 1;
  }
  const chosen = field.value.slice(start, end);
  const inside = chosen.trim();
  const before = chosen.slice(0, chosen.indexOf(inside));
  field.focus();
  field.setSelectionRange(start, end);
  insert(field, `${before}[${inside}][${number}]${chosen.slice(before.length + inside.length)}`);
  if (!inside) field.setSelectionRange(start + before.length + 1, start + before.length + 1);
}

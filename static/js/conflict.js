// Two people, one field: both values side by side at the field, and a choice. Nothing is lost.

import { word } from "./http.js";

export function showConflict(form, field, { by, at, value, words }, keepMine) {
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
  const place = inputs[0]?.closest(".field");
  if (!place) return;
  place.querySelector(".field-conflict")?.remove();
  const box = document.createElement("div");
  box.className = "field-conflict";
  box.setAttribute("role", "alert");
  const mine = new FormData(form).getAll(field).join(", ");
  box.append(
    line("p", word("conflict-title", { who: by, time: at })),
    pairs([
      [word("theirs"), words || value || word("empty")],
      [word("yours"), inWords(inputs, mine) || word("empty")],
    ]),
    choice(word("take-theirs"), () => {
      take(inputs, value);
      box.remove();
    }),
    choice(word("keep-yours"), () => {
      keepMine();
      box.remove();
    }),
  );
  place.append(box);
}

// A choice as its label says it, anything else as it was typed.
function inWords(inputs, mine) {
  const [first] = inputs;
  if (first.tagName === "SELECT") return first.selectedOptions[0]?.textContent ?? mine;
  const ticked = inputs.filter((input) => /^(checkbox|radio)$/.test(input.type) && input.checked);
  return ticked.length ? ticked.map((input) => input.labels[0]?.textContent.trim()).join(", ") : mine;
}

function line(kind, text) {
  const element = document.createElement(kind);
  element.textContent = text;
  return element;
}

function pairs(rows) {
  const list = document.createElement("dl");
  for (const [label, value] of rows) list.append(line("dt", label), line("dd", value));
  return list;
}

function choice(label, act) {
  const button = line("button", label);
  button.type = "button";
  button.className = "button button-small";
  button.addEventListener("click", act);
  return button;
}

function take(inputs, value) {
  const chosen = new Set(String(value).split(", "));
  for (const input of inputs) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = chosen.has(input.value);
    else input.value = value;
  }
}

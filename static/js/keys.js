// The keyboard of people who keep this open all day: j k x b in lists, / ? a, g and a letter,
// and those that a page names on its own buttons.
// Single keys can be switched off in the list of shortcuts; Ctrl-K always works.

import { openDialog } from "./overlays.js";

const SECOND_KEY_WITHIN = 1_200;
let afterG = -Infinity;

const switchedOff = () => document.cookie.split("; ").includes("keys=off");
const typing = (element) => element?.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rowLinks = () => [...document.querySelectorAll("[data-rows] .row-link")].filter((link) => link.offsetParent);
const currentRow = () => document.activeElement?.closest("[data-rows] tr, [data-rows] [data-row]");

function move(step) {
  const links = rowLinks();
  if (!links.length) return;
  const at = links.indexOf(currentRow()?.querySelector(".row-link"));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function jump(key) {
  [...document.querySelectorAll("#rail [data-key]")].find((link) => link.dataset.key === key)?.click();
}

// What a page gives a key of its own: one that is safe is done, one that decides is only reached.
function ofPage(key) {
  const [done, reached] = ["hotkey", "hotfocus"].map((name) => document.querySelector(`main [data-${name}="${CSS.escape(key)}"]`));
  done?.click();
  reached?.focus();
  return Boolean(done || reached);
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => currentRow()?.querySelector(".row-pick")?.click(),
  b: () => document.querySelector("[data-bulk] select")?.focus(),
  a: () => document.querySelector("[data-next-action] :is(a, button)")?.focus(),
  "/": () => (document.querySelector("main [data-search]") ?? document.getElementById("finder"))?.focus(),
  "?": () => openDialog("shortcuts"),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || switchedOff()) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const waited = performance.now() - afterG;
  afterG = -Infinity;
  if (waited < SECOND_KEY_WITHIN) {
    event.preventDefault();
    jump(event.key);
  } else if (event.key === "g") {
    afterG = performance.now();
  } else if (ofPage(event.key)) {
    event.preventDefault();
  } else if (ACTIONS[event.key]) {
    event.preventDefault();
    ACTIONS[event.key]();
  }
}

// A tick that asks for words goes straight to where they are written.
function onTick(event) {
  if (event.target.dataset?.then && event.target.checked) document.getElementById(event.target.dataset.then)?.focus();
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", onTick);
  const choice = document.querySelector("[data-single-keys]");
  if (!choice) return;
  choice.checked = !switchedOff();
  choice.addEventListener("change", () => {
    document.cookie = `keys=off; path=/; samesite=lax; max-age=${choice.checked ? 0 : 31_536_000}`;
  });
}

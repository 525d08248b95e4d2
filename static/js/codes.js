// .code-entry: a box for a code with what it stands for beside it; for diagnoses a combobox that
// searches by code or words (WAI-ARIA: the focus stays in the box, the list is pointed at).
// Requests: POST data-search-url, q and listed → {options: [{code, words, listed}]};
//           POST data-told-url, kind and value → {told}.

import { post, word } from "./http.js";

const PAUSE = 120;
const lists = new WeakMap();

export function startCodes() {
  // Before the form hears of it: words on the way to a code are no answer to save yet.
  document.addEventListener("input", typed, true);
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("focusin", (event) => prepared(event.target));
  document.addEventListener("focusout", (event) => left(event.target));
  document.addEventListener("click", clicked);
  // The list is clicked without the box losing the focus: leaving it would be an answer.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.(".code-options")) event.preventDefault();
  });
  document.addEventListener("change", (event) => tell(event.target));
}

const entryOf = (target) => target.closest?.(".code-entry");
const isSearch = (target) => target.matches?.("input") && Boolean(entryOf(target)?.dataset.searchUrl);

function prepared(input) {
  if (!isSearch(input)) return null;
  const known = lists.get(input);
  if (known) return known;
  const list = document.createElement("ul");
  list.id = `${input.id}_options`;
  list.className = "code-options";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word("diagnoses"));
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.after(list, status);
  input.removeAttribute("list");
  const roles = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
  const state = { list, status, timer: 0, running: null, pending: false };
  lists.set(input, state);
  return state;
}

function typed(event) {
  const input = event.target;
  if (!event.isTrusted || !isSearch(input)) return;
  event.stopPropagation();
  const state = prepared(input);
  state.pending = true;
  entryOf(input).querySelector(".told").textContent = "";
  later(input, state);
}

function later(input, state) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => search(input, state), PAUSE);
}

async function search(input, state) {
  const entry = entryOf(input);
  state.running?.abort();
  state.running = new AbortController();
  const body = new URLSearchParams({ q: input.value, listed: entry.dataset.listed ?? "" });
  try {
    const response = await post(entry.dataset.searchUrl, body, { signal: state.running.signal });
    if (!response?.ok) throw new Error("no answer");
    const { options } = await response.json();
    if (document.activeElement === input) show(input, state, options);
  } catch (error) {
    if (error.name === "AbortError") return;
    close(input, state);
    state.status.textContent = word("find-failed");
  }
}

function show(input, state, options) {
  state.list.replaceChildren(...options.map((option, place) => drawn(state, option, place)));
  state.status.textContent = word("found", { count: options.length });
  open(input, state, options.length > 0);
}

function drawn(state, option, place) {
  const item = document.createElement("li");
  item.id = `${state.list.id}_${place}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.dataset.code = option.code;
  item.dataset.words = option.words;
  const code = Object.assign(document.createElement("b"), { textContent: option.code });
  const words = Object.assign(document.createElement("span"), { textContent: option.words });
  item.append(code, words);
  if (option.listed) item.append(Object.assign(document.createElement("span"), { className: "tag", textContent: word("listed") }));
  return item;
}

function open(input, state, yes) {
  state.list.hidden = !yes;
  input.setAttribute("aria-expanded", String(yes));
  input.removeAttribute("aria-activedescendant");
}

function close(input, state) {
  clearTimeout(state.timer);
  state.running?.abort();
  open(input, state, false);
}

function pressed(event) {
  const input = event.target;
  const state = isSearch(input) ? prepared(input) : null;
  if (!state || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = [...state.list.children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    if (state.list.hidden) search(input, state);
    else point(input, items, (at + steps[event.key] + items.length + (at < 0 && steps[event.key] < 0)) % items.length);
  } else if (!state.list.hidden && event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close(input, state);
  } else if (!state.list.hidden && event.key === "Enter") {
    event.preventDefault();
    pick(input, state, items[Math.max(at, 0)]);
  }
}

function point(input, items, place) {
  items.forEach((item, other) => item.setAttribute("aria-selected", String(other === place)));
  input.setAttribute("aria-activedescendant", items[place].id);
  items[place].scrollIntoView({ block: "nearest" });
}

function pick(input, state, item) {
  close(input, state);
  input.value = item.dataset.code;
  settle(input, state);
}

// Now it is an answer: whatever listens to the form hears of it.
function settle(input, state) {
  state.pending = false;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function left(input) {
  const state = lists.get(input);
  if (!state) return;
  close(input, state);
  if (state.pending) settle(input, state);
}

function clicked(event) {
  const item = event.target.closest?.(".code-options > [role=option]");
  const input = item && entryOf(item).querySelector("input");
  if (input) {
    pick(input, lists.get(input), item);
    input.focus();
  } else if (isSearch(event.target) && prepared(event.target).list.hidden) {
    search(event.target, prepared(event.target));
  }
}

async function tell(input) {
  const entry = input.matches?.("input") ? entryOf(input) : null;
  if (!entry) return;
  const value = input.value;
  const body = new URLSearchParams({ kind: entry.dataset.codeEntry, value });
  const response = await post(entry.dataset.toldUrl, body).catch(() => null);
  const answer = response?.ok ? await response.json() : { told: "" };
  if (input.value === value) entry.querySelector(".told").textContent = answer.told;
}

// Ctrl-K: find anything. What was typed goes in a POST body, never into an address.

import { post, word } from "./http.js";
import { openDialog } from "./overlays.js";

const PAUSE = 150;

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const form = dialog.querySelector("[data-palette]");
  const input = form.querySelector("input[name=q]");
  const found = dialog.querySelector("[data-found]");
  const pages = [...dialog.querySelectorAll("[data-pages] .find-item")];
  const status = dialog.querySelector("[role=status]");
  let timer = 0;
  let running = null;

  const items = () => [...dialog.querySelectorAll(".find-item")].filter((item) => item.offsetParent);

  function showPages(query) {
    for (const page of pages) page.hidden = !page.textContent.toLowerCase().includes(query);
    dialog.querySelector("[data-pages]").hidden = pages.every((page) => page.hidden);
  }

  async function search() {
    const query = input.value.trim();
    showPages(query.toLowerCase());
    running?.abort();
    if (query.length < 2) {
      found.replaceChildren();
      status.textContent = "";
      return;
    }
    running = new AbortController();
    try {
      const headers = { "HX-Request": "true", Accept: "text/html" };
      const response = await post(form.action, new URLSearchParams({ q: query }), { headers, signal: running.signal });
      if (!response?.ok) throw new Error("no answer");
      found.innerHTML = await response.text();
      status.textContent = word("found", { count: items().length });
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = word("find-failed");
    }
  }

  function step(event) {
    const list = items();
    const at = list.indexOf(document.activeElement);
    const to = event.key === "ArrowDown" ? at + 1 : at - 1;
    event.preventDefault();
    (to < 0 ? input : list[Math.min(to, list.length - 1)])?.focus();
  }

  function open() {
    if (!openDialog("palette")) return;
    input.value = "";
    search();
    input.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    open();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event);
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    const first = items()[0];
    if (!first) return;
    event.preventDefault();
    first.click();
  });
}

// Signing out the idle: a warning before it, one press (or real work) to stay, and afterwards
// a cover over the page that keeps what was typed until the same person has signed in again.

import { post, renewToken } from "./http.js";

const TICK = 1_000;

export function startIdle() {
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const after = Number(dialog.dataset.idleAfter) * 1_000;
  const warning = Number(dialog.dataset.warnBefore) * 1_000;
  const person = dialog.dataset.person;
  const left = dialog.querySelector("[data-idle-left]");
  const tabs = new BroadcastChannel("throughline-session");
  let contactAt = Date.now();
  let workedAt = 0;
  let expired = false;
  let asking = false;

  function contact({ tell = true } = {}) {
    contactAt = Date.now();
    if (expired) return;
    if (dialog.open) dialog.close();
    if (tell) tabs.postMessage("contact");
  }

  function show(part) {
    for (const element of dialog.querySelectorAll("[data-idle]")) element.hidden = element.dataset.idle !== part;
    if (dialog.open) return;
    document.querySelector("dialog[open]")?.close();
    dialog.showModal();
  }

  function expire({ tell = true } = {}) {
    if (expired) return;
    expired = true;
    dialog.classList.add("is-expired");
    show("expired");
    if (tell) tabs.postMessage("signed-out");
  }

  async function extend() {
    if (asking || expired) return;
    asking = true;
    try {
      const response = await post(dialog.dataset.extendUrl, new URLSearchParams());
      if (response?.ok) contact();
    } catch {
      // No connection: the countdown goes on, and says the truth.
    } finally {
      asking = false;
    }
  }

  async function back() {
    const now = await renewToken().catch(() => null);
    if (!now) return;
    if (now !== person) {
      location.reload();
      return;
    }
    expired = false;
    dialog.classList.remove("is-expired");
    contact();
    document.dispatchEvent(new CustomEvent("throughline:signed-in"));
  }

  function tick() {
    const rest = after - (Date.now() - contactAt);
    if (expired) return;
    if (rest <= 0) {
      expire();
    } else if (rest <= warning) {
      const seconds = Math.ceil(rest / 1_000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      show("warning");
    } else if (workedAt > contactAt && Date.now() - contactAt > after / 3) {
      extend();
    }
  }

  for (const kind of ["keydown", "pointerdown"]) {
    document.addEventListener(kind, () => { workedAt = Date.now(); }, { passive: true });
  }
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    extend();
  });
  dialog.querySelector("[data-idle-extend]").addEventListener("click", extend);
  dialog.querySelector("[data-idle-back]").addEventListener("click", back);
  tabs.addEventListener("message", ({ data }) => (data === "contact" ? contact({ tell: false }) : expire({ tell: false })));
  document.addEventListener("throughline:signed-out", () => expire());
  document.addEventListener("throughline:contact", () => contact());
  window.addEventListener("focus", () => expired && back());
  setInterval(tick, TICK);
  contact();
}

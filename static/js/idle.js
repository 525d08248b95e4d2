// Signing out the idle: a warning before it, one press (or real work) to stay, and afterwards
// a cover over the page that keeps what was typed until the same person has signed in again.

import { post, renewToken } from "./http.js";

const TICK = 1_000;
// The server notes a sign of life at most this often.
const STEP = 30_000;

export function startIdle() {
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const warning = Number(dialog.dataset.warnBefore) * 1_000;
  const left = dialog.querySelector("[data-idle-left]");
  const tabs = new BroadcastChannel("throughline-session");
  let whole = 0;
  let skew = 0;
  let endsAt = 0;
  let workedAt = 0;
  let expired = false;
  let asking = false;

  function begin({ idleAfter, expiresAt }) {
    whole = Number(idleAfter) * 1_000;
    skew = Date.now() - (Number(expiresAt) * 1_000 - whole);
    endsAt = Date.now() + whole;
  }

  // The session now ends at this moment of our clock, as every tab of this browser should know.
  function lasts(until, { tell = true } = {}) {
    endsAt = Math.max(endsAt, until);
    if (expired) return;
    if (dialog.open && endsAt - Date.now() > warning) dialog.close();
    if (tell) tabs.postMessage({ until });
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
    if (tell) tabs.postMessage({ over: true });
  }

  async function extend() {
    if (asking || expired) return;
    asking = true;
    try {
      const response = await post(dialog.dataset.extendUrl, new URLSearchParams());
      if (response?.ok) lasts((await response.json()).expires_at * 1_000 + skew);
    } catch {
      // No connection: the countdown goes on, and says the truth.
    } finally {
      asking = false;
    }
  }

  async function back() {
    const now = await renewToken().catch(() => null);
    if (!now) return;
    if (now.person !== dialog.dataset.person) {
      location.reload();
      return;
    }
    expired = false;
    dialog.classList.remove("is-expired");
    dialog.close();
    begin(now);
    document.dispatchEvent(new CustomEvent("throughline:signed-in"));
  }

  function tick() {
    if (expired) return;
    const rest = endsAt - Date.now();
    if (rest <= 0) {
      expire();
    } else if (rest <= warning) {
      const seconds = Math.ceil(rest / 1_000);
      left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      show("warning");
    } else if (rest < (whole * 2) / 3 && workedAt > endsAt - whole) {
      workedAt = 0;
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
  tabs.addEventListener("message", ({ data }) => {
    if (data.over) expire({ tell: false });
    else lasts(data.until, { tell: false });
  });
  document.addEventListener("throughline:signed-out", () => expire());
  document.addEventListener("throughline:contact", () => lasts(Date.now() + whole - STEP));
  window.addEventListener("focus", () => expired && back());
  begin(dialog.dataset);
  setInterval(tick, TICK);
  tabs.postMessage({ until: endsAt });
}

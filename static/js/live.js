// Says whether the page is live. A stream that breaks is opened again by the SSE extension.

import { word } from "./http.js";

export function startLive() {
  const status = document.getElementById("live-status");
  if (!status) return;
  const say = (state) => {
    status.hidden = !document.querySelector("[sse-connect]");
    if (status.dataset.live === state) return;
    status.dataset.live = state;
    status.textContent = word(state);
  };
  document.addEventListener("htmx:sseOpen", () => say("live"));
  document.addEventListener("htmx:sseError", () => say("reconnecting"));
  window.addEventListener("offline", () => say("reconnecting"));
}

// Says whether the page is live. A stream that breaks is opened again by the SSE extension; one that
// outlived a broken line has told meanwhile what could not be read, so that is read again.

import { word } from "./http.js";

const AGAIN_AFTER = 5000;

export function startLive() {
  const status = document.getElementById("live-status");
  if (!status) return;
  const say = (state) => {
    status.hidden = !document.querySelector("[sse-connect]");
    if (status.dataset.live === state) return;
    status.dataset.live = state;
    status.textContent = word(state);
  };
  const readAgain = () => {
    document.querySelectorAll("[data-live] > [hx-get]").forEach((reader) => htmx.trigger(reader, "again"));
  };
  document.addEventListener("htmx:sseOpen", () => say("live"));
  document.addEventListener("htmx:sseError", () => say("reconnecting"));
  window.addEventListener("offline", () => say("reconnecting"));
  window.addEventListener("online", readAgain);
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (!target.closest("[data-live]")) return;
    if (detail.successful) say("live");
    else if (!detail.xhr.status || detail.xhr.status >= 500) {
      say("reconnecting");
      if (navigator.onLine) setTimeout(readAgain, AGAIN_AFTER);
    }
  });
}

// Starts everything a page needs. Pages work without any of it, more slowly.

import { startAttaching } from "./attach.js";
import { startAutosave } from "./autosave.js";
import { startBeside } from "./beside.js";
import { startCodes } from "./codes.js";
import { csrfToken, isSignInPage, signedOut, word } from "./http.js";
import { startIdle } from "./idle.js";
import { startKeep } from "./keep.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startOnce } from "./once.js";
import { startOverlays } from "./overlays.js";
import { startPicking } from "./picking.js";
import { startPalette } from "./palette.js";
import { startToasts, toast } from "./toast.js";

const WORDS_BY_STATUS = { 403: "refused", 404: "gone", 409: "changed", 413: "too-large", 429: "too-many", 503: "busy" };

function startFragments() {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status !== 401 && !isSignInPage(xhr.responseURL)) return;
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    signedOut();
  });
  document.addEventListener("htmx:responseError", (event) => {
    toast(word(WORDS_BY_STATUS[event.detail.xhr.status] ?? "failed"));
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    toast(word("no-key"));
  });
  document.addEventListener("htmx:sendError", (event) => {
    // What a page asks by itself fails in silence: nobody pressed anything.
    if (!event.detail.requestConfig?.headers?.["X-Passive"]) toast(word("offline"));
  });
  document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.target));
}

// The error summary is read first, wherever it comes from.
function focusErrors(within = document) {
  within.querySelector?.(".error-summary")?.focus();
}

// A browser shows the line with the caret; a tall box that fits is shown whole, clear of the bars.
function startWhole() {
  document.addEventListener("focusin", ({ target }) => {
    if (!target.matches?.("textarea")) return;
    requestAnimationFrame(() => {
      const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
      const room = innerHeight - (parseFloat(scrollPaddingTop) || 0) - (parseFloat(scrollPaddingBottom) || 0);
      if (document.activeElement === target && target.offsetHeight <= room) target.scrollIntoView({ block: "nearest" });
    });
  });
}

startOverlays();
startToasts();
startOnce();
startFragments();
startKeep();
startKeys();
startPalette();
startPicking();
startIdle();
startLive();
startAutosave();
startBeside();
startCodes();
startAttaching();
startWhole();
focusErrors();

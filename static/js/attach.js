// [data-attach]: files for a question are sent as soon as they are chosen or dropped, with their
// progress; removing one happens in place. Without this the form's own buttons do both.
//
// Request:  POST the form's data-attach-url, multipart: field and file…, or detach.
// 200, 422: {version, saved, errors?: {field: [sentence]}, fragments?: {id: html}}

import { redraw } from "./autosave.js";
import { write } from "./errors.js";
import { csrfToken, signedOut, word } from "./http.js";

const LARGEST = 10_000_000;

export function startAttaching() {
  const form = document.querySelector("form[data-attach-url]");
  if (!form) return;
  document.documentElement.classList.add("attaching");
  const place = (event) => event.target.closest?.("[data-attach]");

  form.addEventListener("change", (event) => {
    if (event.target.type === "file" && place(event)) attach(form, place(event), event.target.files);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=detach]");
    if (!button) return;
    event.preventDefault();
    const body = new FormData();
    body.set("field", place(event).dataset.attach);
    body.set("detach", button.value);
    send(form, place(event), body);
  });
  for (const kind of ["dragover", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (!place(event) || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (kind === "drop") attach(form, place(event), event.dataTransfer.files);
    });
  }
}

function attach(form, place, files) {
  const body = new FormData();
  body.set("field", place.dataset.attach);
  const large = [...files].find((file) => file.size > LARGEST);
  if (large) {
    const size = (large.size / 1_000_000).toFixed(1);
    say(place, [word("file-too-large", { name: large.name, size })]);
    return;
  }
  for (const file of files) body.append("file", file);
  if (files.length) send(form, place, body);
}

// Only XMLHttpRequest tells how much has been sent.
function send(form, place, body) {
  const key = place.dataset.attach;
  const bar = place.querySelector("progress");
  const request = new XMLHttpRequest();
  say(place, []);
  bar.hidden = false;
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
  });
  request.addEventListener("load", () => settle(form, key, request));
  request.addEventListener("error", () => failed(key, word("offline")));
  request.open("POST", form.dataset.attachUrl);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json");
  request.send(body);
}

function settle(form, key, request) {
  if (request.status === 401) {
    signedOut();
    failed(key, word("kept-signed-out"));
    return;
  }
  if (request.status !== 200 && request.status !== 422) {
    failed(key, word({ 413: "too-large", 503: "busy" }[request.status] ?? "failed"));
    return;
  }
  const answer = JSON.parse(request.responseText);
  document.activeElement?.closest("[data-attach]") && document.activeElement.blur();
  redraw(form, answer);
  const place = placeOf(key);
  rest(place);
  say(place, answer.errors?.[key] ?? []);
  place?.querySelector("input[type=file]")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("throughline:contact"));
}

const placeOf = (key) => document.querySelector(`[data-attach="${CSS.escape(key)}"]`);

function failed(key, sentence) {
  rest(placeOf(key));
  say(placeOf(key), [sentence]);
}

function rest(place) {
  const bar = place?.querySelector("progress");
  if (bar) bar.hidden = true;
  const input = place?.querySelector("input[type=file]");
  if (input) input.value = "";
}

function say(place, sentences) {
  const told = place?.querySelector("[data-errors-of]");
  if (told) write(told, sentences);
}

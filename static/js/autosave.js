// form[data-autosave]: each field is saved when it is left, or after a pause in typing.
// Nothing goes into browser storage: what is not saved yet lives in the form, and is sent again
// when the connection or the session returns.
//
// Request:  POST data-autosave-url, form-encoded: version, field, and the field's own value(s).
// 200:      {version, saved, errors?: {field: [sentence]}, fragments?: {id: html}}
// 409:      {version, by, at, theirs: {field: text}, words: {field: text}}: someone else saved these
//           fields first; `theirs` as their controls hold it, `words` as people read it.
// 422:      {errors: {field: [sentence]}}: not kept, and trying again would not help.
// `saved` and `at` are times as people read them. A fragment replaces the element with its id,
// unless the person is in it.

import { post, word } from "./http.js";
import { showConflict } from "./conflict.js";

const PAUSE = 900;
const TRY_AGAIN = 5_000;

export function startAutosave() {
  for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
}

function autosave(form) {
  const status = document.getElementById(form.dataset.autosaveStatus);
  const offline = form.querySelector("[data-offline]");
  const waiting = new Set();
  let running = false;
  let timer = 0;

  const say = (state, key, values) => {
    if (!status) return;
    status.dataset.state = state;
    status.textContent = word(key, values);
  };
  // Said for as long as it lasts: what is not saved is only here, and the page must stay open.
  const connection = (there) => {
    if (!offline) return;
    offline.hidden = there;
    offline.querySelector("[data-words]").textContent = there ? "" : word("offline-form", { count: waiting.size });
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(flush, pause);
  };

  function bodyOf(name, extra = {}) {
    const body = new URLSearchParams({ version: form.dataset.version ?? "", field: name, ...extra });
    for (const value of new FormData(form).getAll(name)) {
      if (typeof value === "string") body.append(name, value);
    }
    return body;
  }

  async function flush() {
    if (running || !waiting.size) return;
    running = true;
    const [name] = waiting;
    waiting.delete(name);
    // A field that left the page with an answer elsewhere has nothing to say any more.
    const there = Boolean(form.elements[name]);
    if (there) say("saving", "saving");
    const settled = !there || await send(name).catch(() => failed(name, "kept-here"));
    running = false;
    if (waiting.size) later(settled ? 0 : TRY_AGAIN);
  }

  function failed(name, key) {
    waiting.add(name);
    say("failed", key);
    connection(key !== "kept-here");
    return false;
  }

  async function send(name, extra) {
    const response = await post(form.dataset.autosaveUrl, bodyOf(name, extra));
    connection(true);
    if (!response) return failed(name, "kept-signed-out");
    if (response.status === 409) return differ(name, await response.json());
    if (response.status === 422) return refused(name, await response.json());
    if (!response.ok) return failed(name, "not-saved");
    const answer = await response.json();
    form.dataset.version = answer.version;
    mark(name, answer.errors?.[name] ?? []);
    Object.entries(answer.fragments ?? {}).forEach(replace);
    say("saved", "saved", { time: answer.saved });
    document.dispatchEvent(new CustomEvent("throughline:contact"));
    return true;
  }

  function refused(name, answer) {
    mark(name, answer.errors?.[name] ?? []);
    say("failed", "not-kept");
    return true;
  }

  function differ(name, answer) {
    form.dataset.version = answer.version;
    const theirs = Object.entries(answer.theirs ?? {});
    for (const [field, value] of theirs) {
      showConflict(form, field, { ...answer, value, words: answer.words?.[field] }, () => {
        waiting.add(field);
        later(0);
      });
    }
    say("conflict", "save-conflict", { who: answer.by });
    if (!theirs.some(([field]) => field === name)) waiting.add(name);
    return true;
  }

  function mark(name, errors) {
    const place = form.querySelector(`[data-errors-of="${CSS.escape(name)}"]`);
    if (errors.length) place?.setAttribute("role", "alert");
    place?.replaceChildren(...errors.map((error) => Object.assign(document.createElement("p"), { textContent: error })));
    place?.closest(".field")?.classList.toggle("field-invalid", errors.length > 0);
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      input.setAttribute("aria-invalid", String(errors.length > 0));
      input.classList.toggle("is-invalid", errors.length > 0);
      if (place) describe(input, place.id, errors.length > 0);
    }
  }

  // As the server writes it: readers say what is wrong whenever the focus comes back.
  function describe(input, id, wrong) {
    const picked = ["radio", "checkbox"].includes(input.type);
    const asked = (picked && input.closest("fieldset")) || input;
    const described = new Set((asked.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (wrong) described.add(id);
    else described.delete(id);
    if (described.size) asked.setAttribute("aria-describedby", [...described].join(" "));
    else asked.removeAttribute("aria-describedby");
  }

  form.addEventListener("input", (event) => {
    if (!event.target.name || event.target.type === "file") return;
    waiting.add(event.target.name);
    if (offline && !offline.hidden) connection(false);
    later(PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (waiting.has(event.target.name)) later(0);
  });
  window.addEventListener("offline", () => connection(false));
  window.addEventListener("online", () => {
    if (!waiting.size) connection(true);
    later(0);
  });
  document.addEventListener("throughline:signed-in", () => later(0));
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size && !form.dataset.sent) event.preventDefault();
  });
}

export function replace([id, html]) {
  const old = document.getElementById(id);
  if (!old || old.contains(document.activeElement)) return;
  old.outerHTML = html;
  window.htmx?.process(document.getElementById(id) ?? document.body);
}

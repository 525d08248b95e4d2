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
// unless the person is in it; what was typed into it and is not saved yet is put back.
// `version` is where the field itself was last seen: at the page's own, or when it was saved or
// drawn since. So a save of one field says nothing of what others wrote into the rest.

import { post, word } from "./http.js";
import { showConflict } from "./conflict.js";
import { tell } from "./errors.js";

const PAUSE = 900;
const TRY_AGAIN = 5_000;
// By form: what is typed and not saved yet, by field; and where a field was seen after the page.
const forms = new WeakMap();

export function startAutosave() {
  for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
}

function autosave(form) {
  const status = document.getElementById(form.dataset.autosaveStatus);
  const offline = form.querySelector("[data-offline]");
  const waiting = new Map();
  const seen = new Map();
  forms.set(form, { waiting, seen });
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

  const typed = (name) => new FormData(form).getAll(name).filter((value) => typeof value === "string");

  async function flush() {
    if (running || !waiting.size) return;
    running = true;
    const [[name, values]] = waiting;
    waiting.delete(name);
    say("saving", "saving");
    const settled = await send(name, values).catch(() => failed(name, values, "kept-here"));
    running = false;
    if (waiting.size) later(settled ? 0 : TRY_AGAIN);
  }

  function failed(name, values, key) {
    if (!waiting.has(name)) waiting.set(name, values);
    say("failed", key);
    connection(key !== "kept-here");
    return false;
  }

  async function send(name, values) {
    const body = new URLSearchParams({ version: seen.get(name) ?? form.dataset.version, field: name });
    for (const value of values) body.append(name, value);
    const response = await post(form.dataset.autosaveUrl, body);
    connection(true);
    if (!response) return failed(name, values, "kept-signed-out");
    if (response.status === 409) return differ(await response.json());
    if (response.status === 422) return refused(name, await response.json());
    if (!response.ok) return failed(name, values, "not-saved");
    const answer = await response.json();
    seen.set(name, answer.version);
    tell(form, name, answer.errors?.[name] ?? []);
    // The answer is this person's now, wherever the one before came from.
    form.querySelector(`[data-errors-of="${CSS.escape(name)}"]`)?.closest(".slot")?.querySelector(".slot-origin")?.remove();
    redraw(form, answer);
    if (!waiting.size) say("saved", "saved", { time: answer.saved });
    document.dispatchEvent(new CustomEvent("throughline:contact"));
    return true;
  }

  function refused(name, answer) {
    tell(form, name, answer.errors?.[name] ?? []);
    say("failed", "not-kept");
    return true;
  }

  function differ(answer) {
    for (const [field, value] of Object.entries(answer.theirs)) {
      seen.set(field, answer.version);
      showConflict(form, field, { ...answer, value, words: answer.words[field] }, () => {
        waiting.set(field, typed(field));
        later(0);
      });
    }
    say("conflict", "save-conflict", { who: answer.by });
    return true;
  }

  form.addEventListener("input", (event) => {
    if (!event.target.name || event.target.type === "file") return;
    waiting.set(event.target.name, typed(event.target.name));
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
  form.addEventListener("formdata", (event) => {
    event.formData.set("seen_since", JSON.stringify(Object.fromEntries(seen)));
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size && !form.dataset.sent) event.preventDefault();
  });
}

// Draw the parts of a form that an answer has changed, around what is being typed.
export function redraw(form, { version, fragments = {} }) {
  const { waiting, seen } = forms.get(form);
  for (const [id, html] of Object.entries(fragments)) {
    const old = document.getElementById(id);
    if (old?.contains(document.activeElement)) retell(form, html, waiting);
    if (!old || old.contains(document.activeElement)) continue;
    old.outerHTML = html;
    const drawn = document.getElementById(id);
    window.htmx?.process(drawn ?? document.body);
    for (const control of drawn?.querySelectorAll("[name]") ?? []) {
      if (waiting.has(control.name)) put(control, waiting.get(control.name));
      else seen.set(control.name, version);
    }
  }
}

// Where somebody is, nothing is drawn anew; what has become wrong there is told all the same.
function retell(form, html, waiting) {
  const drawn = Object.assign(document.createElement("template"), { innerHTML: html }).content;
  for (const { dataset, children } of drawn.querySelectorAll("[data-errors-of]")) {
    if (!waiting.has(dataset.errorsOf)) tell(form, dataset.errorsOf, Array.from(children, (each) => each.textContent.trim()));
  }
}

function put(control, values) {
  if (/^(checkbox|radio)$/.test(control.type)) control.checked = values.includes(control.value);
  else control.value = values[0] ?? "";
}

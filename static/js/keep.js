// When part of a form is drawn anew, what was typed since it was asked for stays, and so does the
// place in it: an answer that is on its way must never win over the person.

const sent = new WeakMap();

export function startKeep() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form) sent.set(event.detail.xhr, { form, values: texts(form) });
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = sent.get(event.detail.xhr);
    if (!asked || !asked.form.contains(event.detail.target)) return;
    asked.typed = [...texts(asked.form)].filter(([name, text]) => asked.values.get(name) !== text);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const asked = sent.get(event.detail.xhr);
    for (const [name, text] of asked?.typed ?? []) put(asked.form, name, text);
  });
}

// Every control by its name and, where several share one, its value; text or whether it is chosen.
function texts(form) {
  const found = new Map();
  for (const control of form.elements) {
    if (!control.name || control.type === "hidden") continue;
    const box = control.type === "radio" || control.type === "checkbox";
    found.set(box ? `${control.name}=${control.value}` : control.name, box ? control.checked : control.value);
  }
  return found;
}

function put(form, key, value) {
  for (const control of form.elements) {
    if (control.name === key) control.value = value;
    else if (`${control.name}=${control.value}` === key) control.checked = value;
  }
}

// What is wrong at a field, told as the server draws it.

// The mark before each sentence is the page's own, in its template #error-mark.
export function write(place, sentences) {
  if (sentences.length) place.setAttribute("role", "alert");
  place.replaceChildren(...sentences.map(line));
  place.closest(".field")?.classList.toggle("field-invalid", sentences.length > 0);
}

function line(sentence) {
  const told = document.createElement("p");
  const mark = document.getElementById("error-mark")?.content.cloneNode(true);
  told.append(...(mark ? [mark] : []), sentence);
  return told;
}

export function tell(form, name, sentences) {
  const place = form.querySelector(`[data-errors-of="${CSS.escape(name)}"]`);
  if (place) write(place, sentences);
  for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    input.setAttribute("aria-invalid", String(sentences.length > 0));
    input.classList.toggle("is-invalid", sentences.length > 0);
    if (place) describe(input, place.id, sentences.length > 0);
  }
}

// Readers say what is wrong whenever the focus comes back.
function describe(input, id, wrong) {
  const picked = ["radio", "checkbox"].includes(input.type);
  const asked = (picked && input.closest("fieldset")) || input;
  const described = new Set((asked.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (wrong) described.add(id);
  else described.delete(id);
  if (described.size) asked.setAttribute("aria-describedby", [...described].join(" "));
  else asked.removeAttribute("aria-describedby");
}

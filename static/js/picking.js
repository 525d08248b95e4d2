// Rows picked in a list: how many, all of the page at once, and a bar that shows when any is.

const boxes = () => [...document.querySelectorAll("[data-rows] tbody .row-pick")];

function tell() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const picked = boxes().filter((box) => box.checked).length;
  const words = bar.querySelector("[data-picked]");
  const said = picked === 1 ? words.dataset.one : words.dataset.many.replace("{n}", picked);
  if (words.textContent !== said) words.textContent = said;
  bar.toggleAttribute("data-none", picked === 0);
  const all = document.querySelector("[data-pick-all]");
  if (!all) return;
  all.checked = picked > 0 && picked === boxes().length;
  all.indeterminate = picked > 0 && !all.checked;
}

export function startPicking() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches(".row-pick")) tell();
  });
  document.addEventListener("htmx:afterSettle", tell);
  window.addEventListener("pageshow", tell);
  tell();
}

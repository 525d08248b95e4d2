// Toasts in the page's one live region. Good news leaves by itself; trouble stays until dismissed.

const LEAVES_AFTER = 10_000;

export function toast(text) {
  const region = document.getElementById("toasts");
  const pattern = document.getElementById("toast-error");
  if (!region || !pattern) return;
  const shown = pattern.content.firstElementChild.cloneNode(true);
  shown.querySelector(".toast-words").textContent = text;
  for (const other of region.querySelectorAll(".toast-words")) {
    if (other.textContent.trim() === text) other.closest(".toast").remove();
  }
  region.append(shown);
}

export function startToasts() {
  const region = document.getElementById("toasts");
  if (!region) return;
  region.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  });
  const schedule = (node) => {
    if (!node.matches?.(".toast-success, .toast-info")) return;
    const leave = () => (node.matches(":hover, :focus-within") ? setTimeout(leave, LEAVES_AFTER) : node.remove());
    setTimeout(leave, LEAVES_AFTER);
  };
  region.querySelectorAll("[data-toast]").forEach(schedule);
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(schedule);
  }).observe(region, { childList: true });
}

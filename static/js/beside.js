// [data-beside]: the pages a form is keyed from. Alt with Page Down or Page Up goes to the next or
// the one before without leaving the field, as does any [data-beside-to]; what is typed into a form
// that saves itself is kept with the page in view.

export function startBeside() {
  const beside = document.querySelector("[data-beside]");
  const form = document.querySelector("form[data-autosave]");
  if (!beside) return;
  const pages = [...beside.querySelectorAll("[data-beside-page]")];
  const links = [...beside.querySelectorAll("[data-beside-to]")];
  const strip = beside.querySelector("[data-beside-pages]");
  let shown = null;

  function show(page) {
    if (page === shown) return;
    shown = page;
    const number = page.dataset.besidePage;
    for (const link of links) link.toggleAttribute("aria-current", link.dataset.besideTo === number);
    if (!form) return;
    form.dataset.autosaveUrl = withPage(form.dataset.autosaveUrl, number);
    form.action = withPage(form.action, number);
  }

  function go(page) {
    if (!page) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    strip.scrollTo({ top: page.offsetTop - strip.offsetTop, behavior: calm ? "auto" : "smooth" });
    show(page);
  }

  // The page in view is the one that the middle of the strip is on.
  strip.addEventListener("scroll", () => {
    const middle = strip.getBoundingClientRect().top + strip.clientHeight / 2;
    const found = pages.find((page) => page.getBoundingClientRect().bottom > middle);
    if (found) show(found);
  }, { passive: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-beside-to]");
    if (!link) return;
    event.preventDefault();
    go(pages.find((page) => page.dataset.besidePage === link.dataset.besideTo));
  });
  document.addEventListener("keydown", (event) => {
    const step = { PageDown: 1, PageUp: -1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    go(pages[pages.indexOf(shown) + step]);
  });
  const asked = new URLSearchParams(location.search).get("page");
  const first = pages.find((page) => page.dataset.besidePage === asked);
  first ? go(first) : show(pages[0]);
}

function withPage(address, number) {
  const url = new URL(address, location.href);
  url.searchParams.set("page", number);
  return url.pathname + url.search;
}

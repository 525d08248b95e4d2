// Dialogs, menus, the fold of the rail, light and dark.

const remember = (name, value) => {
  const age = value ? 31_536_000 : 0;
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};

export const openDialog = (id) => {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open || document.querySelector("dialog[open]")) return null;
  dialog.showModal();
  return dialog;
};

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-theme-set]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeSet === theme));
  }
}

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  remember("theme", theme);
  showTheme();
}

function foldRail() {
  const root = document.documentElement;
  const folded = root.dataset.rail === "collapsed";
  if (folded) delete root.dataset.rail;
  else root.dataset.rail = "collapsed";
  remember("rail", folded ? "" : "collapsed");
}

function onClick(event) {
  const { target } = event;
  const opener = target.closest("[data-opens]");
  if (opener) openDialog(opener.dataset.opens);
  if (target.closest("[data-closes]")) target.closest("dialog")?.close();
  if (target.matches("dialog.dialog:not(#idle)")) target.close();
  if (target.closest("[data-rail-fold]")) foldRail();
  const theme = target.closest("[data-theme-set]");
  if (theme) setTheme(theme.dataset.themeSet);
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
}

function onKey(event) {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

export function startOverlays() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  showTheme();
}

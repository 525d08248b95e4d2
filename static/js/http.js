// Requests to our own server, with the page's CSRF token; and what to do when signed out.

export const csrfToken = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

// The words of scripts stand in the page (shell/words.html), so that they are translated there.
export const word = (key, values = {}) =>
  Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, value),
    document.getElementById("words")?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? key,
  );

const signInPath = () => {
  const link = document.querySelector("#idle a[href]");
  return link ? new URL(link.href).pathname : null;
};

export const isSignInPage = (address) => Boolean(address) && new URL(address, location.href).pathname === signInPath();

export const signedOut = () => document.dispatchEvent(new CustomEvent("throughline:signed-out"));

// Raises TypeError without a connection, as fetch does. A session that ended is announced.
export async function post(address, body, options = {}) {
  const response = await fetch(address, {
    method: "POST",
    body,
    credentials: "same-origin",
    ...options,
    headers: { "X-CSRFToken": csrfToken(), Accept: "application/json", ...options.headers },
  });
  if (response.status === 401 || (response.redirected && isSignInPage(response.url))) {
    signedOut();
    return null;
  }
  return response;
}

// After signing in again in another tab the old token is void: take the new one from the page's
// own address. Answers what that page says of its session (data-* of #idle), or null for nobody.
export async function renewToken() {
  const response = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
  if (!response.ok || isSignInPage(response.url)) return null;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const token = fresh.querySelector("meta[name=csrf-token]")?.content;
  if (!token) return null;
  document.querySelector("meta[name=csrf-token]").content = token;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return fresh.getElementById("idle")?.dataset ?? null;
}

// Talks to the emulator. What goes wrong is told in one place at the top of the page.

import { by, setText, show } from "/page/dom.js";

let hide = 0;

export function tell(text) {
  const box = by("trouble");
  setText(box, text);
  show(box, text !== "");
  clearTimeout(hide);
  if (text) hide = setTimeout(() => show(box, false), 8000);
}

async function ask(method, path, body) {
  const options = { method };
  if (method === "POST") {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(path, options);
  const text = await response.text();
  if (!response.ok) {
    let reason = text;
    try { reason = JSON.parse(text).error ?? text; } catch { /* it was plain text */ }
    throw new Error(reason || `${response.status}`);
  }
  return JSON.parse(text);
}

export const get = (path) => ask("GET", path);
export const post = (path, body) => ask("POST", path, body);

// Wraps a handler: its failure is told to the user, never swallowed. The button rests meanwhile.
export function told(act) {
  return async (event) => {
    const button = event?.currentTarget instanceof HTMLButtonElement ? event.currentTarget : null;
    if (button) button.setAttribute("aria-busy", "true");
    try {
      await act(event);
    } catch (error) {
      tell(error.message);
    } finally {
      if (button) button.removeAttribute("aria-busy");
    }
  };
}

// Small helpers. Rule of all scripts here: text goes in by textContent only, so nothing shown can become markup.

export const by = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node, visible) {
  node.hidden = !visible;
}

const ICONS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  attach: "M12 5v14M5 12h14",
  send: "M4 12 20 4l-5 16-4-6z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  globe: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
  photo: "M4 6h16v12H4zM4 16l5-5 4 4 3-2 4 4",
  voice: "M8 5v14l11-7z",
  audio: "M8 5v14l11-7z",
  video: "M4 6h12v12H4zM16 10l4-3v10l-4-3",
  document: "M6 3h8l4 4v14H6zM14 3v4h4",
  location: "M12 21c5-6 6-8 6-11a6 6 0 0 0-12 0c0 3 1 5 6 11M12 10h.01",
  contact: "M12 12a4 4 0 1 0 0-8a4 4 0 1 0 0 8M5 20c1-4 3-5 7-5s6 1 7 5",
  waiting: "M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2",
  unlock: "M6 11h12v9H6zM9 11V7a3 3 0 0 1 6 0",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A picture character, drawn: not every machine has a font for it. The character itself stays readable to all but eyes.
const DRAWN = { "🌐": "globe" };

export function drawn(text) {
  return text.split(/(🌐)/u).filter(Boolean).map((part) => (
    DRAWN[part] ? make("span", { class: "drawn" }, icon(DRAWN[part]), make("span", { class: "unseen", text: part })) : part));
}

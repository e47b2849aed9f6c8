// One message as a bubble: text with its marked parts, buttons, time.

import { told } from "/page/api.js";
import { drawn, icon, make } from "/page/dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", bot_command: "span", text_link: "span", spoiler: "span" };
const PICTURES = ["photo", "voice", "audio", "video", "document", "location", "contact"];

// Offsets are UTF-16 code units, which is what a JavaScript string counts in.
export function marked(text, entities) {
  const cuts = [...new Set([0, text.length, ...entities.flatMap((one) => [one.offset, one.offset + one.length])])]
    .filter((cut) => cut >= 0 && cut <= text.length).sort((a, b) => a - b);
  const parts = [];
  for (let at = 0; at + 1 < cuts.length; at += 1) {
    const [from, to] = [cuts[at], cuts[at + 1]];
    let nodes = drawn(text.slice(from, to));
    for (const one of entities) {
      if (one.offset <= from && one.offset + one.length >= to && TAGS[one.type]) {
        nodes = [make(TAGS[one.type], { class: `is-${one.type}` }, ...nodes)];
      }
    }
    parts.push(...nodes);
  }
  return parts;
}

export function bubble(message, { say, time, press, more }) {
  const node = make("article", { class: message.mine ? "bubble mine" : "bubble", "data-id": message.message_id });
  const body = make("div", { class: `body kind-${message.kind}` });
  if (message.forwarded) body.append(make("span", { class: "forwarded", dir: "auto", text: say.forwarded }));
  if (PICTURES.includes(message.kind)) body.append(make("span", { class: "picture", "aria-hidden": "true" }, icon(message.kind)));
  body.append(make("p", { class: "text", dir: "auto" }, ...marked(message.text, message.entities)));
  const edited = message.edited ? `${say.edited} ` : "";
  body.append(make("span", { class: "meta" }, make("bdi", { text: edited }), make("time", { text: time })));
  const dots = make("button", { type: "button", class: "dots", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": say.more, "data-of": message.message_id, on: { click: () => more(dots, message) } }, icon("more"));
  body.append(dots);
  node.append(body);
  for (const row of message.buttons) {
    node.append(make("div", { class: "keys" }, ...row.map((key) => {
      const button = make("button", { type: "button", dir: "auto", on: { click: told(() => press(button, message, key)) } }, make("span", {}, ...drawn(key.text)));
      if (key.url) button.classList.add("leads-out");
      return button;
    })));
  }
  return node;
}

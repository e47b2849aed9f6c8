// The phone: lock screen, chat, keyboard. Draws a state the emulator sent; every tap is a request back.

import { get, post, told } from "/page/api.js";
import { bubble } from "/page/bubbles.js";
import { by, icon, make, setText, show } from "/page/dom.js";
import { direction, words } from "/page/words.js";

let state = null;
let shownToast = "";
let toastTimer = 0;
let editing = 0;
let lastLook = 0;

const act = (action, body) => post(`/pilot/phones/${state.id}/${action}`, body);

export function setUp() {
  by("menu").append(icon("menu"));
  by("attach").append(icon("attach"));
  by("send").append(icon("send"));
  by("unlock").addEventListener("click", told(() => act("look")));
  by("lock").addEventListener("click", told(() => act(state.looking ? "lock" : "look")));
  by("begin").addEventListener("click", told(() => act("start", {})));
  by("write").addEventListener("submit", (event) => { event.preventDefault(); told(send)(); });
  by("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); by("write").requestSubmit(); }
    if (event.key === "Escape" && editing) stopEditing();
  });
  by("text").addEventListener("input", grow);
  by("menu").addEventListener("click", () => popup(by("menu"), state.commands.map((one) => (
    { text: `/${one.command}`, note: one.description, act: () => act("type", { text: `/${one.command}` }) }))));
  by("attach").addEventListener("click", () => popup(by("attach"), [
    ...["photo", "sticker", "voice", "location"].map((kind) => ({ text: words(state.language_code)[kind], act: () => act("send", { kind }) })),
    { text: words(state.language_code).file, act: pick },
  ]));
  by("file").addEventListener("change", told(sendFile));
  by("alert-ok").addEventListener("click", () => { show(by("alert"), false); by("text").focus(); });
  by("device").addEventListener("pointerdown", keepAwake);
  by("device").addEventListener("keydown", keepAwake);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePopup(true); });
  by("popup").addEventListener("keydown", (event) => {
    const items = [...by("popup").querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  document.addEventListener("click", (event) => {
    if (!by("popup").hidden && !by("popup").contains(event.target) && !event.target.closest("[aria-haspopup]")) closePopup();
  });
}

export function draw(next) {
  const other = state === null || state.id !== next.id;
  const opened = !other && !state.looking && next.looking && by("locked").contains(document.activeElement);
  state = next;
  if (other) { stopEditing(); closePopup(); shownToast = next.toast?.query_id ?? ""; by("text").value = ""; by("log").replaceChildren(); show(by("toast"), false); show(by("alert"), false); }
  const say = words(next.language_code);
  const device = by("device");
  device.dir = direction(next.language_code);
  device.lang = next.language_code;
  show(by("locked"), !next.looking);
  show(by("chat"), next.looking);
  by("lock").setAttribute("aria-label", next.looking ? "Lock the phone" : "Unlock the phone");
  setText(by("signal"), next.offline ? "✕" : "▂▄▆");
  by("signal").title = next.offline ? "No network" : "Network";
  drawLock(say);
  drawChat(say, other);
  drawToast();
  if (opened) (by("begin").hidden ? by("text") : by("begin")).focus({ preventScroll: true });
}

export function tick(now) {
  if (state === null) return;
  const format = (options) => new Intl.DateTimeFormat(locale(), { timeZone: state.zone, ...options }).format(now);
  const time = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  setText(by("status-time"), time);
  setText(by("big-time"), time);
  setText(by("big-date"), format({ weekday: "long", day: "numeric", month: "long" }));
}

function drawLock(say) {
  const list = by("notices");
  const wanted = JSON.stringify([state.id, state.language_code, state.lock_screen]);
  if (list.dataset.shown !== wanted) {
    list.dataset.shown = wanted;
    list.replaceChildren(...state.lock_screen.map((one) => make("li", { class: one.silent ? "notice silent" : "notice" },
      make("p", { class: "notice-head" }, make("bdi", { text: one.title }), make("time", { text: clock(one.at) })),
      make("p", { class: "notice-text", dir: "auto", text: one.text }))));
  }
  const unlock = by("unlock");
  if (unlock.dataset.label !== say.open) {
    unlock.dataset.label = say.open;
    unlock.replaceChildren(icon("unlock"), make("span", { text: say.open }));
  }
}

function drawChat(say, fresh) {
  setText(by("bot-name"), state.bot.name);
  setText(by("face"), [...state.bot.name][0] ?? "");
  const kind = state.offline ? say.waiting : state.action ? say.typing : say.bot;
  setText(by("bot-kind"), kind);
  const silent = state.blocked || state.deactivated;
  show(by("write"), state.started && !silent);
  show(by("begin"), !state.started || silent);
  setText(by("begin"), state.started ? say.restart : say.start);
  by("text").placeholder = say.message;
  turn();
  by("text").setAttribute("aria-label", say.message);
  for (const name of ["menu", "attach", "send"]) { by(name).setAttribute("aria-label", say[name]); by(name).title = say[name]; }
  show(by("menu"), state.commands.length > 0);
  setText(by("editing"), say.editing);
  drawKeyboard(silent);
  // Last: what stands below the log decides how much of it shows, and so how far down its end is.
  drawLog(say, fresh);
}

function drawLog(say, fresh) {
  const log = by("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const had = new Map([...log.querySelectorAll(".bubble[data-id]")].map((node) => [Number(node.dataset.id), node]));
  const focused = document.activeElement?.closest?.(".bubble[data-id]");
  const where = focused ? [Number(focused.dataset.id), [...focused.querySelectorAll("button")].indexOf(document.activeElement)] : null;
  let last = 0;
  let changed = false;
  const nodes = [];
  for (const one of state.screen) {
    const seal = JSON.stringify([one, state.language_code, state.zone]);
    const old = had.get(one.message_id);
    if (old?.dataset.seal === seal) nodes.push(old);
    else {
      const node = bubble(one, { say, time: clock(one.date * 1000), press, more });
      node.dataset.seal = seal;
      if (!old && !fresh) node.classList.add("arrives");
      nodes.push(node);
      changed = true;
    }
    last = one.message_id;
  }
  const waiting = JSON.stringify(state.unsent);
  if (!changed && nodes.length === had.size && log.dataset.waiting === waiting && log.dataset.empty === undefined) return;
  log.dataset.waiting = waiting;
  delete log.dataset.empty;
  if (nodes.length === 0) {
    log.dataset.empty = "";
    nodes.push(make("div", { class: "about" }, make("strong", { text: say.about, dir: "auto" }), make("p", { text: state.bot.description || state.bot.name, dir: "auto" })));
  }
  nodes.push(...state.unsent.map((text) => make("article", { class: "bubble mine waiting" },
    make("div", { class: "body" }, make("p", { class: "text", dir: "auto", text }), make("span", { class: "meta" }, icon("waiting"))))));
  log.replaceChildren(...nodes);
  if (atEnd || fresh || (last && !had.has(last))) log.scrollTop = log.scrollHeight;
  if (where) {
    const again = log.querySelector(`.bubble[data-id="${where[0]}"]`)?.querySelectorAll("button")[Math.max(0, where[1])];
    (again ?? log).focus({ preventScroll: true });
  }
}

function drawKeyboard(silent) {
  const box = by("keyboard");
  const seal = JSON.stringify(state.keyboard);
  show(box, state.keyboard.length > 0 && !silent);
  if (box.dataset.shown === seal) return;
  box.dataset.shown = seal;
  box.replaceChildren(...state.keyboard.map((row) => make("div", { class: "keys" }, ...row.map((key) => (
    make("button", { type: "button", dir: "auto", text: key.text, on: { click: told(() => act("press_key", { label: key.text })) } }))))));
}

function drawToast() {
  const toast = state.toast;
  if (!toast || toast.query_id === shownToast) return;
  shownToast = toast.query_id;
  for (const node of by("log").querySelectorAll(".pressed")) node.classList.remove("pressed");
  if (!toast.text) return;
  if (toast.alert) {
    setText(by("alert-text"), toast.text);
    show(by("alert"), true);
    by("alert-ok").focus();
    return;
  }
  flash(toast.text);
}

function flash(text) {
  setText(by("toast"), text);
  show(by("toast"), true);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => show(by("toast"), false), 3500);
}

// The data of the button that was on the glass, even if the message changes at this moment: as a real phone does.
async function press(node, message, key) {
  if (key.url) { flash(`↗ ${key.url}`); return; }
  node.classList.add("pressed");
  setTimeout(() => node.classList.remove("pressed"), 4000);
  await act("press_old", { message_id: message.message_id, held: key.held });
}

function more(anchor, message) {
  const say = words(state.language_code);
  const own = message.mine && message.kind === "text" && !message.forwarded;
  popup(anchor, [
    ...(own ? [{ text: say.edit, act: () => startEditing(message) }] : []),
    { text: say.remove, act: () => act("delete", { message_id: message.message_id }) },
  ]);
}

function popup(anchor, items) {
  const box = by("popup");
  if (!box.hidden && box.dataset.anchor === anchor.id + anchor.dataset.of) { closePopup(); return; }
  closePopup();
  if (items.length === 0) return;
  box.dataset.anchor = anchor.id + anchor.dataset.of;
  anchor.setAttribute("aria-expanded", "true");
  box.replaceChildren(...items.map((one) => make("button", { type: "button", role: "menuitem", on: { click: told(async () => { closePopup(); await one.act(); }) } },
    make("bdi", { text: one.text }), one.note ? make("span", { class: "note", dir: "auto", text: one.note }) : "")));
  show(box, true);
  box.querySelector("button").focus({ preventScroll: true });
}

function closePopup(back = false) {
  if (back && !by("popup").hidden) document.querySelector("[aria-expanded=true]")?.focus();
  show(by("popup"), false);
  by("popup").dataset.anchor = "";
  for (const node of document.querySelectorAll("[aria-expanded=true]")) node.setAttribute("aria-expanded", "false");
}

function pick() {
  by("file").value = "";
  by("file").click();
}

// A picture, sound or film goes as such, as Telegram's own apps send it; everything else as a document.
async function sendFile() {
  const [file] = by("file").files;
  if (!file) return;
  const kind = { image: "photo", audio: "audio", video: "video" }[file.type.split("/")[0]] ?? "document";
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
  await act("send", { kind, name: file.name, type: file.type, content: url.slice(url.indexOf(",") + 1) });
}

async function send() {
  const field = by("text");
  const text = field.value;
  if (!text.trim()) return;
  if (editing) await act("edit", { message_id: editing, text });
  else await act("type", { text });
  field.value = "";
  stopEditing();
  grow();
}

async function startEditing(message) {
  editing = message.message_id;
  by("text").value = message.text;
  show(by("editing"), true);
  grow();
  by("text").focus();
}

function stopEditing() {
  if (editing) by("text").value = "";
  editing = 0;
  show(by("editing"), false);
}

// An empty field stands as the phone stands; a text as its first strong letter does.
function turn() {
  by("text").dir = by("text").value ? "auto" : direction(state.language_code);
}

function grow() {
  turn();
  const field = by("text");
  field.rows = Math.min(5, Math.max(1, field.value.split("\n").length, Math.ceil(field.value.length / 34)));
}

function keepAwake() {
  if (!state?.looking || Date.now() - lastLook < 60_000) return;
  lastLook = Date.now();
  act("look").catch(() => {});
}

function clock(at) {
  return new Intl.DateTimeFormat(locale(), { timeZone: state.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
}

// Days before months: the people here read English as Europeans write it.
const locale = () => (state.language_code === "en" ? ["en-GB"] : [state.language_code, "en-GB"]);

export const refresh = async () => draw(await get(`/pilot/phones/${state.id}`));

// Joins the page's parts: which phone is shown, the live stream of its states, the clock that ticks.

import { get, post, tell, told } from "/page/api.js";
import * as beside from "/page/beside.js";
import { by, make } from "/page/dom.js";
import * as phone from "/page/phone.js";
import { LANGUAGES, ZONES, place, zoneOf } from "/page/words.js";

let stream = null;
let chosen = 0;
let offset = 0;

const setTime = (iso) => { offset = Date.parse(iso) - Date.now(); tick(); };

function tick() {
  const now = new Date(Date.now() + offset);
  phone.tick(now);
  beside.tick(now);
}

function drawAll(state) {
  if (state.id !== chosen) return;
  drawTabs(state.phones);
  phone.draw(state);
  beside.draw(state);
  setTime(state.now);
}

function choose(id) {
  chosen = id;
  history.replaceState(null, "", `#${id}`);
  stream?.close();
  stream = new EventSource(`/pilot/events?phone=${id}`);
  stream.onmessage = (event) => { tell(""); drawAll(JSON.parse(event.data)); };
  stream.onerror = () => tell("The demonstration does not answer. Is it still running?");
}

function tab(one) {
  const unread = one.unread && one.id !== chosen ? make("span", { class: "unread", text: one.unread, title: "unread notifications" }) : "";
  return make("button", { type: "button", "aria-pressed": String(one.id === chosen), "data-phone": one.id, on: { click: () => choose(one.id) } }, make("bdi", { text: one.name }), unread);
}

function drawTabs(phones) {
  const seal = JSON.stringify([phones, chosen]);
  if (by("tabs").dataset.shown === seal) return;
  by("tabs").dataset.shown = seal;
  const focused = document.activeElement?.dataset?.phone;
  by("tabs").replaceChildren(...phones.map(tab));
  by("tabs").querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focused) by("tabs").querySelector(`[data-phone="${focused}"]`)?.focus();
}

function setUpNewPhone() {
  beside.fill(by("new-language"), LANGUAGES.map(([code, name]) => [code, name]), "en");
  beside.fill(by("new-zone"), ZONES.map((zone) => [zone, place(zone)]), zoneOf("en"));
  by("new-language").addEventListener("change", () => { by("new-zone").value = zoneOf(by("new-language").value); });
  by("add-phone").addEventListener("click", () => by("new-phone").showModal());
  by("new-cancel").addEventListener("click", () => by("new-phone").close());
  by("new-form").addEventListener("submit", told(async () => {
    const made = await post("/pilot/phones", { language_code: by("new-language").value, zone: by("new-zone").value });
    choose(made.id);
  }));
}

async function begin() {
  phone.setUp();
  const about = await get("/pilot");
  beside.setUp(about, setTime);
  setTime(about.now);
  setUpNewPhone();
  let phones = await get("/pilot/phones");
  if (phones.length === 0) phones = [await post("/pilot/phones", { language_code: "en", zone: zoneOf("en") })];
  const wanted = Number(location.hash.slice(1));
  choose(phones.find((one) => one.id === wanted)?.id ?? phones[0].id);
  setInterval(tick, 1000);
}

begin().catch((error) => tell(error.message));

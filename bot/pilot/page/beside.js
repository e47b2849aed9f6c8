// What stands beside the phone: time travel, the phone's settings, the link, the server's and the researcher's panels.

import { get, post, tell, told } from "/page/api.js";
import { by, make, setText, show } from "/page/dom.js";
import { LANGUAGES, ZONES, place, zoneOf } from "/page/words.js";

let state = null;
let parts = {};
let serverTimer = 0;
let serverRevision = -1;

const act = (action, body) => post(`/pilot/phones/${state.id}/${action}`, body);

export function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, label]) => make("option", { value, text: label, selected: value === chosen })));
}

export function setUp(about, travelled) {
  parts = about;
  for (const [id, text] of [["demo", about.banner.demo], ["drafts", about.banner.translations]]) {
    setText(by(id), text);
    show(by(id), text !== "");
  }
  show(by("travel"), about.travel);
  show(by("next"), about.next_event);
  show(by("server"), about.server_holds);
  show(by("researcher"), about.researcher_open);
  show(by("invite"), about.invite);
  for (const button of by("travel").querySelectorAll("button")) {
    button.addEventListener("click", told(async () => arrived(await post("/pilot/travel", { seconds: Number(button.dataset.seconds) }), travelled)));
  }
  by("next-event").addEventListener("click", told(async () => arrived(await post("/pilot/next-event"), travelled)));
  by("language").addEventListener("change", told(() => act("settings", settled(by("language").value))));
  by("zone").addEventListener("change", told(() => act("settings", { zone: by("zone").value })));
  by("network").addEventListener("change", told(() => act("network", { off: by("network").checked })));
  by("block").addEventListener("click", told(() => act(state.blocked ? "unblock" : "block")));
  by("enrol").addEventListener("submit", (event) => { event.preventDefault(); told(enrol)(); });
  by("invite").addEventListener("click", told(async () => { by("link").value = (await post("/pilot/invite")).link; await enrol(); }));
  by("server-again").addEventListener("click", told(server));
  by("open").addEventListener("click", told(researcher));
}

function arrived(answer, travelled) {
  setText(by("time-said"), answer.what);
  travelled(answer.now);
}

export function draw(next) {
  const other = state === null || state.id !== next.id;
  state = next;
  if (other || by("language").value !== next.language_code) {
    const known = LANGUAGES.map(([code, name]) => [code, name]);
    fill(by("language"), known.some(([code]) => code === next.language_code) ? known : [[next.language_code, next.language_code], ...known], next.language_code);
  }
  if (other || by("zone").value !== next.zone) {
    const zones = (ZONES.includes(next.zone) ? ZONES : [next.zone, ...ZONES]).map((zone) => [zone, place(zone)]);
    fill(by("zone"), zones, next.zone);
  }
  by("network").checked = next.offline;
  setText(by("block"), next.blocked ? "Unblock the bot" : "Block the bot");
  if (parts.server_holds && next.revision !== serverRevision) {
    serverRevision = next.revision;
    clearTimeout(serverTimer);
    serverTimer = setTimeout(() => server().catch((error) => tell(error.message)), 600);
  }
}

export function tick(now) {
  if (state === null) return;
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: state.zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
  setText(by("now"), `${format.format(now)} in ${place(state.zone)}`);
  by("now").dateTime = now.toISOString().slice(0, 16);
}

// Until it has met the bot, a phone that changes its language stands where that language is spoken.
const settled = (code) => ({ language_code: code, zone: state.started ? state.zone : zoneOf(code) });

async function enrol() {
  const given = by("link").value.trim();
  const token = /[?&]start=([^&#\s]*)/.exec(given)?.[1] ?? given;
  if (/[^A-Za-z0-9_-]/.test(token) || token.length > 64) throw new Error("That is not an enrolment link: a token has at most 64 letters, digits, - and _.");
  await act("start", { token });
}

async function server() {
  const box = by("server-tables");
  // Whatever was opened stays open; at first the one that matters most is.
  const known = new Map([...box.querySelectorAll("details")].map((node) => [node.dataset.table, node.open]));
  const holds = await get("/pilot/server");
  const drawOne = (one, at) => {
    const details = table(one);
    details.open = known.get(one.table) ?? (at === 0 && Boolean(one.title));
    return details;
  };
  const aside = holds.filter((one) => one.aside);
  const rest = make("details", { class: "rest", "data-table": "", open: known.get("") ?? false },
    make("summary", {}, make("span", { class: "table-name", text: "What else" }), make("span", { class: "count", text: aside.length })),
    make("div", { class: "aside" }, ...aside.map((one) => drawOne(one))));
  box.replaceChildren(...holds.filter((one) => !one.aside).map((one, at) => drawOne(one, at)), ...(aside.length ? [rest] : []));
}

async function researcher() {
  const found = await post("/pilot/researcher");
  const counts = Object.entries(found.reconciliation);
  const agree = new Set(counts.map(([, count]) => String(count))).size <= 1;
  by("opened").replaceChildren(
    ...(counts.length ? [make("p", { class: agree ? "counts agree" : "counts differ" },
      ...counts.map(([name, count], at) => make("span", {}, at ? (agree ? " = " : " ≠ ") : "", make("b", { text: count }), ` ${name}`)))] : []),
    ...found.tables.map((one) => { const details = table(one); details.open = true; return details; }),
    ...(found.files.length ? [written(found.files)] : []),
  );
}

function written(files) {
  return make("details", {}, make("summary", {}, make("span", { class: "table-name", text: "Files written" }), make("span", { class: "count", text: files.length })),
    make("ul", { class: "files" }, ...files.map((name) => make("li", {}, make("code", { text: name })))));
}

function table({ table: name, rows, title, note, total }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const details = make("details", { "data-table": name }, make("summary", {},
    make("span", { class: "table-name", text: title || name }), ...(title ? [make("span", { class: "table-code", text: name })] : []),
    make("span", { class: "count", text: total ?? rows.length })));
  if (note) details.append(make("p", { class: "hint", text: note, dir: "auto" }));
  if (rows.length) {
    details.append(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title || name }, make("table", {},
      make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col", text: column })))),
      make("tbody", {}, ...rows.map((row) => make("tr", {}, ...columns.map((column) => make("td", { dir: "auto", title: row[column] ?? "", text: row[column] ?? "" }))))))));
  } else details.append(make("p", { class: "empty", text: "Nothing yet." }));
  if (total > rows.length && rows.length) details.append(make("p", { class: "hint", text: `${rows.length} of ${total} rows are shown.` }));
  return details;
}

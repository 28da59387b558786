"use strict";

const SEATS = ["whatsapp", "telegram", "staff", "admin"];
const PANES = [...SEATS, "ledger"];
const AHEAD = new Set(["planned", "postponed"]);
const AHEAD_AT_FIRST = 4;
const WELCOME = "welcome";
const TOUR = [
  ["Ask", () => spoken("whatsapp").some((message) => !message.mine)],
  ["Complain", () => spoken("staff").length > 0],
  ["Take", () => spoken("staff").some((message) => message.edited)],
  ["Wait", () => !awaitsWelcome()],
  ["Rules", () => spoken("admin").some((message) => message.mine)],
];
const TICKS = { waiting: "◷", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };
const LOCALES = { en: "en-GB", ru: "ru-RU" };
const NARROW = matchMedia("(max-width: 759px)");

let language = remembered("language") || (navigator.language.startsWith("ru") ? "ru" : "en");
let state = null;
let clockBase = null;
let selected = "whatsapp";
const panes = {};
const tabs = {};
const drawn = Object.fromEntries(SEATS.map((seat) => [seat, new Map()]));
const shownNotes = {};
let firstPicture = true;
let allAhead = false;

const word = (name) => WORDS[language][name] || name;

function remembered(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

function remember(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a browser without storage forgets, nothing more */ }
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function post(name, body) {
  try {
    const reply = await fetch(`/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body || {}),
    });
    if (!reply.ok) speak(`${word("failed")} ${await reply.text()}`);
    return reply.ok;
  } catch {
    offline(true);
    return false;
  }
}

function speak(text) {
  document.getElementById("spoken").textContent = text;
}

function offline(is) {
  document.getElementById("offline").hidden = !is;
}

/* ---- building the stage, once ---- */

function build() {
  const stage = document.getElementById("stage");
  for (const seat of SEATS) stage.append(buildPhone(seat));
  stage.append(buildLedger());
  for (const name of PANES) document.getElementById("tabs").append(buildTab(name));
  document.getElementById("tabs").addEventListener("keydown", turnTabs);
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => moveClock(button));
  }
  document.getElementById("language").addEventListener("click", switchLanguage);
  NARROW.addEventListener("change", arrange);
  document.addEventListener("visibilitychange", readWhatsapp);
  arrange();
  translate();
}

function buildPhone(seat) {
  const pane = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
  pane.id = `pane-${seat}`;
  pane.classList.add(seat);
  pane.querySelector(".title").id = `title-${seat}`;
  pane.querySelector(".log").setAttribute("aria-labelledby", `title-${seat}`);
  const input = pane.querySelector(".input");
  input.id = `say-${seat}`;
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      pane.querySelector("form").requestSubmit();
    }
  });
  input.addEventListener("input", () => grow(input));
  pane.querySelector(".own-label").hidden = seat !== "whatsapp";
  pane.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    say(seat, input);
  });
  new ResizeObserver(() => scrollDown(seat)).observe(pane.querySelector(".log"));
  panes[seat] = pane;
  return pane;
}

function buildLedger() {
  const pane = document.getElementById("ledger-template").content.firstElementChild.cloneNode(true);
  pane.id = "pane-ledger";
  pane.querySelector(".title").id = "ledger-title";
  pane.querySelector(".more").addEventListener("click", () => {
    allAhead = !allAhead;
    drawLedger();
  });
  panes.ledger = pane;
  return pane;
}

function buildTab(name) {
  const tab = make("button", "tab");
  tab.type = "button";
  tab.id = `tab-${name}`;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", `pane-${name}`);
  tab.append(make("span", "tab-word"), make("span", "dot"));
  tab.addEventListener("click", () => choose(name));
  tabs[name] = tab;
  return tab;
}

/* ---- narrow screens show one pane at a time ---- */

function arrange() {
  for (const name of PANES) {
    const chosen = name === selected;
    panes[name].hidden = NARROW.matches && !chosen;
    if (NARROW.matches) {
      panes[name].setAttribute("role", "tabpanel");
      panes[name].setAttribute("aria-labelledby", `tab-${name}`);
    } else {
      panes[name].setAttribute("role", "region");
      panes[name].setAttribute("aria-labelledby", name === "ledger" ? "ledger-title" : `title-${name}`);
    }
    tabs[name].setAttribute("aria-selected", String(chosen));
    tabs[name].tabIndex = chosen ? 0 : -1;
    if (chosen) mark(name, false);
  }
  scrollDown(selected);
  readWhatsapp();
}

function choose(name) {
  selected = name;
  arrange();
}

function turnTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const edge = { Home: 0, End: PANES.length - 1 }[event.key];
  if (step === undefined && edge === undefined) return;
  event.preventDefault();
  const at = edge ?? (PANES.indexOf(selected) + step + PANES.length) % PANES.length;
  choose(PANES[at]);
  tabs[PANES[at]].focus();
}

function mark(name, unread) {
  tabs[name].classList.toggle("unread", unread);
  tabs[name].querySelector(".dot").textContent = unread ? ` · ${word("unread")}` : "";
}

function scrollDown(name) {
  const log = panes[name].querySelector(".log");
  if (name !== "ledger") log.scrollTop = log.scrollHeight;
}

/* ---- acting ---- */

async function say(seat, input) {
  const text = input.value.trim();
  if (!text) return;
  const topic = panes[seat].querySelector(".topic");
  const own = panes[seat].querySelector(".own").checked;
  input.value = "";
  grow(input);
  if (!await post("say", { phone: seat, text, thread: topic.value || null, own })) {
    input.value = text;
    grow(input);
  }
}

function grow(input) {
  input.rows = Math.min(5, input.value.split("\n").length);
}

async function moveClock(button) {
  button.disabled = true;
  const moved = await post("clock", { step: button.dataset.step });
  button.disabled = false;
  button.focus();
  if (moved) setTimeout(() => speak(`${word("moved")} ${time(now())}`), 300);
}

function readWhatsapp() {
  const pane = panes.whatsapp;
  if (!state || pane.hidden || document.visibilityState !== "visible") return;
  const chat = state.phones.find((phone) => phone.id === "whatsapp").messages;
  if (chat.some((message) => !message.mine && message.tick === "delivered")) post("read");
}

/* ---- drawing what is so ---- */

function draw() {
  for (const phone of state.phones) drawPhone(phone);
  drawLedger();
  drawClock();
  drawHint();
  readWhatsapp();
  if (firstPicture) listenAloud();
  firstPicture = false;
}

/* What was said before the page opened is not read out; what comes from now on is. */
function listenAloud() {
  setTimeout(() => {
    for (const seat of SEATS) panes[seat].querySelector(".log").setAttribute("aria-live", "polite");
  }, 0);
}

function drawPhone(phone) {
  const pane = panes[phone.id];
  pane.querySelector(".title").textContent = phone.who;
  pane.querySelector(".avatar").textContent = initials(phone.who);
  const fresh = drawMessages(phone, pane);
  drawOpeners(phone, pane);
  drawTopics(phone, pane);
  drawNote(phone, pane);
  if (fresh) scrollDown(phone.id);
  if (fresh && !firstPicture && NARROW.matches && phone.id !== selected) mark(phone.id, true);
}

function drawMessages(phone, pane) {
  const list = pane.querySelector(".messages");
  const known = drawn[phone.id];
  let fresh = false;
  const here = new Set();
  for (const message of phone.messages) {
    here.add(message.id);
    const look = JSON.stringify(message) + stamp(new Date(message.at)) + language;
    const old = known.get(message.id);
    if (old && old.look === look) continue;
    const bubble = drawMessage(phone, message);
    if (old) swap(old.bubble, bubble);
    else list.append(bubble);
    fresh ||= !old;
    known.set(message.id, { look, bubble });
  }
  for (const [id, { bubble }] of known) {
    if (here.has(id)) continue;
    bubble.remove();
    known.delete(id);
  }
  return fresh;
}

function swap(old, bubble) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
  old.replaceWith(bubble);
  if (focused === undefined) return;
  const buttons = [...bubble.querySelectorAll("button")];
  const again = buttons.find((button) => button.dataset.value === focused) || buttons[0];
  (again || bubble.closest(".log")).focus();
}

function drawMessage(phone, message) {
  if (message.kind === "topic") return make("li", "message notice", `${word("topicOpened")}: ${message.text}`);
  const item = make("li", `message ${message.mine ? "mine" : "theirs"}`);
  const bubble = make("div", "bubble");
  bubble.append(make("span", message.mine || phone.id !== "staff" ? "hidden" : "sender",
    message.mine ? word("you") : message.sender));
  const kind = WORDS[language].kinds[message.kind];
  if (kind) bubble.append(make("span", "kind", kind));
  if (message.thread) bubble.append(make("span", "thread", topicName(phone, message.thread)));
  const text = make("p", "text", message.text);
  text.dir = "auto";
  bubble.append(text, drawFoot(message));
  item.append(bubble);
  if (message.buttons.length) item.append(drawButtons(phone, message));
  return item;
}

function drawFoot(message) {
  const foot = make("span", "foot");
  if (message.edited) foot.append(make("span", "edited", word("edited")));
  const at = make("time", "", stamp(new Date(message.at)));
  at.dateTime = message.at;
  foot.append(at);
  if (message.mine) {
    const tick = make("span", `tick ${message.tick}`, TICKS[message.tick]);
    tick.setAttribute("role", "img");
    tick.setAttribute("aria-label", word(message.tick));
    foot.append(tick);
  }
  return foot;
}

function drawButtons(phone, message) {
  const group = make("div", "buttons");
  for (const choice of message.buttons) {
    const button = make("button", `choice ${choice.kind}`, choice.label);
    button.type = "button";
    button.dataset.value = choice.value;
    button.disabled = choice.kind === "url";
    button.addEventListener("click", () => post("press", {
      phone: phone.id, message: message.id, value: choice.value,
    }));
    group.append(button);
  }
  return group;
}

function drawOpeners(phone, pane) {
  pane.querySelector(".empty").hidden = phone.messages.length > 0;
  const openers = pane.querySelector(".openers");
  openers.hidden = !phone.canStart && phone.openers.length === 0;
  const look = JSON.stringify([phone.openers, phone.canStart]) + language;
  if (openers.dataset.look === look) return;
  openers.dataset.look = look;
  openers.replaceChildren();
  if (phone.canStart) openers.append(opener(word("start"), phone.id, "opener start", () => post("start")));
  for (const line of phone.openers) {
    openers.append(opener(line, phone.id, "opener", () => post("say", { phone: phone.id, text: line })));
  }
}

function opener(text, seat, look, act) {
  const button = make("button", look, text);
  button.type = "button";
  button.addEventListener("click", async () => {
    await act();
    panes[seat].querySelector(".input").focus();
  });
  return button;
}

function drawTopics(phone, pane) {
  const label = pane.querySelector(".topic-label");
  const select = pane.querySelector(".topic");
  label.hidden = phone.topics.length === 0;
  const look = JSON.stringify([phone.topics, language]);
  if (select.dataset.look === look) return;
  select.dataset.look = look;
  const chosen = select.value;
  const general = make("option", "", word("general"));
  general.value = "";
  select.replaceChildren(general, ...phone.topics.map((topic) => {
    const option = make("option", "", topic.name);
    option.value = topic.id;
    return option;
  }));
  select.value = phone.topics.some((topic) => topic.id === chosen) ? chosen : "";
}

function topicName(phone, thread) {
  const topic = phone.topics.find((one) => one.id === thread);
  return topic ? topic.name : thread;
}

function drawNote(phone, pane) {
  const note = pane.querySelector(".note");
  if (!phone.note || shownNotes[phone.id] === phone.note.id) return;
  shownNotes[phone.id] = phone.note.id;
  if (firstPicture) return;
  note.textContent = phone.note.text;
  note.hidden = false;
  setTimeout(() => { note.hidden = true; }, 4000);
}

function drawLedger() {
  const pane = panes.ledger;
  const look = JSON.stringify([state.ledger, state.stale, language, allAhead]);
  if (pane.dataset.look === look) return;
  pane.dataset.look = look;
  pane.querySelector(".avatar").textContent = "◷";
  pane.querySelector(".stale").hidden = !state.stale;
  pane.querySelector(".empty-words").hidden = state.ledger.length > 0;
  const ahead = state.ledger.filter((line) => AHEAD.has(line.status));
  const done = state.ledger.filter((line) => !AHEAD.has(line.status));
  ahead.sort((one, two) => one.when.localeCompare(two.when));
  done.sort((one, two) => two.when.localeCompare(one.when));
  fillLines(pane, "ahead", allAhead ? ahead : ahead.slice(0, AHEAD_AT_FIRST));
  drawMore(pane, ahead.length);
  fillLines(pane, "done", done);
}

function drawMore(pane, count) {
  const more = pane.querySelector(".more");
  more.hidden = count <= AHEAD_AT_FIRST;
  more.setAttribute("aria-expanded", String(allAhead));
  more.textContent = allAhead ? word("fewer") : `${word("more")} (${count})`;
}

function fillLines(pane, group, lines) {
  pane.querySelector(`[data-group="${group}"]`).hidden = lines.length === 0;
  pane.querySelector(`[data-lines="${group}"]`).replaceChildren(...lines.map(drawLine));
}

function drawLine(line) {
  const item = make("li", "line-item");
  const when = new Date(line.when);
  const due = make("time", "when", time(when));
  due.dateTime = line.when;
  due.append(make("span", "when-day", day(when)));
  const head = make("div", "line-head");
  const status = make("span", `status ${line.status}`, WORDS[language].status[line.status] || line.status);
  head.append(make("span", "trigger", line.trigger), status);
  const what = make("div", "what");
  what.append(head, make("span", "guest", line.guest));
  const reason = WORDS[language].reasons[line.reason] ?? line.reason.replaceAll("_", " ");
  if (reason) what.append(make("span", "reason", reason));
  item.append(due, what);
  return item;
}

/* ---- what to try next ---- */

function spoken(seat) {
  return state.phones.find((one) => one.id === seat).messages;
}

function awaitsWelcome() {
  const guest = state.phones.find((one) => one.id === "whatsapp").who;
  return state.ledger.some((line) => AHEAD.has(line.status) && line.trigger === WELCOME && line.guest === guest);
}

function drawHint() {
  const at = TOUR.findIndex(([, isDone]) => !isDone());
  document.getElementById("hint").hidden = at < 0;
  if (at < 0) return;
  document.getElementById("hint-count").textContent = `${at + 1}/${TOUR.length}`;
  document.getElementById("hint-words").textContent = word(`try${TOUR[at][0]}`);
}

/* ---- time and words ---- */

function now() {
  return new Date(clockBase.at + (performance.now() - clockBase.since));
}

function time(date) {
  return format(date, { hour: "2-digit", minute: "2-digit" });
}

/* Of another day than the clock's, a time alone would mislead. */
function stamp(date) {
  return day(date) === day(now()) ? time(date) : `${day(date)}, ${time(date)}`;
}

function day(date) {
  return format(date, { weekday: "short", day: "numeric", month: "short" });
}

function format(date, parts) {
  return new Intl.DateTimeFormat(LOCALES[language], { timeZone: state.zone, ...parts }).format(date);
}

function drawClock() {
  if (!clockBase) return;
  document.getElementById("now-time").textContent = time(now());
  document.getElementById("now-day").textContent = `${day(now())} · ${state.zone}`;
  document.getElementById("now").dateTime = now().toISOString();
}

function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((part) => [...part][0] || "").join("").toUpperCase();
}

function switchLanguage() {
  language = word("otherLang");
  remember("language", language);
  translate();
  if (state) draw();
}

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  const other = document.getElementById("language");
  other.textContent = word("other");
  other.lang = word("otherLang");
  document.getElementById("tabs").setAttribute("aria-label", word("phones"));
  for (const name of PANES) tabs[name].querySelector(".tab-word").textContent = word(`${name}Tab`);
  for (const seat of SEATS) {
    const pane = panes[seat];
    pane.querySelector(".subtitle").textContent = word(seat);
    pane.querySelector(".say-word").textContent = `${word("say")}: ${word(seat)}`;
    pane.querySelector(".empty").textContent = word(`empty${seat[0].toUpperCase()}${seat.slice(1)}`);
    pane.querySelector(".openers").setAttribute("aria-label", word("openers"));
    pane.querySelector(".input").placeholder = word("saySomething");
    pane.querySelector(".topic-word").textContent = word("topic");
    pane.querySelector(".own-word").textContent = word("ownPhone");
    pane.querySelector(".send").setAttribute("aria-label", `${word("send")}: ${word(seat)}`);
  }
}

function listen() {
  const events = new EventSource("/api/events");
  events.addEventListener("message", (event) => {
    offline(false);
    state = JSON.parse(event.data);
    clockBase = { at: Date.parse(state.now), since: performance.now() };
    draw();
  });
  events.addEventListener("error", () => offline(true));
}

build();
listen();
setInterval(() => { if (state) drawClock(); }, 1000);

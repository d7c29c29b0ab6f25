// @ts-check
/** The technician's page: puts its parts together. */

import { Acts } from "./acts.mjs";
import { ArrivalBanner } from "./arrival.mjs";
import { keepChoice, readChoice } from "./choice.mjs";
import { hearForms, leadIntoMaps, offerChoice } from "./controls.mjs";
import { travels, withActs } from "./day.mjs";
import { install, update } from "./install.mjs";
import { openKept } from "./kept.mjs";
import { showRefused } from "./notes.mjs";
import { Poll } from "./poll.mjs";
import { Queue } from "./queue.mjs";
import { Sharing } from "./sharing.mjs";
import { stateOf } from "./state.mjs";
import { showSharing } from "./view.mjs";

/** After the first position is through, what customers see is asked again this soon. */
const SEEN_AFTER_MS = 1_500;

/** @param {string} id @returns {any} */
const data = (id, from = document) => JSON.parse(from.getElementById(id)?.textContent ?? "{}");
/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const settings = data("sharing-settings");
let day = data("day-settings");
const box = part("sharing");
const within = (/** @type {string} */ what) => /** @type {HTMLElement} */ (box.querySelector(what));

/** @type {{ reachable: boolean, state: import("./poll.mjs").State | null }} */
const hub = { reachable: navigator.onLine, state: null };
let leaving = false;

void install();
const kept = await openKept(globalThis.indexedDB, settings.device);
const queue = await Queue.load(kept);
const acts = new Acts(
  kept,
  settings.call_token,
  { changed, done, refused, gone, heard },
  {
    fetch: (path, options) => fetch(path, options),
    now: () => new Date(),
    alone: async (work) => {
      sharing.hold(true);
      const alone = navigator.locks ? navigator.locks.request("enroute-technician-acts", work) : work();
      await Promise.resolve(alone).finally(() => sharing.hold(false));
    },
  },
);
await acts.load();
const poll = new Poll(
  { told, heard, gone },
  {
    fetch: (path, options) => fetch(path, options),
    setTimeout: (act, delayMs) => setTimeout(act, delayMs),
    clearTimeout: (timer) => clearTimeout(timer),
  },
);
const sharing = new Sharing(
  settings.token,
  queue,
  {
    choice: await readChoice(kept),
    traveling: travels(withActs(day.visits, acts.waiting)),
    supported: isSecureContext && "geolocation" in navigator,
    fault: null,
    found: false,
    connected: false,
    waiting: queue.size,
    refused: false,
    badClock: false,
    tracked: settings.tracked,
    first: true,
  },
  show,
);
const banner = new ArrivalBanner(part("arrival"), settings.phrases, (arrival, arrived) => {
  const { booking, name } = arrival;
  if (arrived) void acts.add({ kind: "status", key: newKey(), at: arrival.at, booking, name, from: "traveling", status: "in_progress" });
  else void acts.add({ kind: "arrival", key: newKey(), at: new Date().toISOString(), booking, name });
});

function newKey() {
  return crypto.randomUUID();
}

/** What waits has changed. */
function changed() {
  const traveling = travels(withActs(day.visits, acts.waiting));
  if (traveling !== sharing.known.traveling) {
    sharing.known.traveling = traveling;
    sharing.follow();
  }
  show();
}

/** The hub has an act: it counts until the next page says so too. @param {import("./acts.mjs").Act} act */
function done(act) {
  if (act.kind === "status") day.visits = withActs(day.visits, [act]);
  if (acts.waiting.length <= 1) void refresh().then(() => poll.now());
}

/** @param {import("./acts.mjs").Act} act @param {string | null} now */
function refused(act, now) {
  showRefused(part("refusals"), act, now, settings);
  void refresh();
}

function gone() {
  if (!leaving) location.reload(); // the hub's page says why
}

/** @param {boolean} reachable */
function heard(reachable) {
  if (reachable && !hub.reachable) void acts.send().then(() => sharing.follow());
  hub.reachable = reachable;
  show();
}

/** @param {import("./poll.mjs").State} state */
function told(state) {
  hub.state = state;
  if (state.device !== settings.device) return gone();
  if (state.shell !== settings.shell) void update();
  if (state.tracked !== sharing.known.tracked) {
    sharing.known.tracked = state.tracked;
    sharing.follow();
  }
  if (acts.waiting.length > 0) void acts.send();
  else if (state.day !== day.mark) void refresh();
  banner.show(state.arrival);
  show();
}

/** Takes the visits from the hub's page as it is now. */
async function refresh() {
  const response = await fetch("/tech", { headers: { Accept: "text/html" } }).catch(() => null);
  if (response?.status === 401) return gone();
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const unfolded = [...document.querySelectorAll("details[open]")].map((one) => one.closest("[data-row]")?.getAttribute("data-row"));
  for (const id of ["day", "main-step"]) part(id).replaceChildren(...(page.getElementById(id)?.childNodes ?? []));
  for (const booking of unfolded) document.querySelector(`[data-row="${booking}"] details`)?.setAttribute("open", "");
  day = data("day-settings");
  leadIntoMaps();
  changed();
}

function show() {
  const visits = withActs(day.visits, acts.waiting);
  showSharing({ known: sharing.known, hub, acts: acts.waiting, visits }, settings);
  const { found, waiting } = sharing.known;
  if (stateOf(sharing.known).look === "on" && found && waiting === 0 && hub.state?.seen === "lost") askWhatIsSeen();
}

let asking = false;

function askWhatIsSeen() {
  if (asking) return;
  asking = true;
  setTimeout(() => void poll.now().then(() => setTimeout(() => (asking = false), SEEN_AFTER_MS)), SEEN_AFTER_MS);
}

/** @param {import("./choice.mjs").Choice} choice */
async function choose(choice) {
  const before = sharing.known.choice;
  sharing.known.choice = choice;
  sharing.follow();
  await keepChoice(kept, choice).catch(() => {});
  if ((choice === "never") === (before === "never")) return;
  await acts.add({ kind: "sharing", key: newKey(), at: new Date().toISOString(), sharing: choice !== "never" });
}

/** @param {string} booking @param {string} status */
function press(booking, status) {
  const visit = withActs(day.visits, acts.waiting).find((one) => one.booking === booking);
  if (!visit) return;
  part("refusals").replaceChildren();
  const { name, status: from } = visit;
  void acts.add({ kind: "status", key: newKey(), at: new Date().toISOString(), booking, name, from, status });
}

/** Tells whether the technician may be signed out now. */
function signOut() {
  if (!hub.reachable) alert(settings.phrases.no_sign_out);
  else if (acts.waiting.length + queue.size === 0 || confirm(settings.phrases.lose)) {
    leaving = true;
    poll.stop();
    return true;
  }
  return false;
}

function visibilityChanged() {
  if (document.hidden) return poll.stop();
  sharing.follow(); // the browser gave the screen's lock back, and may have broken the line
  poll.start();
}

within("[data-seen]").hidden = false;
offerChoice(within("[data-script]"), sharing.known.choice, choose);
hearForms(press, signOut);
leadIntoMaps();
sharing.follow();
void acts.send();
poll.start();
addEventListener("online", () => void poll.now());
addEventListener("offline", () => {
  sharing.cut();
  heard(false);
});
document.addEventListener("visibilitychange", visibilityChanged);

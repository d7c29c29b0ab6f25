// @ts-check
/**
 * Writes the facts of the visit into the page the server rendered: elements with `data-fact` carry one
 * fact each, elements with `data-when` are shown in the statuses they name, with `data-can` while the link may do it.
 */

import { worthSaying } from "./announce.mjs";
import { words } from "./words.mjs";

/** @typedef {import("./messages.mjs").State} State */
/** @typedef {import("./words.mjs").Language} Language */

/** The text facts of one page. */
export class Facts {
  /** @type {import("./announce.mjs").Said | null} */
  #said = null;
  /** @type {string | null} */
  #photoUrl = null;

  /**
   * @param {HTMLElement} root
   * @param {Language} language
   */
  constructor(root, language) {
    this.#root = root;
    this.#language = language;
    for (const photo of this.#photos()) photo.addEventListener("error", () => this.#showPhoto(null));
  }

  #root;
  #language;

  /**
   * Shows what is known now; called for every message and every second, it touches only what changed.
   *
   * @param {State} state
   * @param {number} nowMs by the server's clock
   */
  show(state, nowMs) {
    const said = words(state, nowMs, this.#language);
    for (const [fact, text] of Object.entries(said)) this.#write(fact, text);
    this.#root.dataset.status = state.visit.status;
    this.#root.dataset.freshness = state.freshness;
    this.#showSections(state);
    this.#showTechnician(state.technician);
    this.#announce(state, said);
  }

  /** @param {import("./connection.mjs").ConnectionState} connection */
  showConnection(connection) {
    this.#hide("offline", connection !== "lost");
    this.#hide("gone", connection !== "gone");
    this.#root.dataset.connection = connection;
  }

  /** Names the visit's time zone when the reader's clock differs from it. @param {number} nowMs */
  showZone(nowMs) {
    const { locale, timeZone } = this.#language;
    const clock = (/** @type {string | undefined} */ zone) =>
      new Intl.DateTimeFormat("en", { dateStyle: "short", timeStyle: "short", timeZone: zone }).format(nowMs);
    this.#hide("zone", clock(timeZone) === clock(undefined));
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "longGeneric" }).formatToParts(nowMs);
    this.#write("zone-name", parts.find((part) => part.type === "timeZoneName")?.value ?? timeZone);
  }

  /** @param {State} state */
  #showSections({ visit, technician, freshness, paused }) {
    for (const section of this.#all("[data-when]")) {
      section.hidden = !section.dataset.when?.split(" ").includes(visit.status);
    }
    for (const action of this.#all("[data-can]")) action.hidden = !visit.can.includes(action.dataset.can ?? "");
    const traveling = visit.status === "traveling";
    this.#hide("paused", !traveling || !paused);
    const closed = traveling && technician === null;
    this.#hide("closed", !closed);
    this.#hide("lost", !traveling || freshness !== "lost" || paused === true || closed);
  }

  /** @param {State["technician"]} technician */
  #showTechnician(technician) {
    this.#hide("technician", technician === null);
    if (technician === null) return;
    this.#write("name", technician.name);
    this.#write("initials", initials(technician.name));
    if (technician.photo_url !== this.#photoUrl) this.#showPhoto((this.#photoUrl = technician.photo_url));
    for (const call of this.#all("[data-fact='call']")) {
      call.hidden = technician.phone === null;
      if (technician.phone !== null) call.setAttribute("href", `tel:${technician.phone.replaceAll(" ", "")}`);
    }
  }

  /** Shows a photo, or the initials where there is none or it does not load. @param {string | null} url */
  #showPhoto(url) {
    for (const photo of this.#photos()) {
      photo.hidden = url === null;
      if (url !== null && photo.getAttribute("src") !== url) photo.src = url;
    }
    for (const face of this.#all("[data-fact='initials']")) face.hidden = url !== null;
  }

  #photos() {
    return /** @type {NodeListOf<HTMLImageElement>} */ (this.#root.querySelectorAll("[data-part='photo']"));
  }

  /** @param {State} state @param {import("./words.mjs").Words} said */
  #announce(state, said) {
    const { said: heard, speak } = worthSaying(this.#said, state);
    this.#said = heard;
    if (speak === "status") this.#write("spoken", `${said.status}. ${said.headline}`);
    if (speak === "arrival") this.#write("spoken", said.headline);
  }

  /** @param {string} fact @param {string | null} text null hides the fact and its row */
  #write(fact, text) {
    for (const element of this.#all(`[data-fact='${fact}']`)) {
      if (text !== null && element.textContent !== text) element.textContent = text;
      /** @type {HTMLElement} */ (element.closest("[data-row]") ?? element).hidden = text === null;
    }
  }

  /** @param {string} part @param {boolean} hidden */
  #hide(part, hidden) {
    for (const element of this.#all(`[data-part='${part}']`)) element.hidden = hidden;
  }

  /** @param {string} selector */
  #all(selector) {
    return /** @type {NodeListOf<HTMLElement>} */ (this.#root.querySelectorAll(selector));
  }
}

/**
 * Takes the first letters of the first and last name.
 *
 * @param {string} name
 */
export function initials(name) {
  const parts = name.split(/\s+/).filter(Boolean);
  const chosen = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return chosen.map((part) => [...part][0].toLocaleUpperCase()).join("");
}

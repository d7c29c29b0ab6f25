// @ts-check
/** What a technician presses on the page. */

/** @typedef {import("./choice.mjs").Choice} Choice */

/** A second tap of a double press must not hit the next button. */
const DEAF_MS = 500;

/**
 * Offers when to share.
 *
 * @param {HTMLElement} box
 * @param {Choice} chosen
 * @param {(choice: Choice) => void} choose
 */
export function offerChoice(box, chosen, choose) {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (box.querySelectorAll("input[name='share']"))) {
    input.checked = input.value === chosen;
    input.addEventListener("change", () => choose(/** @type {Choice} */ (input.value)));
  }
  box.hidden = false;
}

/**
 * Takes the place of sending forms, but of signing out, which the hub answers with a page.
 *
 * @param {(booking: string, status: string) => void} press
 * @param {() => boolean} maySignOut
 */
export function hearForms(press, maySignOut) {
  let pressedMs = 0;
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.id === "sign-out") {
      if (!maySignOut()) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (Date.now() - pressedMs < DEAF_MS) return;
    pressedMs = Date.now();
    press(form.dataset.booking ?? "", /** @type {HTMLButtonElement} */ (event.submitter).value);
  });
}

/** Apple's phones know no `geo:` addresses. */
export function leadIntoMaps() {
  if (!/iPhone|iPad|Macintosh/.test(navigator.userAgent)) return;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("[data-navigate]"))) {
    link.href = `maps:?daddr=${link.dataset.lat},${link.dataset.lon}`;
  }
}

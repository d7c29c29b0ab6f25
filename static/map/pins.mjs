// @ts-check
/** The two pins of the map. Their looks are in live.css; script only says what they are and where. */

import { initials } from "./facts.mjs";

/** Makes the customer's own pin. @param {string} label for screen readers */
export function destinationPin(label) {
  const pin = element("pin pin-home");
  pin.append(element("pin-dot"));
  name(pin, label);
  return pin;
}

/** Makes the technician's pin. */
export function technicianPin() {
  const pin = element("pin pin-technician");
  pin.dataset.testid = "technician";
  const circle = element("pin-accuracy");
  const arrow = element("pin-arrow");
  const face = element("pin-face");
  pin.append(circle, arrow, face);
  return {
    pin,
    /** @param {import("./messages.mjs").Technician | null} technician */
    show(technician) {
      const text = technician ? initials(technician.name) : "";
      if (face.textContent !== text) face.textContent = text;
      name(pin, technician?.name ?? "");
    },
    /** Draws the circle within which the technician is. @param {number} radiusPx */
    spread(radiusPx) {
      circle.style.setProperty("inline-size", `${(2 * radiusPx).toFixed(0)}px`);
    },
    /** Shows only the circle, where it is all that is known. @param {boolean} area */
    blur(area) {
      pin.classList.toggle("pin-area", area);
    },
    /** Greys the pin while its place is old. @param {boolean} stale */
    age(stale) {
      pin.classList.toggle("pin-stale", stale);
    },
    /** @param {number | null} bearingDeg */
    turn(bearingDeg) {
      arrow.hidden = bearingDeg === null;
      if (bearingDeg !== null) arrow.style.setProperty("rotate", `${bearingDeg.toFixed(0)}deg`);
    },
  };
}

/** @param {string} className */
function element(className) {
  const made = document.createElement("div");
  made.className = className;
  return made;
}

/** @param {HTMLElement} pin @param {string} label */
function name(pin, label) {
  if (pin.getAttribute("aria-label") === label) return;
  pin.setAttribute("role", "img");
  pin.setAttribute("aria-label", label);
}

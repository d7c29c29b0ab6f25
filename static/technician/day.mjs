// @ts-check
/** Where the visits stand once what waits on the phone is counted in, and which of them counts now. Pure. */

/** @typedef {{ booking: string, status: string, name: string }} Visit */
/** @typedef {import("./acts.mjs").Act} Act */

const UNDER_WAY = ["traveling", "in_progress", "on_break"];
const ENDED = ["completed", "canceled"];

/** @param {Visit[]} visits as the hub knows them @param {Act[]} acts that wait, in order @returns {Visit[]} */
export function withActs(visits, acts) {
  return visits.map((visit) => {
    const last = acts.filter(({ kind, booking }) => kind === "status" && booking === visit.booking).at(-1);
    return last?.status ? { ...visit, status: last.status } : visit;
  });
}

/** Like the hub's `current_visit`. @param {Visit[]} visits by start @returns {Visit | null} */
export function currentOf(visits) {
  const open = visits.filter(({ status }) => !ENDED.includes(status));
  return open.find(({ status }) => UNDER_WAY.includes(status)) ?? open[0] ?? null;
}

/** @param {Visit[]} visits */
export function travels(visits) {
  return visits.some(({ status }) => status === "traveling");
}

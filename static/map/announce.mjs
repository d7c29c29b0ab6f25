// @ts-check
/** What a screen reader should hear: only changes that matter, each once. Pure. */

/** @typedef {import("./messages.mjs").State} State */
/** @typedef {{ status: string, earliestMs: number | null, latestMs: number | null }} Said */

/** An arrival that moves by less than this is not worth an interruption. */
const WORTH_SAYING_MS = 120_000;

/**
 * Decides what is worth saying after a change.
 *
 * @param {Said | null} said what was said last; null on a fresh page, whose text speaks for itself
 * @param {State} state
 * @returns {{ said: Said, speak: "status" | "arrival" | null }}
 */
export function worthSaying(said, { visit, eta }) {
  const now = {
    status: visit.status,
    earliestMs: eta ? Date.parse(eta.earliest) : null,
    latestMs: eta ? Date.parse(eta.latest) : null,
  };
  if (said === null) return { said: now, speak: null };
  if (said.status !== now.status) return { said: now, speak: "status" };
  if (now.earliestMs === null) return { said, speak: null };
  if (said.earliestMs === null) return { said: now, speak: "arrival" };
  const moved = far(said.earliestMs, now.earliestMs) || far(said.latestMs, now.latestMs);
  return moved ? { said: now, speak: "arrival" } : { said, speak: null };
}

/** @param {number | null} before @param {number | null} after */
function far(before, after) {
  return before !== null && after !== null && Math.abs(after - before) > WORTH_SAYING_MS;
}

// @ts-check
/** Keeps the screen on while the position is shared: browsers tell no positions once it is dark. */

/** @type {WakeLockSentinel | null} */
let lock = null;

/** @param {boolean} wanted */
export async function stayAwake(wanted) {
  if (!wanted) {
    await lock?.release();
    lock = null;
    return;
  }
  if ((lock && !lock.released) || document.hidden || !("wakeLock" in navigator)) return;
  lock = await navigator.wakeLock.request("screen").catch(() => null); // the battery may be too low
}

// @ts-check
/**
 * Makes the link that lets somebody else look, and hands it to the device's own sheet or the clipboard. Without
 * script, or where the hub does not answer, the page behind the same button does it by a form.
 */

/** Turns the page's button to the sharing page into one that shares at once. @param {string} path the visit's own */
export function offerSharing(path) {
  const button = /** @type {HTMLAnchorElement | null} */ (document.getElementById("share"));
  const copy = document.getElementById("copy");
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    void share(path).catch(() => location.assign(button.href));
  });
  copy?.addEventListener("click", () => void copied());
}

/** @param {string} path */
async function share(path) {
  const response = await fetch(`${path}/share`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
    signal: AbortSignal.timeout(8_000),
  });
  if (!response.ok) throw new Error(`not shared: ${response.status}`);
  const { url } = await response.json();
  show(url);
  if (navigator.share) await navigator.share({ title: document.title, url }).catch(() => undefined); // dismissed, or refused
}

/** @param {string} url */
function show(url) {
  const panel = document.getElementById("shared");
  const field = urlField();
  if (!panel || !field) return;
  field.value = url;
  panel.removeAttribute("data-idle");
  field.focus();
  field.select();
}

async function copied() {
  const field = urlField();
  const word = document.getElementById("copied");
  if (!field || !word) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    word.textContent = word.dataset.said ?? "";
  } catch {
    field.focus(); // selected as it is, it can be copied by hand
  }
}

function urlField() {
  return /** @type {HTMLInputElement | null} */ (document.getElementById("shared-url"));
}

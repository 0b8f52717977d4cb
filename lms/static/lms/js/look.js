// Text size and theme without a page load. The same forms post to the server when this is off;
// the cookies are the same, so that the next page arrives already right.

const YEAR = 60 * 60 * 24 * 365;
const LARGEST = 4;

/** Keep a choice for the next page, as the server would. @param {string} name @param {string} value */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

/** @param {string} wish "+" or "-", or a size 0 to 4 */
function setSize(wish) {
  const root = document.documentElement;
  const now = Number(root.dataset.size) || 0;
  const size = wish === "+" ? now + 1 : wish === "-" ? now - 1 : Number(wish);
  const kept = String(Math.min(LARGEST, Math.max(0, size)));
  root.dataset.size = kept;
  remember("look_size", kept);
}

/** @param {string} theme auto, light or dark */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  remember("look_theme", theme);
  for (const button of document.querySelectorAll('[data-look] [name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-look]");
  const button = event.submitter;
  if (!form || !button) return;
  event.preventDefault();
  if (button.name === "size") setSize(button.value);
  if (button.name === "theme") setTheme(button.value);
});

// A panel made of <details> closes with Escape, as a reader of any other panel expects.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.help[open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary")?.focus();
});

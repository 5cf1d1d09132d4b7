// Makes the desk quicker; every page works without it.
"use strict";

document.addEventListener("submit", (event) => {
  const asks = event.target.dataset.confirm;
  if (asks && !window.confirm(asks)) event.preventDefault();
});

// The queue by keyboard: c, n and z press the button that names the key; j and k go through the list.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
    return;
  }
  if (event.key !== "j" && event.key !== "k") return;
  const links = [...document.querySelectorAll(".places a")];
  const here = links.findIndex((it) => it.hasAttribute("aria-current"));
  const link = links[here + (event.key === "j" ? 1 : -1)];
  if (link) {
    event.preventDefault();
    link.click();
  }
});

// The next article is fetched while this one is read.
const next = document.querySelector(".places .current + li a");
if (next) {
  const hint = document.createElement("link");
  hint.rel = "prefetch";
  hint.href = next.href;
  document.head.append(hint);
}

// A text is copied by a button; without this script it is selected and copied by hand. The newer clipboard is missing on plain http.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.copy).select();
    if (document.execCommand("copy")) button.parentElement.querySelector("[role=status]").textContent = button.dataset.copied;
  });
}

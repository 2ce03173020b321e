"use strict";
document.documentElement.classList.add("js");

// Buttons that copy: <button class="copy" data-copy="ID OF AN ELEMENT">
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const told = button.textContent;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Select and copy by hand";
  }
  setTimeout(() => { button.textContent = told; }, 2000);
});

// Ages by the reader's clock: <time datetime="..." data-age>
const ages = [[31536000, "year"], [2592000, "month"], [86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];
for (const time of document.querySelectorAll("time[data-age]")) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) continue;
  const [unit, name] = ages.find(([size]) => Math.abs(seconds) >= size) || [1, "second"];
  const age = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / unit), name);
  time.append(` (${age})`);
}

// Lists that can be searched and filtered: <form data-filters="ID OF THE LIST"> with a search field, and selects or
// boxes called like a data-* attribute of the list's [data-item] elements; [data-group] hides when all within it do.
for (const form of document.querySelectorAll("form[data-filters]")) {
  const list = document.getElementById(form.dataset.filters);
  const items = [...list.querySelectorAll("[data-item]")];
  const texts = new Map();
  const told = form.querySelector("output");
  const apply = () => {
    const given = new FormData(form);
    const words = String(given.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      if (words.length && !texts.has(item)) texts.set(item, item.textContent.toLowerCase());
      const fits = words.every((word) => texts.get(item).includes(word)) &&
        [...new Set(given.keys())].every((name) => name === "q" || given.getAll(name).includes("") ||
          given.getAll(name).includes(item.dataset[name]));
      item.hidden = !fits;
      shown += fits;
    }
    for (const group of list.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-item]:not([hidden])");
    if (told) told.textContent = shown === items.length ? `${shown} in all` : `${shown} of ${items.length}`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}

// The key / goes to the search, Escape leaves it.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("input[type=search]");
  if (!search) return;
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && typing === search) {
    search.value = "";
    search.dispatchEvent(new Event("input", { bubbles: true }));
    search.blur();
  }
});

// What a link points to may stand in a closed <details>, or behind a tab: the one called ID-tab.
const unfold = () => {
  let named = location.hash.slice(1);
  try { named = decodeURIComponent(named); } catch { /* no text in UTF-8: then it is meant as it stands */ }
  const target = named && document.getElementById(named);
  if (!target) return;
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  const tab = document.getElementById(`${named}-tab`);
  if (tab) tab.checked = true;
  target.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

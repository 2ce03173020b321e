// Each thing with an anchor links to itself, so that its address can be copied.
for (const item of document.querySelectorAll("main :is(h2, h3, dt, section, li)[id]")) {
  const named = item.querySelector("h3") || item;
  if (named.firstChild.href) continue;
  const link = document.createElement("a");
  link.href = `${item.parentElement.dataset.page || ""}#${item.id}`;
  link.className = "permalink";
  link.append(named.firstChild);
  named.prepend(link);
}

// The age of what was last seen, by the reader's clock, beside each date of the last report.
const age = document.getElementById("ended")?.textContent.match(/ \([^)]*\)$/);
if (age) for (const time of document.querySelectorAll(".said time")) time.append(age[0]);

// Contents are a column where there is room for one, and closed at the top of the page where there is none.
const contents = document.getElementById("contents");
const narrow = matchMedia("(max-width: 60rem)");
const fold = () => { contents.open = !narrow.matches || location.hash === "#contents"; };
narrow.addEventListener("change", fold);
fold();

// The search: what fits by its name first, then what fits by its text. Arrow keys move, Enter goes, Escape leaves.
const box = document.getElementById("search");
const panel = document.querySelector(".found");
const results = document.getElementById("found");
const told = document.getElementById("told");
const most = 30;
let all;

const methods = /\b(GET|POST)( and (GET|POST))?\b/;

const read = () => [...document.querySelectorAll("[data-find] > :is(dt, section, li), main :is(h2, h3)[id]")].map((item) => {
  const link = item.querySelector("a");
  const name = (item.matches("h2, h3") ? item : link).textContent.trim();
  const href = item.matches("li") ? link.getAttribute("href") : `#${item.id}`;
  const text = `${item.textContent} ${href} ${item.matches("dt") ? item.nextElementSibling.textContent : ""}`.toLowerCase();
  const [of] = item.querySelector("small")?.textContent.match(methods) || [];
  const kind = item.dataset.find || item.parentElement.dataset.find || "section";
  return { name, text, href, kind: of ? `${kind}, ${of}` : kind, called: name.toLowerCase() };
});

const line = ({ name, kind, href }) => {
  const item = document.createElement("li");
  const link = item.appendChild(document.createElement("a"));
  link.href = href;
  for (const text of [name, kind]) link.appendChild(document.createElement("span")).textContent = text;
  return item;
};

const look = () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  panel.hidden = !words.length;
  if (!words.length) return;
  all ||= read();
  const rank = ({ called }) => (words.every((word) => called.includes(word)) ? 0 : 1);
  const fits = all.filter(({ text }) => words.every((word) => text.includes(word))).sort((one, other) => rank(one) - rank(other));
  results.replaceChildren(...fits.slice(0, most).map(line));
  told.textContent = fits.length > most ? `${fits.length} found, the first ${most} shown` : `${fits.length} found`;
};

const leave = () => {
  panel.hidden = true;
  box.value = "";
};

const move = (step) => {
  const links = [...results.querySelectorAll("a")];
  const next = links.indexOf(document.activeElement) + step;
  (next < 0 ? box : links[Math.min(next, links.length - 1)])?.focus();
};

box.addEventListener("input", look);
box.parentElement.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && event.target !== box) {
    leave();
    box.focus();
  } else if (event.key === "Enter" && event.target === box) {
    results.querySelector("a")?.click();
  }
});
results.addEventListener("click", leave);
// Whoever leaves the search, by Tab or by a click elsewhere, finds it again as it was.
panel.tabIndex = -1;
box.addEventListener("focus", look);
box.parentElement.addEventListener("focusout", (event) => {
  if (!box.parentElement.contains(event.relatedTarget)) panel.hidden = true;
});

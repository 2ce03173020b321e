// The console: sends one request to the mock that serves this page, finds the exchange in the mock's journal, and shows
// what the contract says of it. Whatever comes from there is text: it is never read as HTML.
{
  const MOST = 20000; // characters of a body that are shown
  const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
  const ORDER = ["violated", "inconclusive", "held"];
  const form = document.getElementById("console-form");
  const part = (name) => document.getElementById(`console-${name}`);
  const field = (name) => form.elements.namedItem(name);
  const given = form.dataset; // what the contract and the mock say: paths, headers, anchors
  let mock = { key: null, profiles: [] };
  let turn = 0;
  let typed = ""; // the key that a person typed last: no preset takes it away

  const plain = (text) => {
    const cut = text.length > MOST ? `${text.slice(0, MOST)}\n[... ${text.length} characters in all]` : text;
    return cut.replace(INVISIBLE, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  };
  const made = (name, text, attributes = {}) => {
    const node = document.createElement(name);
    node.textContent = text;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const tell = (text, wrong = false) => {
    part("told").textContent = text;
    part("told").classList.toggle("wrong", wrong);
  };

  // Spaces and line ends only: what the text says stays as it came, numbers and doubled names too.
  const indented = (text) => {
    try { JSON.parse(text); } catch { return text; }
    let depth = 0;
    return text.replace(/"(?:\\.|[^"\\])*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, (token) => {
      if (/^\s/.test(token)) return "";
      if (token === ":") return ": ";
      const line = () => `\n${"  ".repeat(depth)}`;
      if (token === ",") return `,${line()}`;
      if (token === "{" || token === "[") { depth += 1; return token + line(); }
      if (token === "}" || token === "]") { depth -= 1; return line() + token; }
      return token;
    });
  };

  const decoded = (body) => {
    if (body.encoding !== "base64") return body.text;
    return new TextDecoder().decode(Uint8Array.from(atob(body.text), (each) => each.charCodeAt(0)));
  };
  const message = (first, headers, body) =>
    plain([first, ...headers.map(([name, value]) => `${name}: ${value}`), "", indented(body) || "(no body)"].join("\n"));

  // What the mock is: asked once, so that the form begins with a request that works.
  const ask = async (path) => {
    const answer = await fetch(given.own + path, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
    return answer.json();
  };
  const meet = async () => {
    const [health, { profiles }] = await Promise.all([ask("health"), ask("profiles")]);
    mock = { key: health.key, profiles: profiles.slice(0, 50) };
    const kinds = [["dialects", health.dialects], ["faults", health.faults]].filter(([, names]) => names.length);
    const kept = kinds.map(([kind, names]) => `${kind}: ${names.join(", ")}`).join("; ");
    part("mock").textContent = kept ? `The mock has these ${kept}.` : "The mock is in its strict reading, without faults.";
    part("key-hint").textContent = mock.key ? "The mock's own key: a fake one that opens nothing else." :
      "The mock takes the key that ADAPTY_API_KEY held when it was started, and tells it to nobody.";
    field("key").type = mock.key ? "text" : "password";
    fill({});
  };

  const known = (option) => mock.profiles.map((each) => each[option.dataset.member]).filter(Boolean);
  const offer = () => {
    const header = field("header");
    const ids = known(header.selectedOptions[0]);
    part("known").replaceChildren(...ids.map((value) => made("option", "", { value })));
    field("value").disabled = !header.value;
    // An id that another header names is no id for this one; what a person made up stays.
    const other = [...header.options].some((each) => known(each).includes(field("value").value));
    if (header.value && other && !ids.includes(field("value").value)) field("value").value = ids[0] ?? "";
  };
  const path = () => (field("slash").checked ? given.path : given.path.replace(/\/$/, ""));

  const hint = () => {
    const isRead = field("method").value === "GET";
    field("body").disabled = isRead;
    part("path").textContent = path();
    part("body-hint").textContent = isRead ? "A read has no body: a browser refuses to send one with GET." : said(field("body").value);
  };
  const said = (text) => {
    if (!text.trim()) return "Empty.";
    let value;
    try { value = JSON.parse(text); } catch (error) { return `No JSON: ${plain(error.message)}`; }
    if (value === null || typeof value !== "object" || Array.isArray(value)) return "JSON, but no object.";
    const odd = Object.entries(value).filter(([, each]) => typeof each !== "string").map(([name]) => name);
    return odd.length ? `JSON; no string: ${plain(odd.join(", "))}.` : "A JSON object of strings.";
  };

  const fill = (preset) => {
    form.reset();
    field("value").value = preset.value ?? known(field("header").selectedOptions[0])[0] ?? "";
    field("key").value = preset.key ?? mock.key ?? typed;
    field("method").value = preset.method ?? "GET";
    field("body").value = preset.body ?? "";
    field("slash").checked = preset.slash !== "no";
    offer();
    hint();
  };

  const headersOf = (id) => {
    const headers = new Headers({ "X-Request-Id": id });
    if (field("key").value) headers.set(given.keyHeader, given.keyPrefix + field("key").value);
    if (field("header").value) headers.set(field("header").value, field("value").value);
    for (const each of form.querySelectorAll("[data-header]")) if (each.value) headers.set(each.name, each.value);
    if (field("method").value !== "GET") headers.set("Content-Type", given.type);
    return headers;
  };

  const send = async () => {
    const mine = turn += 1;
    const id = `console-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    const method = field("method").value;
    let headers;
    try { headers = headersOf(id); } catch {
      part("result").hidden = true; // what stands there is of another request
      return tell("No header can carry such a value: it has to be text of one line in ISO 8859-1.", true);
    }
    tell("Sending…");
    const seen = await tried(path(), {
      method, headers, body: method === "GET" ? undefined : field("body").value,
      redirect: "manual", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(30000),
    });
    let found = null;
    let isThere = true;
    try {
      const { exchanges } = await ask(`journal?request_id=${id}`);
      if (exchanges.length) found = await ask(`exchanges/${exchanges.at(-1).number}`);
    } catch (error) { isThere = !(error instanceof TypeError); }
    if (mine === turn) show(seen, found, isThere);
  };
  // The answer as the browser lets a script see it, or what went wrong.
  const tried = async (target, options) => {
    try {
      const answer = await fetch(target, options);
      return { status: answer.status, headers: [...answer.headers], body: await answer.text() };
    } catch (error) {
      return { trouble: error.name === "TimeoutError" ? "No answer within 30 seconds." : "The connection broke before the answer was complete." };
    }
  };

  const show = (seen, found, isThere) => {
    part("result").hidden = !found;
    if (!isThere) return tell("The mock does not answer. Start it again with adapty-contract mock, on the same port.", true);
    if (!found) {
      const judged = "The mock's journal has no such exchange (--journal-size 0 switches it off), so nothing is judged.";
      return tell(`${seen.trouble ?? `Status ${seen.status}.`} ${judged}`, true);
    }
    const { exchange, judgement } = found;
    const clauses = judgement?.clauses ?? [];
    const counts = ORDER.map((verdict) => [clauses.filter((each) => each.verdict === verdict).length, verdict]);
    const told = counts.filter(([count]) => count).map(([count, verdict]) => `${count} ${verdict}`).join(", ");
    const status = seen.trouble ? `${seen.trouble} The mock meant to answer ${exchange.response.status}.` :
      `Status ${exchange.response.status}.`;
    tell(`${status} ${clauses.length ? `Clauses: ${told}.` : "No clause is about such an exchange alone."}`, counts[0][0] > 0 || Boolean(seen.trouble));
    part("judged").textContent = facts(exchange.facts);
    part("clauses").replaceChildren(...clauses.map(row));
    const beyond = judgement?.beyond ?? [];
    part("beyond").hidden = !beyond.length;
    part("beyond").replaceChildren(part("beyond").firstChild, ...beyond.flatMap((each) => [link(each), ", "]).slice(0, -1), ".");
    const { request, response } = exchange;
    part("answer").textContent = message(`${response.status}`, response.headers, decoded(response.body));
    part("request").textContent = message(`${request.method} ${request.target}`, request.headers, decoded(request.body));
    part("curl").textContent = judgement?.curl ?? "";
  };
  const facts = ({ key, profile, probe }) =>
    `The mock knows of the request: key ${key}, profile ${profile}${probe ? "; its form is left open" : ""}.`;
  const statement = (text) => { // what stands between backquotes is code
    const paragraph = made("p", "", { class: "small" });
    paragraph.append(...text.split("`").map((each, index) => (index % 2 ? made("code", each) : each)));
    return paragraph;
  };
  const link = (clause) => made("a", clause, { href: given.clauses + clause });
  const row = (clause) => {
    const item = made("li", "");
    const open = clause.open ? ", left open by the sources" : "";
    item.append(made("span", clause.verdict, { class: `badge ${clause.verdict}` }), ` ${clause.level}${open} `,
      link(clause.id), statement(clause.statement));
    if (clause.expected) item.append(made("p", `expected: ${plain(clause.expected)}`, { class: "small" }));
    if (clause.seen) item.append(made("p", `seen: ${plain(clause.seen)}`, { class: "small" }));
    return item;
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("input", (event) => {
    if (event.target === field("key")) typed = field("key").value;
    offer();
    hint();
  });
  document.querySelector(".presets").addEventListener("click", (event) => {
    const preset = event.target.closest("button");
    if (!preset) return;
    fill(preset.dataset);
    if (field("key").value) return send();
    tell("Type the key first: the mock tells it to nobody.", true);
    field("key").focus();
  });
  fill({});
  meet().catch(() => tell("The mock does not answer. Start it again with adapty-contract mock, on the same port.", true));
}

// The script of the report: filters, sorting, pages of rows, and proofs that
// are drawn when they are opened. All text goes in as text nodes, never as
// markup. The state is kept in the address after "#", so that a view of the
// report can be sent to somebody: #q=…&verdict=…&domain=…&company=…&sort=-count&page=2
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const verdicts = ["violation", "unknown", "pending", "excepted", "clean"];
  const domains = ["carrier", "store", "apps", "cloud", "cable"];
  const severities = ["critical", "high", "medium", "low"];
  const byId = (id) => document.getElementById(id);
  const body = byId("rows");
  const table = byId("table");
  const controls = { q: byId("f-q"), verdict: byId("f-verdict"), domain: byId("f-domain"), company: byId("f-company"), sort: byId("f-sort") };
  const collator = new Intl.Collator("en", { numeric: true });

  // el makes an element with attributes and children; strings become text.
  function el(name, attributes, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      node.setAttribute(key, value);
    }
    node.append(...children.filter((c) => c !== null && c !== ""));
    return node;
  }
  const bdi = (text) => (text ? el("bdi", null, text) : "");
  const code = (text) => (text ? el("code", null, text) : "");

  function verdictMark(word) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    const use = document.createElementNS(ns, "use");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", "#v-" + word);
    svg.append(use);
    return el("span", { class: "v " + word }, svg, word);
  }

  // The table's rows. n is the finding's place in the data.
  function rowOf(n) {
    const f = data.findings[n];
    const toggle = el("button", { type: "button", class: "toggle", "aria-expanded": "false", title: "Show the proof of " + f.short }, verdictMark(f.verdict));
    const line = el("tr", { class: "row", "data-n": n },
      el("td", null, toggle, el("small", null, f.severity + " · " + f.effect)),
      el("td", null, f.domain),
      el("td", null, el("b", null, bdi(f.subject)), code(f.subjectId)),
      el("td", null, bdi(f.company), code(f.partyId)),
      el("td", null, bdi(f.reason), el("small", null, f.entry + (f.relation ? " · " + f.relation : ""))),
      el("td", { class: "num" }, f.records),
      el("td", null, code(f.short)));
    return line;
  }

  function proofOf(n) {
    const f = data.findings[n];
    const detail = el("dl", { class: "detail" });
    const add = (name, ...content) => detail.append(el("dt", null, name), el("dd", null, ...content));
    if (f.partyId) add("Party", bdi(f.party), " ", code(f.partyId));
    if (f.companyId) add("Company", code(f.companyId));
    add("Rule", f.entry + " of " + f.policy);
    if (f.remedy) add("Remedy", f.remedy);
    for (const m of f.missing) add("Missing", m.what, m.next ? el("span", { class: "next" }, "Next: " + m.next) : "");
    add("Id", code(f.id));
    const chain = el("ol", { class: "chain" }, ...f.chain.map((i) => stepOf(data.steps[i])));
    return el("tr", { class: "proof shown" }, el("td", { colspan: 7 }, detail, pathsOf(f), chain));
  }

  // The paths that show a finding, as the template draws them.
  function pathsOf(f) {
    if (f.lanes.length === 0) return "";
    const lanes = f.lanes.flatMap((l) => [
      el("p", { class: "quiet" }, code(l.prefix), l.more ? " and " + l.more + " more" : "", ", as ", code(l.peer), " has it"),
      el("ol", { class: "lane" }, ...l.hops.map((h) =>
        el("li", { class: "hop" + (h.role ? " " + h.role : "") + (h.meets ? " meets" : "") }, h.text, h.name ? el("small", null, h.name) : "")))]);
    return el("div", { class: "paths" }, el("h3", null, "Where they stand on the paths"), ...lanes);
  }

  function stepOf(s) {
    const item = el("li", null, el("b", { class: "kind" }, s.kind), el("p", null, bdi(s.text)));
    if (s.facts.length > 0) {
      item.append(el("dl", { class: "facts" }, ...s.facts.flatMap((x) => [el("dt", null, x.name), el("dd", null, x.text)])));
    }
    if (s.source) {
      const web = s.url.startsWith("https://") || s.url.startsWith("http://");
      const title = web ? el("a", { href: s.url, rel: "noreferrer" }, s.source) : s.source;
      item.append(el("p", { class: "source" }, "Source: ", title, s.note ? ", " + s.note : ""));
    }
    return item;
  }

  function toggle(line) {
    const open = line.classList.toggle("open");
    line.querySelector(".toggle").setAttribute("aria-expanded", String(open));
    if (open) {
      line.after(proofOf(Number(line.dataset.n)));
    } else {
      line.nextElementSibling.remove();
    }
  }

  // State, and the address that keeps it.
  const empty = { q: "", verdict: "", domain: "", company: "", sort: "", page: 1 };
  let state = { ...empty };

  function readAddress() {
    const params = new URLSearchParams(location.hash.slice(1));
    state = { ...empty };
    for (const key of ["q", "verdict", "domain", "company", "sort"]) {
      state[key] = params.get(key) || "";
    }
    state.page = Math.max(1, parseInt(params.get("page"), 10) || 1);
  }

  function writeAddress() {
    const params = new URLSearchParams();
    for (const [key, value] of Object.entries(state)) {
      if (value && !(key === "page" && value === 1)) params.set(key, value);
    }
    const hash = params.toString();
    try {
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    } catch {
      // Some viewers of local files forbid it; the view works all the same.
    }
  }

  // Filtering and sorting.
  const haystacks = [];
  function haystack(n) {
    const f = data.findings[n];
    haystacks[n] ??= [f.id, f.subject, f.subjectId, f.party, f.partyId, f.company, f.companyId, f.entry, f.relation, f.reason]
      .join("\n").toLowerCase();
    return haystacks[n];
  }
  const rank = (list, word) => (list.indexOf(word) + list.length + 1) % (list.length + 1);
  const orders = {
    verdict: (a, b) => rank(verdicts, a.verdict) - rank(verdicts, b.verdict) || rank(severities, a.severity) - rank(severities, b.severity),
    domain: (a, b) => rank(domains, a.domain) - rank(domains, b.domain) || collator.compare(a.domain, b.domain),
    subject: (a, b) => collator.compare(a.subject, b.subject),
    company: (a, b) => collator.compare(a.company, b.company),
    reason: (a, b) => collator.compare(a.reason, b.reason),
    count: (a, b) => a.count - b.count,
    id: (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  };

  function select() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    data.findings.forEach((f, n) => {
      if (state.verdict && f.verdict !== state.verdict) return;
      if (state.domain && f.domain !== state.domain) return;
      if (state.company && (f.companyId || f.company) !== state.company) return;
      if (words.length > 0 && !words.every((w) => haystack(n).includes(w))) return;
      found.push(n);
    });
    const down = state.sort.startsWith("-");
    const order = orders[down ? state.sort.slice(1) : state.sort];
    if (order) {
      const sign = down ? -1 : 1;
      found.sort((a, b) => sign * order(data.findings[a], data.findings[b]) || a - b);
    }
    return found;
  }

  // Drawing.
  function draw(all) {
    const found = select();
    const pages = Math.max(1, Math.ceil(found.length / data.pageRows));
    state.page = Math.min(state.page, pages);
    const from = all ? 0 : (state.page - 1) * data.pageRows;
    const shown = found.slice(from, from + (all ? all : data.pageRows));
    body.replaceChildren(...shown.map(rowOf));
    if (found.length === 0) {
      body.append(el("tr", null, el("td", { colspan: 7, class: "quiet" }, "No finding matches the filter.")));
    }
    const total = data.findings.length.toLocaleString("en");
    const of = found.length === data.findings.length ? total : found.length.toLocaleString("en") + " of " + total;
    byId("shown").textContent = of + (data.findings.length === 1 ? " finding" : " findings");
    byId("pager").hidden = pages < 2;
    byId("pages").textContent = (from + 1).toLocaleString("en") + "–" + (from + shown.length).toLocaleString("en") + " of " + found.length.toLocaleString("en");
    byId("prev").disabled = state.page <= 1;
    byId("next").disabled = state.page >= pages;
    for (const th of table.tHead.rows[0].cells) {
      const key = th.dataset.key;
      th.setAttribute("aria-sort", state.sort === key ? "ascending" : state.sort === "-" + key ? "descending" : "none");
    }
    for (const [key, control] of Object.entries(controls)) {
      if (control.value !== state[key]) control.value = state[key];
    }
    table.dataset.found = found.length;
    table.dataset.rows = shown.length;
  }
  function change(update) {
    Object.assign(state, { page: 1 }, update);
    draw();
    writeAddress();
  }

  // Controls.
  function fill(control, options) {
    control.replaceChildren(...options.map(([value, label]) => el("option", { value }, label)));
  }
  function setUp() {
    const companies = new Map();
    const present = new Set();
    for (const f of data.findings) {
      present.add(f.domain);
      if (f.company) companies.set(f.companyId || f.company, f.company);
    }
    const short = (s) => (s.length > 60 ? s.slice(0, 59) + "…" : s);
    const foreign = [...present].filter((d) => !domains.includes(d)).sort();
    fill(controls.verdict, [["", "all"], ...verdicts.map((v) => [v, v])]);
    fill(controls.domain, [["", "all"], ...domains.concat(foreign).map((d) => [d, d])]);
    fill(controls.company, [["", "all"], ...[...companies].sort((a, b) => collator.compare(a[1], b[1])).map(([id, name]) => [id, short(name)])]);
    fill(controls.sort, [["", "worst first"], ["subject", "subject"], ["company", "company"], ["domain", "domain"], ["-count", "most records"], ["count", "fewest records"], ["id", "id"]]);
    for (const [key, control] of Object.entries(controls)) {
      control.addEventListener(key === "q" ? "input" : "change", () => change({ [key]: control.value }));
    }
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", (event) => {
      event.preventDefault();
      change({ ...empty });
    });
    for (const th of table.tHead.rows[0].cells) {
      const button = el("button", { type: "button" }, th.textContent);
      th.replaceChildren(button);
      button.addEventListener("click", () => {
        const key = th.dataset.key;
        const next = { [key]: "-" + key, ["-" + key]: "" };
        change({ sort: state.sort in next ? next[state.sort] : key });
      });
    }
    const turn = (by) => {
      change({ page: state.page + by });
      byId("findings").scrollIntoView();
    };
    byId("prev").addEventListener("click", () => turn(-1));
    byId("next").addEventListener("click", () => turn(+1));
    body.addEventListener("click", (event) => {
      const line = event.target.closest("tr.row");
      if (line && !event.target.closest("a") && String(getSelection()) === "") toggle(line);
    });
    window.addEventListener("hashchange", () => {
      if (location.hash === "#findings") return;
      readAddress();
      draw();
      if (location.hash) byId("findings").scrollIntoView();
    });
    // Paper has no pages to turn: print what the filter lets through, as far
    // as a browser can lay it out.
    const printable = 5000;
    window.addEventListener("beforeprint", () => {
      if (byId("pager").hidden === false) draw(printable);
    });
    window.addEventListener("afterprint", () => {
      if (byId("pager").hidden === false) draw();
    });
    byId("filters").hidden = false;
    table.classList.add("live");
  }

  // The theme follows the system until the reader chooses.
  function setUpTheme() {
    const root = document.documentElement;
    const button = byId("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const label = () => (button.textContent = dark() ? "Light theme" : "Dark theme");
    try {
      const kept = localStorage.getItem("cleannet-theme");
      if (kept === "dark" || kept === "light") root.dataset.theme = kept;
    } catch {
      // Local files may have no storage.
    }
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      label();
      try {
        localStorage.setItem("cleannet-theme", root.dataset.theme);
      } catch {
        // The choice then lasts as long as the page.
      }
    });
    system.addEventListener("change", label);
    label();
    button.hidden = false;
  }

  setUpTheme();
  setUp();
  readAddress();
  draw();
})();

"use strict";
const all = (where, what) => [...where.querySelectorAll(what)];

// Tables: sort with the best on top, search, families, columns, copy.
for (const table of all(document, "table.sortable")) {
  const body = table.tBodies[0], headings = all(table, "th");
  all(table, "th button").forEach((button, column) => button.addEventListener("click", () => {
    const heading = headings[column], first = heading.dataset.first || "descending";
    const other = first === "descending" ? "ascending" : "descending";
    const order = heading.getAttribute("aria-sort") === first ? other : first;
    headings.forEach(each => each.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", order);
    const key = row => row.cells[column].dataset.value;
    body.append(...[...body.rows].sort((a, b) => {
      const x = key(a), y = key(b), p = parseFloat(x), q = parseFloat(y);
      if (x === "" || y === "") return (x === "") - (y === "");  // what is missing stays last
      return (order === "descending" ? -1 : 1) * (isNaN(p) || isNaN(q) ? x.localeCompare(y) : p - q);
    }));
  }));
  const tools = table.closest("section").querySelector(".tools");
  if (!tools) continue;
  const search = tools.querySelector("input[type=search]"), chips = all(tools, "button[data-family]");
  const filter = () => {
    const chosen = chips.filter(chip => chip.getAttribute("aria-pressed") === "true").map(chip => chip.dataset.family);
    const wanted = search.value.trim().toLowerCase();
    for (const row of body.rows)
      row.hidden = !(row.dataset.name.toLowerCase().includes(wanted) && (!chosen.length || chosen.includes(row.dataset.family)));
  };
  search.addEventListener("input", filter);
  chips.forEach(chip => chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
    filter();
  }));
  const columns = tools.querySelector("button[data-columns]");
  columns.addEventListener("click", () => columns.setAttribute("aria-pressed", !table.classList.toggle("few")));
  all(tools, "button[data-copy]").forEach(button => button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent, said = button.textContent;
    button.dataset.copied = text.length;
    try { await navigator.clipboard.writeText(text); } catch {
      const area = document.createElement("textarea");
      area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    button.textContent = "copied"; setTimeout(() => { button.textContent = said; }, 1500);
  }));
}

// Tabs: one run at a time; what a link names is shown.
const tabs = all(document, "[role=tab]");
function choose(tab) {
  tabs.forEach(each => {
    each.setAttribute("aria-selected", each === tab);
    document.getElementById(each.getAttribute("aria-controls")).hidden = each !== tab;
  });
}
tabs.forEach(tab => tab.addEventListener("click", () => choose(tab)));
if (tabs.length) choose(tabs[0]);
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const tab = tabs.find(each => document.getElementById(each.getAttribute("aria-controls")).contains(target));
  if (tab) choose(tab);
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
}
addEventListener("hashchange", reveal);

// Scatters: a canvas each, drawn when it is seen; the cell under the pointer is told and drawn.
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name);
const unpacked = new Map();
async function unpack(element) {
  const bytes = Uint8Array.from(atob(element.textContent.trim()), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}
const LEFT = 48, BOTTOM = 38, TOP = 8, RIGHT = 8;
function geometry(canvas, run) {
  const width = canvas.clientWidth || 420, height = canvas.clientHeight || width * .75, panel = run.panels[canvas.dataset.name];
  const [low, high] = run.ends;
  return {
    width, height, panel,
    x: share => LEFT + share * (width - LEFT - RIGHT),
    y: value => height - BOTTOM - (value - low) / (high - low) * (height - BOTTOM - TOP),
  };
}
function draw(canvas) {
  const run = unpacked.get(canvas.dataset.run);
  if (!run) return;
  const { width, height, panel, x, y } = geometry(canvas, run), scale = Math.max(2, devicePixelRatio || 1);
  canvas.width = width * scale; canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.font = "11px system-ui, sans-serif"; pen.fillStyle = colour("--soft"); pen.strokeStyle = colour("--line");
  const line = (a, b, c, d) => { pen.beginPath(); pen.moveTo(a, b); pen.lineTo(c, d); pen.stroke(); };
  pen.textAlign = "center"; pen.textBaseline = "top";
  for (const [share, label] of panel.ticks) { line(x(share), TOP, x(share), height - BOTTOM); pen.fillText(label, x(share), height - BOTTOM + 4); }
  pen.fillText(panel.label, x(.5), height - 15);
  pen.textAlign = "right"; pen.textBaseline = "middle";
  for (const [value, label] of run.ticks) { line(LEFT, y(value), width - RIGHT, y(value)); pen.fillText(label, LEFT - 4, y(value)); }
  pen.save(); pen.translate(10, (height - BOTTOM + TOP) / 2); pen.rotate(-Math.PI / 2); pen.textAlign = "center"; pen.fillText(run.label, 0, 0); pen.restore();
  const many = panel.places.length, radius = many > 1500 ? 1.2 : 2.4;
  pen.fillStyle = colour("--dot"); pen.globalAlpha = many > 5000 ? .15 : many > 600 ? .35 : .55;
  panel.places.forEach((place, i) => {
    if (place < 0) return;
    pen.beginPath(); pen.arc(x(place / run.steps), y(run.accuracy[i]), radius, 0, 7); pen.fill();
  });
  canvas.dataset.drawn = many;
}
function score(panel, place, steps) {
  const t = panel.ends[0] + place / steps * (panel.ends[1] - panel.ends[0]);
  if (panel.scale === "linear") return t;
  if (panel.scale === "log") return 10 ** t;
  return Math.abs(t) <= 1 ? t * panel.linear : Math.sign(t) * panel.linear * 10 ** (Math.abs(t) - 1);
}
const PALETTE = ["#a0aec0", "#718096", "#38a169", "#3182ce", "#d69e2e", "#d53f8c", "#805ad5", "#dd6b20"];
function made(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
}
function picture(axes, places) {
  const chosen = axes.map((axis, i) => ({ name: axis.name, at: parseInt(places[i], 36), what: axis.choices[parseInt(places[i], 36)] }));
  const edges = chosen.map(choice => /^(\d+)-(\d+)$/.exec(choice.name));
  if (!edges.every(Boolean)) {  // a chain of choices
    const svg = made("svg", { width: 280, height: 16 * chosen.length + 4 });
    chosen.forEach((choice, i) => {
      svg.append(made("rect", { x: 0, y: 16 * i + 2, width: 10, height: 12, fill: PALETTE[choice.at % 8] }), made("text", { x: 16, y: 16 * i + 12 }, `${choice.name}: ${choice.what}`));
    });
    return svg;
  }
  const last = Math.max(...edges.map(edge => +edge[2])), at = node => 14 + node * 250 / last, svg = made("svg", { width: 280, height: 112 });
  const kinds = new Map();
  chosen.forEach((choice, i) => {
    const [from, to] = [at(+edges[i][1]), at(+edges[i][2])], span = edges[i][2] - edges[i][1];
    const lift = 50 - (span - 1) * 38 * (i % 2 ? 1 : -1), none = choice.what === "none";
    kinds.set(choice.what, PALETTE[choice.at % 8]);
    svg.append(made("path", { d: `M${from},50 Q${(from + to) / 2},${lift} ${to},50`, fill: "none", stroke: PALETTE[choice.at % 8], "stroke-width": none ? 1 : 2.5, "stroke-dasharray": none ? "2 3" : "none" }));
  });
  for (let node = 0; node <= last; node++) svg.append(made("circle", { cx: at(node), cy: 50, r: 4, fill: "currentColor" }));
  let offset = 0;
  [...kinds].forEach(([what, fill], i) => {
    if (i === 3) offset = -270;
    svg.append(made("rect", { x: 2 + 90 * i + offset, y: i < 3 ? 88 : 100, width: 8, height: 8, fill }), made("text", { x: 13 + 90 * i + offset, y: i < 3 ? 96 : 108 }, what));
  });
  return svg;
}
const under = document.getElementById("under");
function tell(canvas, event) {
  const run = unpacked.get(canvas.dataset.run);
  if (!run) return;
  const { panel, x, y } = geometry(canvas, run), box = canvas.getBoundingClientRect();
  const a = event.clientX - box.left, b = event.clientY - box.top;
  let nearest = -1, least = 14 ** 2;
  panel.places.forEach((place, i) => {
    if (place < 0) return;
    const far = (x(place / run.steps) - a) ** 2 + (y(run.accuracy[i]) - b) ** 2;
    if (far < least) [least, nearest] = [far, i];
  });
  under.hidden = nearest < 0;
  if (nearest < 0) return;
  const name = document.createElement("code"), said = document.createElement("div");
  name.textContent = run.names[nearest];
  const value = Number(score(panel, panel.places[nearest], run.steps).toPrecision(4));
  said.textContent = `index ${run.index[nearest]} · ${run.measure} ${run.accuracy[nearest]}${run.unit && " " + run.unit} · ${canvas.dataset.name} ${value}`;
  under.replaceChildren(name, said);
  if (run.places[nearest]) under.append(picture(run.axes, run.places[nearest]));
  const wide = under.offsetWidth, high = under.offsetHeight;
  under.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - wide - 8))}px`;
  under.style.top = `${event.clientY + 14 + high > innerHeight ? Math.max(4, event.clientY - high - 14) : event.clientY + 14}px`;
}
for (const canvas of all(document, "canvas")) {
  for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, event => tell(canvas, event));
  canvas.addEventListener("pointerleave", () => { under.hidden = true; });
  canvas.closest("details").addEventListener("toggle", event => event.target.open && draw(canvas));
}
const again = () => all(document, "details[open] canvas").forEach(draw);
addEventListener("resize", again);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
addEventListener("beforeprint", () => { all(document, "details").forEach(each => { each.open = true; }); again(); });
const ready = Promise.all(all(document, "script[data-points]").map(async element => unpacked.set(element.dataset.points, await unpack(element))));
ready.then(() => { again(); document.documentElement.dataset.ready = "yes"; });
reveal();

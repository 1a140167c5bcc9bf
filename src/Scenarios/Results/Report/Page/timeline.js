// What happened when, a lane for each kind and whom it concerns, under the same time axis as the charts.

const kinds = {
  fault: { name: "fault", color: palette.vermillion },
  ejection: { name: "ejected", color: palette.purple },
  health: { name: "checks fail", color: palette.orange },
  breaker: { name: "limit reached", color: palette.blue },
  push: { name: "push", color: palette.green },
  expectation: { name: "not expected", color: palette.black },
};

function timeline(host) {
  const lanes = new Map();
  for (const event of data.events) {
    const key = `${event.kind} ${event.who}`;
    if (!lanes.has(key)) lanes.set(key, { kind: event.kind, who: event.who, events: [] });
    lanes.get(key).events.push(event);
  }
  const order = Object.keys(kinds);
  const sorted = [...lanes.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.who.localeCompare(b.who, "en", { numeric: true }));
  host.append(el("h3", {}, "Events"));
  if (sorted.length === 0) {
    host.append(el("p", { class: "soft" }, "No fault, ejection, failed health check, reached limit or push."));
    return;
  }
  const legend = el("div", { class: "cap" });
  for (const kind of order.filter(kind => sorted.some(lane => lane.kind === kind))) {
    const mark = el("i");
    mark.style.background = kinds[kind].color;
    legend.append(el("span", { class: "key" }, mark, kinds[kind].name));
  }
  const picture = svg("svg", { id: "timeline", role: "img", "aria-label": "Events over time; the table below has them as text" });
  host.append(legend, picture);
  const draw = () => drawLanes(picture, sorted);
  view.listeners.push(draw);
  cursor.listeners.push(() => {
    const line = picture.querySelector(".cursor");
    if (!line) return;
    const x = laneX(picture, cursor.at ?? 0);
    line.setAttribute("visibility", cursor.at === null ? "hidden" : "visible");
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
  });
  new ResizeObserver(draw).observe(host);
  draw();
  host.append(eventTable());
}

function laneX(picture, at) {
  const width = picture.parentElement.clientWidth - margin.left - margin.right;
  return margin.left + (at - view.from) / (view.to - view.from) * width;
}

function drawLanes(picture, lanes) {
  const whole = picture.parentElement.clientWidth;
  if (whole === 0) return;
  const [row, bottom] = [22, lanes.length * 22 + 4];
  picture.setAttribute("width", whole);
  picture.setAttribute("height", bottom + 24);
  const parts = [svg("clipPath", { id: "lanes" }, svg("rect", { x: margin.left, y: 0, width: whole - margin.left - margin.right, height: bottom }))];
  const bars = svg("g", { "clip-path": "url(#lanes)" });
  lanes.forEach((lane, i) => {
    const y = i * row + 2;
    parts.push(svg("rect", { x: margin.left, y, width: whole - margin.left - margin.right, height: row - 3, fill: i % 2 ? "#fff" : "#f4f6f8" }));
    const label = svg("text", { x: margin.left - 8, y: y + 14, "text-anchor": "end" }, lane.who.length > 18 ? `${lane.who.slice(0, 17)}…` : lane.who);
    label.append(svg("title", {}, `${kinds[lane.kind].name}: ${lane.who}`));
    parts.push(label);
    for (const event of lane.events) {
      const title = svg("title", {}, `${seconds(event.atS)}${event.untilS === null ? "" : ` to ${seconds(event.untilS)}`}: ${event.what}`);
      const [from, to] = [laneX(picture, event.atS), laneX(picture, event.untilS ?? event.atS)];
      bars.append(event.untilS === null
        ? svg("path", { d: `M${from} ${y + 2}l6 8l-6 8l-6 -8z`, fill: kinds[lane.kind].color, "data-kind": lane.kind }, title)
        : svg("rect", { x: from, y: y + 3, width: Math.max(2, to - from), height: row - 9, rx: 2, fill: kinds[lane.kind].color, "data-kind": lane.kind }, title));
    }
  });
  parts.push(bars, svg("line", { class: "cursor", y1: 0, y2: bottom, stroke: "#444", visibility: "hidden" }));
  parts.push(svg("line", { x1: margin.left, x2: whole - margin.right, y1: bottom, y2: bottom, stroke: "#9aa1a8" }));
  for (const at of ticks(view.from, view.to, Math.max(2, (whole - margin.left) / 90))) {
    const x = laneX(picture, at);
    parts.push(svg("line", { x1: x, x2: x, y1: bottom, y2: bottom + 5, stroke: "#9aa1a8" }));
    parts.push(svg("text", { x: Math.min(x, whole - 14), y: bottom + 18, "text-anchor": "middle" }, `${at} s`));
  }
  picture.replaceChildren(...parts);
}

function eventTable() {
  const rows = data.events.map(event => [event.atS, event.untilS, kinds[event.kind].name, event.who, event.what]);
  return el("details", {}, el("summary", {}, `${data.events.length} events as a table`),
    sortable(["from, s", "until, s", "kind", "who", "what"], rows, { numbers: 2 }));
}

// Clients, proxies and endpoints as boxes from left to right; lines as wide as there were requests, coloured by the share that failed.

const failShades = [
  { from: 0, color: palette.blue, text: "none failed" },
  { from: 1e-12, color: palette.sky, text: "below 1 %" },
  { from: 0.01, color: palette.orange, text: "1 to 10 %" },
  { from: 0.1, color: palette.vermillion, text: "10 % and more" },
];

// With more lines than this their numbers cover each other.
const mostLabels = 60;

function failColor(errors, requests) {
  const share = requests === 0 ? 0 : errors / requests;
  return failShades.filter(shade => share >= shade.from).at(-1).color;
}

// In each column those come first whose callers do, so that fewer lines cross.
function untangle(columns) {
  const rank = new Map();
  const sources = Map.groupBy(data.edges, edge => edge.to);
  for (const column of columns) {
    const level = new Map(column.map(node => {
      const ranks = (sources.get(node.id) ?? []).map(edge => rank.get(edge.from)).filter(known => known !== undefined);
      return [node.id, ranks.length === 0 ? 1 : ranks.reduce((sum, known) => sum + known, 0) / ranks.length];
    }));
    column.sort((a, b) => level.get(a.id) - level.get(b.id));
    column.forEach((node, i) => rank.set(node.id, (i + 0.5) / column.length));
  }
}

function topology(host) {
  const others = data.nodes.find(node => node.kind === "others")?.id;
  const told = data.edges.filter(edge => edge.from !== others && edge.to !== others);
  const depth = new Map([["clients", 0]]);
  for (let round = 0; round < data.nodes.length; round++) {
    for (const edge of told) {
      if (depth.has(edge.from) && !depth.has(edge.to)) depth.set(edge.to, depth.get(edge.from) + 1);
    }
  }
  const last = Math.max(1, ...depth.values()) + (others === undefined ? 0 : 1);
  const columns = Array.from({ length: last + 1 }, () => []);
  for (const node of data.nodes) columns[depth.get(node.id) ?? last].push(node);
  columns.forEach(column => column.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true })));
  untangle(columns);
  const [boxWidth, boxHeight, gap] = [150, 46, 22];
  const tallest = Math.max(...columns.map(column => column.length));
  const height = Math.max(90, tallest * (boxHeight + gap) + 10);
  const between = Math.max((1200 - boxWidth) / last, boxWidth + 70);
  const width = last * between + boxWidth;
  const places = new Map();
  columns.forEach((column, i) => column.forEach((node, j) => places.set(node.id, {
    x: i * between,
    y: (height - column.length * (boxHeight + gap)) / 2 + j * (boxHeight + gap) + gap / 2,
  })));
  const picture = svg("svg", { viewBox: `-4 0 ${width + 8} ${height}`, role: "img", "aria-label": "Topology; the tables below have the numbers" });
  const most = Math.max(1, ...data.edges.map(edge => edge.requests));
  const labels = [];
  const isCrowded = data.edges.length > mostLabels;
  for (const edge of data.edges) {
    const [a, b] = [places.get(edge.from), places.get(edge.to)];
    const [x1, y1, x2, y2] = [a.x + boxWidth, a.y + boxHeight / 2, b.x, b.y + boxHeight / 2];
    const bend = x2 > x1 ? (x2 - x1) / 2 : 80;
    const line = svg("path", {
      d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, fill: "none", "stroke-opacity": 0.75,
      stroke: failColor(edge.errors, edge.requests), "stroke-width": 1.5 + (isCrowded ? 5 : 12) * Math.sqrt(edge.requests / most),
    });
    line.append(svg("title", {}, `${edge.from} to ${edge.to}: ${count(edge.requests)} requests, ${percent(edge.errors, edge.requests)} failed, ${count(edge.timeouts)} timed out`));
    picture.append(line);
    if (isCrowded) continue; // Pointing at a line tells.
    labels.push(svg("text", { class: "halo", x: x2 - 10, y: y2 - 10, "text-anchor": "end" },
      `${count(edge.requests / wholeS)}/s${edge.errors > 0 ? `, ${percent(edge.errors, edge.requests)} failed` : ""}`));
  }
  for (const node of data.nodes) {
    const { x, y } = places.get(node.id);
    const box = svg("g", {});
    box.append(
      svg("rect", { x, y, width: boxWidth, height: boxHeight, rx: node.kind === "proxy" ? 4 : 14, fill: "#fff", "stroke-width": 2.5, stroke: failColor(node.errors, node.requests) }),
      svg("text", { x: x + boxWidth / 2, y: y + 19, "text-anchor": "middle", "font-weight": 600 }, node.id.length > 21 ? `${node.id.slice(0, 20)}…` : node.id),
      svg("text", { x: x + boxWidth / 2, y: y + 36, "text-anchor": "middle", class: "soft" },
        node.kind === "stranger" ? "nobody there" : `${count(node.requests)}${node.errors > 0 ? `, ${percent(node.errors, node.requests)} failed` : node.kind === "client" ? " sent" : " requests"}`),
      svg("title", {}, `${node.id}: ${count(node.requests)} requests, ${count(node.errors)} failed`));
    picture.append(box);
  }
  picture.append(...labels);
  const legend = el("p", { class: "soft" }, "Requests a second over the whole run; the wider, the more. ");
  for (const shade of failShades) {
    const mark = el("i");
    mark.style.background = shade.color;
    legend.append(el("span", { class: "key" }, mark, `${shade.text}  `));
  }
  host.append(legend, picture);
  if (data.idle.length > 0) {
    const rest = data.idle.length > 12 ? ` and ${data.idle.length - 12} more` : "";
    host.append(el("p", { class: "soft" }, `No requests came to ${data.idle.slice(0, 12).join(", ")}${rest}.`));
  }
}

// Charts on a canvas over the time of the run: stacks, lines, a heat map. They share what they show and where the pointer is.

const margin = { left: 130, right: 16, top: 8, bottom: 26 };

/** When any fault acts; what overlaps is one. */
const shades = [];
for (const fault of data.events.filter(event => event.kind === "fault")) {
  const last = shades.at(-1);
  if (last && fault.atS <= last[1]) last[1] = Math.max(last[1], fault.untilS);
  else shades.push([fault.atS, fault.untilS]);
}

class Chart {
  /** @param options {title, unit, kind: "stack" | "lines" | "heat", series: [{name, color, values}], bounds, height} */
  constructor(host, options) {
    this.options = options;
    this.hidden = new Set();
    this.canvas = el("canvas", { tabindex: "0", role: "img", "aria-label": `${options.title}, ${options.unit}. Drag, or plus and minus, to zoom; arrows move; double click or Home shows the whole run.` });
    this.canvas.style.height = `${options.height || 220}px`;
    this.tip = el("div", { class: "tip", hidden: true });
    this.root = el("div", { class: "chart" }, this.caption(), this.canvas, this.tip);
    host.append(this.root);
    this.listen();
    this.redraw = () => this.draw();
    view.listeners.push(this.redraw);
    cursor.listeners.push(() => { this.draw(); if (cursor.at === null) this.tip.hidden = true; });
    new ResizeObserver(this.redraw).observe(this.canvas);
  }

  caption() {
    const cap = el("div", { class: "cap" });
    const head = el("div", {}, el("strong", {}, this.options.title), el("span", { class: "soft" }, ` – ${this.options.unit}`));
    for (const series of this.options.series || []) {
      const mark = el("i");
      mark.style.background = series.color;
      cap.append(el("button", {
        type: "button", class: "key", "aria-pressed": "true", title: "show or hide",
        onclick: event => {
          if (!this.hidden.delete(series.name)) this.hidden.add(series.name);
          event.currentTarget.setAttribute("aria-pressed", String(!this.hidden.has(series.name)));
          this.draw();
        },
      }, mark, series.name));
    }
    return el("div", {}, head, cap);
  }

  get shown() { return this.options.series.filter(series => !this.hidden.has(series.name)); }

  get width() { return this.canvas.clientWidth - margin.left - margin.right; }

  get height() { return this.canvas.clientHeight - margin.top - margin.bottom; }

  x(at) { return margin.left + (at - view.from) / (view.to - view.from) * this.width; }

  at(x) { return view.from + (x - margin.left) / this.width * (view.to - view.from); }

  y(value) { return margin.top + this.height * (1 - (value - this.low) / (this.high - this.low)); }

  /** First and last step in view, with one more to either side so that lines leave the picture. */
  steps(length) {
    return [Math.max(0, Math.floor(view.from / data.stepS) - 1), Math.min(length - 1, Math.ceil(view.to / data.stepS))];
  }

  draw() {
    if (this.canvas.clientWidth === 0) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    const pen = this.pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    this.scale();
    this.background();
    pen.save();
    pen.beginPath();
    pen.rect(margin.left, margin.top, this.width, this.height);
    pen.clip();
    this[this.options.kind]();
    this.overlay();
    pen.restore();
    this.axes();
  }

  scale() {
    this.low = 0;
    if (this.options.kind === "heat") {
      this.high = this.options.bounds.length;
      return;
    }
    let highest = 0;
    const shown = this.shown;
    const length = Math.max(0, ...shown.map(series => series.values.length));
    const [first, last] = this.steps(length);
    for (let i = first; i <= last; i++) {
      let sum = 0;
      for (const series of shown) {
        const value = (series.values[i] || 0) / (series.per || 1);
        if (this.options.kind === "stack") sum += value; else sum = Math.max(sum, value);
      }
      highest = Math.max(highest, sum);
    }
    this.high = highest > 0 ? highest * 1.08 : 1;
  }

  background() {
    const pen = this.pen;
    const band = (from, to, color) => {
      const [left, right] = [Math.max(margin.left, this.x(from)), Math.min(margin.left + this.width, this.x(to))];
      pen.fillStyle = color;
      if (right > left) pen.fillRect(left, margin.top, right - left, this.height);
    };
    for (const [from, to] of shades) band(from, to, "rgba(213, 94, 0, .09)");
    if (data.warmUpS > 0) band(0, data.warmUpS, "rgba(90, 90, 90, .13)");
  }

  stack() {
    const pen = this.pen;
    const shown = this.shown;
    const length = Math.max(0, ...shown.map(series => series.values.length));
    const [first, last] = this.steps(length);
    const base = new Array(length).fill(0);
    for (const series of shown) {
      pen.fillStyle = series.color;
      pen.beginPath();
      for (let i = first; i <= last; i++) {
        const top = this.y(base[i] + (series.values[i] || 0) / (series.per || 1));
        pen.lineTo(this.x(i * data.stepS), top);
        pen.lineTo(this.x((i + 1) * data.stepS), top);
      }
      for (let i = last; i >= first; i--) {
        pen.lineTo(this.x((i + 1) * data.stepS), this.y(base[i]));
        pen.lineTo(this.x(i * data.stepS), this.y(base[i]));
        base[i] += (series.values[i] || 0) / (series.per || 1);
      }
      pen.fill();
    }
  }

  lines() {
    const pen = this.pen;
    for (const series of this.shown) {
      const [first, last] = this.steps(series.values.length);
      pen.strokeStyle = series.color;
      pen.lineWidth = 1.8;
      pen.lineJoin = "round";
      pen.setLineDash(series.dash || []);
      pen.beginPath();
      let down = false;
      for (let i = first; i <= last; i++) {
        const value = series.values[i];
        if (value === null || value === undefined) { down = false; continue; }
        const [x, y] = [this.x((i + 0.5) * data.stepS), this.y(value / (series.per || 1))];
        if (down) pen.lineTo(x, y); else pen.moveTo(x, y);
        down = true;
      }
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  heat() {
    const pen = this.pen;
    const columns = this.options.columns;
    const [first, last] = this.steps(columns.length);
    let highest = 1;
    for (let i = first; i <= last; i++) highest = Math.max(highest, ...columns[i]);
    for (let i = first; i <= last; i++) {
      const [left, right] = [this.x(i * data.stepS), this.x((i + 1) * data.stepS)];
      columns[i].forEach((value, row) => {
        if (value === 0) return;
        const depth = 0.12 + 0.88 * Math.sqrt(value / highest);
        pen.fillStyle = `rgb(${Math.round(236 - 228 * depth)}, ${Math.round(243 - 195 * depth)}, ${Math.round(250 - 143 * depth)})`;
        pen.fillRect(left, this.y(row + 1), Math.max(1, right - left + 0.4), this.y(row) - this.y(row + 1) + 0.4);
      });
    }
  }

  overlay() {
    const pen = this.pen;
    if (this.drag) {
      const [a, b] = [this.drag.from, this.drag.to].sort((p, q) => p - q);
      pen.fillStyle = "rgba(0, 114, 178, .18)";
      pen.fillRect(a, margin.top, b - a, this.height);
    }
    if (cursor.at !== null) {
      pen.strokeStyle = "#444";
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(this.x(cursor.at), margin.top);
      pen.lineTo(this.x(cursor.at), margin.top + this.height);
      pen.stroke();
    }
  }

  axes() {
    const pen = this.pen;
    pen.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
    pen.fillStyle = "#333";
    pen.strokeStyle = "#9aa1a8";
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const [value, text] of this.levels()) {
      const y = Math.round(this.y(value)) + 0.5;
      pen.fillText(text, margin.left - 8, y);
      pen.strokeStyle = "rgba(150, 155, 160, .35)";
      pen.beginPath();
      pen.moveTo(margin.left, y);
      pen.lineTo(margin.left + this.width, y);
      pen.stroke();
    }
    drawTimeAxis(pen, at => this.x(at), margin.left, this.width, margin.top + this.height);
  }

  /** Values of the vertical axis with their texts. */
  levels() {
    if (this.options.kind !== "heat") return ticks(this.low, this.high, 5).map(value => [value, count(value)]);
    const every = Math.max(1, Math.ceil(this.options.bounds.length / 8));
    return this.options.bounds.map((bound, row) => [row, `${count(bound)} ms`]).filter((_, row) => row % every === 0);
  }

  listen() {
    const canvas = this.canvas;
    canvas.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      this.drag = { from: event.offsetX, to: event.offsetX };
      try { canvas.setPointerCapture(event.pointerId); } catch { /* A pointer that is not there cannot be caught. */ }
    });
    canvas.addEventListener("pointermove", event => {
      const inside = event.offsetX >= margin.left && event.offsetX <= margin.left + this.width;
      if (this.drag) this.drag.to = Math.min(Math.max(event.offsetX, margin.left), margin.left + this.width);
      cursor.set(inside ? this.at(event.offsetX) : null);
      if (inside) this.hover(event.offsetX);
    });
    canvas.addEventListener("pointerleave", () => cursor.set(null));
    canvas.addEventListener("pointerup", () => {
      const drag = this.drag;
      this.drag = null;
      if (drag && Math.abs(drag.to - drag.from) > 4) {
        const [a, b] = [drag.from, drag.to].sort((p, q) => p - q);
        view.set(this.at(a), this.at(b));
      } else {
        this.draw();
      }
    });
    canvas.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
    canvas.addEventListener("dblclick", () => view.reset());
    canvas.addEventListener("keydown", event => zoomByKey(event));
  }

  hover(x) {
    const step = Math.floor(this.at(x) / data.stepS);
    const tip = this.tip;
    const rows = this.options.kind === "heat" ? this.heatRows(step) : this.seriesRows(step);
    tip.replaceChildren(el("strong", {}, seconds(step * data.stepS)), ...rows);
    tip.hidden = rows.length === 0;
    const right = x > this.canvas.clientWidth / 2;
    tip.style.left = right ? "auto" : `${x + 14}px`;
    tip.style.right = right ? `${this.canvas.clientWidth - x + 14}px` : "auto";
  }

  seriesRows(step) {
    return this.shown.filter(series => step >= 0 && step < series.values.length).slice(0, 14).map(series => {
      const mark = el("i");
      mark.style.background = series.color;
      const value = series.values[step];
      return el("div", {}, mark, `${series.name}: ${value === null ? "–" : count(value / (series.per || 1))}`);
    });
  }

  heatRows(step) {
    const column = this.options.columns[step];
    if (!column) return [];
    return column.map((value, row) => [value, row]).filter(([value]) => value > 0).reverse().slice(0, 12)
      .map(([value, row]) => el("div", {}, `from ${count(this.options.bounds[row])} ms: ${count(value)}`));
  }
}

function drawTimeAxis(pen, x, left, width, y) {
  pen.font = '12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
  pen.fillStyle = "#333";
  pen.strokeStyle = "#9aa1a8";
  pen.textBaseline = "top";
  pen.textAlign = "center";
  pen.beginPath();
  pen.moveTo(left, y + 0.5);
  pen.lineTo(left + width, y + 0.5);
  for (const at of ticks(view.from, view.to, Math.max(2, width / 90))) {
    pen.moveTo(Math.round(x(at)) + 0.5, y);
    pen.lineTo(Math.round(x(at)) + 0.5, y + 5);
    const text = `${at} s`;
    const half = pen.measureText(text).width / 2;
    pen.fillText(text, Math.min(Math.max(x(at), left + half - 10), left + width + margin.right - half), y + 8);
  }
  pen.stroke();
}

function zoomByKey(event) {
  const width = view.to - view.from;
  const middle = (view.from + view.to) / 2;
  const acts = {
    "+": () => view.set(middle - width / 4, middle + width / 4),
    "=": () => view.set(middle - width / 4, middle + width / 4),
    "-": () => view.set(middle - width, middle + width),
    ArrowLeft: () => view.set(view.from - width / 5, view.to - width / 5),
    ArrowRight: () => view.set(view.from + width / 5, view.to + width / 5),
    Home: () => view.reset(),
    Escape: () => view.reset(),
  };
  if (acts[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
    acts[event.key]();
    event.preventDefault();
  }
}

/** How the line of a number looks: colours first, then the same with dashes. */
function look(i) {
  return { color: lineColors[i % lineColors.length], dash: i >= lineColors.length ? [5, 3] : [] };
}

function hasAny(series) {
  return series.values.some(value => value);
}

/** Series that have anything, with colours. */
function colored(series, per = data.stepS) {
  return series.filter(hasAny).map((one, i) => ({ ...one, per, ...look(i) }));
}

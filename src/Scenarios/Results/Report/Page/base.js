// The data, the part of the run that is shown, and small helpers.

const data = JSON.parse(document.getElementById("data").textContent);

const palette = { blue: "#0072b2", orange: "#e69f00", vermillion: "#d55e00", green: "#009e73", purple: "#cc79a7", sky: "#56b4e9", black: "#000000", grey: "#8a8f94" };
const lineColors = [palette.blue, palette.vermillion, palette.green, palette.orange, palette.purple, palette.sky, palette.black, palette.grey];

// Steps that were finished end here; charts reach as far.
const wholeS = Math.max(data.stepS, data.durationS);

/** What all charts show, in seconds; whoever draws listens. */
const view = {
  from: 0,
  to: wholeS,
  listeners: [],
  set(from, to) {
    const least = 2 * data.stepS;
    const width = Math.min(wholeS, Math.max(least, to - from));
    this.from = Math.min(Math.max(0, from), wholeS - width);
    this.to = this.from + width;
    this.listeners.forEach(listen => listen());
  },
  reset() { this.set(0, wholeS); },
};

/** The moment under the pointer, in seconds; null for none. */
const cursor = {
  at: null,
  listeners: [],
  set(at) {
    this.at = at;
    this.listeners.forEach(listen => listen());
  },
};

/** An element with attributes and children; texts are texts. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A number with as many digits as one can tell apart, in groups of three. */
function count(value) {
  if (value === null || value === undefined) return "–";
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits }).replace(/,/g, " ");
}

function percent(part, whole) {
  if (whole === 0) return "–";
  const share = 100 * part / whole;
  return `${share === 0 || share >= 10 ? share.toFixed(share === 0 || share === 100 ? 0 : 1) : share < 0.01 ? "<0.01" : share.toFixed(2)} %`;
}

function seconds(value) {
  return `${Number(value.toFixed(value < 10 ? 2 : 1))} s`;
}

/** Round numbers between two others, about so many. */
function ticks(low, high, about) {
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough * 0.999);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/** The colour of answers: 200, "503 UF,URX", "no answer". */
function outcomeColor(name, among) {
  const status = parseInt(name, 10);
  if (!status) return palette.black;
  if (status < 300) return name.includes(" ") ? palette.sky : palette.blue;
  if (status < 400) return palette.green;
  if (status < 500) return palette.orange;
  const failed = among.filter(other => parseInt(other, 10) >= 500);
  return [palette.vermillion, palette.purple, "#8c3b00", "#7a4a66", "#f0a27a", palette.grey][failed.indexOf(name) % 6];
}

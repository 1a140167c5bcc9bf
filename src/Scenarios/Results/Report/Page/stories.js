// Single requests, hop by hop: a list to choose from, and the one that is chosen as a waterfall.

const spanColors = { hop: "#c9d3dc", backoff: palette.orange, pool: palette.purple, connect: palette.green, wait: palette.blue, answer: palette.sky };
const spanNames = { hop: "all of it at the proxy", backoff: "back-off", pool: "waits in the pool", connect: "a connection is made", wait: "waits for the answer", answer: "answer arrives" };
const groups = { slow: "The slowest", whole: "The slowest of the sample", kind: "Failed, flagged or tried again", sample: "A sample" };

function stories(host) {
  if (data.stories.length === 0) {
    host.append(el("p", { class: "soft" }, "No request was over after the warm-up."));
    return;
  }
  const list = el("div", { id: "storyList", role: "group", "aria-label": "requests" });
  const detail = el("div", { id: "storyDetail", "aria-live": "polite" });
  const open = (story, button) => {
    list.querySelectorAll("button").forEach(other => other.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
    detail.replaceChildren(...waterfall(story));
  };
  for (const [why, title] of Object.entries(groups)) {
    const some = data.stories.filter(story => story.why === why);
    if (some.length > 0) list.append(el("h3", {}, title));
    for (const story of some) {
      list.append(el("button", { type: "button", onclick: event => open(story, event.currentTarget) }, story.title, el("small", {}, `at ${seconds(story.atS)}`)));
    }
  }
  list.addEventListener("keydown", event => {
    const buttons = [...list.querySelectorAll("button")];
    const next = buttons.indexOf(document.activeElement) + { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (buttons[next]) {
      buttons[next].focus();
      buttons[next].click();
      event.preventDefault();
    }
  });
  host.append(el("p", { class: "soft" }, "Chosen after the warm-up at the proxies that clients send to; the same run chooses the same requests."), el("div", { id: "story" }, list, detail));
  const first = Math.max(0, data.stories.findIndex(story => story.why === "whole"));
  open(data.stories[first], list.querySelectorAll("button")[first]);
}

function waterfall(story) {
  const end = Math.max(0.001, ...story.steps.map(step => step.toMs));
  const show = el("button", { type: "button", onclick: () => { view.set(story.atS - 3 * data.stepS, story.atS + story.durationMs / 1000 + 3 * data.stepS); document.getElementById("time").scrollIntoView(); } }, "show this moment in the charts");
  const legend = el("p", {});
  for (const kind of Object.keys(spanColors).filter(kind => story.steps.some(step => step.spans.some(span => span.kind === kind)))) {
    const mark = el("i");
    mark.style.background = spanColors[kind];
    legend.append(el("span", { class: "key" }, mark, `${spanNames[kind]}  `));
  }
  const rows = story.steps.map(step => {
    const track = el("div", { class: "track" });
    for (const span of step.spans) {
      const bar = el("i", { title: `${spanNames[span.kind]}: ${count(span.fromMs)} to ${count(span.toMs)} ms` });
      bar.style.left = `${100 * span.fromMs / end}%`;
      bar.style.width = `${100 * (span.toMs - span.fromMs) / end}%`;
      bar.style.background = spanColors[span.kind];
      track.append(bar);
    }
    const name = el("div", { class: "name" }, step.depth % 2 === 0 ? el("strong", {}, step.label) : step.label);
    name.style.paddingLeft = `${12 * step.depth}px`;
    return el("div", { class: step.failed ? "step failed" : "step" }, name, track, el("ul", {}, ...step.lines.map(line => el("li", {}, line))));
  });
  return [
    el("p", {}, el("strong", {}, story.title), ` – begun at ${seconds(story.atS)} `, show),
    legend,
    el("div", { class: "ruler" }, el("span"), el("div", {}, ...[0, 0.25, 0.5, 0.75, 1].map(part => el("span", {}, `${count(part * end)} ms`)))),
    el("div", { class: "fall" }, ...rows),
  ];
}

// Puts the page together.

function header() {
  const host = document.getElementById("head");
  host.append(el("h1", {}, data.scenario), data.description ? el("p", {}, data.description) : "");
  host.append(el("p", { class: "soft" }, `${data.isLive ? "over real sockets" : "simulated"}, ${seconds(data.durationS)}, seed ${data.seed}, meshsim ${data.meshsim}`));
}

function summary() {
  const host = document.getElementById("summary");
  const failed = data.expectations.filter(one => !one.passed).length;
  if (data.expectations.length > 0) {
    host.append(el("p", {}, el("span", { class: `verdict ${failed ? "bad" : "good"}` }, failed ? `${failed} of ${data.expectations.length} not as expected` : `as expected (${data.expectations.length})`)));
    host.append(sortable(["expectation", "measured", ""], data.expectations.map(one => [one.expectation, one.measured, { text: one.passed ? "✓ holds" : "✗ does not hold", sort: one.passed ? 1 : 0, class: one.passed ? "good" : "bad" }])));
    host.append(el("p", {}, ""));
  }
  host.append(el("div", { class: "wide" }, el("table", {}, el("tbody", {}, ...data.summary.map(row => el("tr", {}, el("th", { scope: "row" }, row.name), el("td", {}, row.value)))))));
}

function overTime() {
  const host = document.getElementById("time");
  host.append(el("p", { class: "soft" }, `Drag across a chart to zoom in, double-click for the whole run; with the keyboard + − ← → Home. ${data.stepS > 1 ? `A step is ${data.stepS} s. ` : ""}${data.warmUpS > 0 ? "Grey: warm-up, not counted in totals. " : ""}${shades.length > 0 ? "Reddish: a fault acts." : ""}`));
  const names = data.clients.classes.map(series => series.name);
  new Chart(host, { title: "Requests by outcome", unit: "answers a second, as clients saw them", kind: "stack", height: 240, series: data.clients.classes.map(series => ({ ...series, per: data.stepS, color: outcomeColor(series.name, names) })) });
  new Chart(host, { title: "Latency", unit: "ms, of all answers, as clients saw them", kind: "lines", height: 220, series: data.clients.quantiles.map((line, i) => ({ ...line, color: [palette.blue, palette.orange, palette.vermillion][i] })) });
  if (data.clients.heatBoundsMs.length > 0) {
    new Chart(host, { title: "Latency heat map", unit: "the darker, the more answers took so long", kind: "heat", height: 240, columns: data.clients.heat, bounds: data.clients.heatBoundsMs });
  }
  timeline(host);
}

/** A cluster's series lose what all of them have in front. */
function short(name) {
  return name.replace(/^cluster\./, "").replace(/^http\./, "").replace(".circuit_breakers.default.", ": ").replace(".outlier_detection.", ": ").replace(/\.(?=(upstream|membership|lb|downstream))/, ": ").replaceAll("_", " ");
}

function proxies() {
  const host = document.getElementById("proxies");
  if (data.proxies.length === 0) return;
  const heads = ["proxy", ...data.proxies[0].columns.map(column => column.key), "responses"];
  host.append(sortable(heads, data.proxies.map(proxy => [
    proxy.name, ...proxy.columns.map(column => column.value),
    { text: Object.entries(proxy.responses).map(([outcome, number]) => `${outcome}: ${count(number)}`).join(", "), sort: "", class: "text" },
  ]), { numbers: column => column > 0 && column < heads.length - 1 }));
  const place = el("div", {});
  const show = name => {
    // Charts of the proxy before are gone from the page and need not be drawn any more.
    view.listeners = view.listeners.filter(listen => !place.redraws?.includes(listen));
    place.replaceChildren();
    place.redraws = proxyCharts(place, data.proxies.find(proxy => proxy.name === name)).map(chart => chart.redraw);
  };
  if (data.proxies.length > 1) {
    const select = el("select", { id: "proxy", onchange: event => show(event.currentTarget.value) }, ...data.proxies.map(proxy => el("option", {}, proxy.name)));
    host.append(el("p", {}, el("label", {}, "Charts and hosts of ", select)));
  } else {
    host.append(el("h3", {}, data.proxies[0].name));
  }
  host.append(place);
  show(data.proxies[0].name);
}

function proxyCharts(host, proxy) {
  const charts = [];
  const add = (title, unit, kind, series, height = 190) => {
    if (series.length > 0) charts.push(new Chart(host, { title, unit, kind, series, height }));
  };
  const names = proxy.outcomes.map(series => series.name);
  add("Responses by status and flags", "a second", "stack", proxy.outcomes.map(series => ({ ...series, name: series.name.replace(/^0\b/, "no answer"), per: data.stepS, color: outcomeColor(series.name, names) })));
  const isOf = (series, ...ends) => ends.some(end => series.name.endsWith(`.${end}`));
  const named = list => colored(list.map(series => ({ ...series, name: short(series.name) })));
  add("Retries, timeouts, refusals", "a second", "lines", named(proxy.counters.filter(series => isOf(series, "upstream_rq_retry", "upstream_rq_retry_overflow", "upstream_rq_pending_overflow", "upstream_cx_overflow", "upstream_rq_timeout", "upstream_rq_per_try_timeout", "upstream_cx_connect_fail", "upstream_cx_none_healthy"))));
  const levels = list => colored(list.map(series => ({ ...series, name: short(series.name) })), 1);
  add("Requests under way", "at the end of each step", "lines", levels(proxy.gauges.filter(series => isOf(series, "upstream_rq_active", "upstream_rq_pending_active", "downstream_rq_active"))));
  add("Hosts", "number, at the end of each step", "lines", levels(proxy.gauges.filter(series => isOf(series, "membership_healthy", "membership_total", "ejections_active"))), 150);
  if (proxy.hosts.length > 0) {
    host.append(el("h3", {}, `Hosts of ${proxy.name}`));
    host.append(sortable(["cluster", "host", "address", "priority", "requests", "succeeded", "failed", "timed out", "no connection", "health at the end"],
      proxy.hosts.map(one => [one.cluster, one.who, one.address, one.priority, one.total, one.success, one.error, one.timeout, one.connectFail, one.health || "healthy"]),
      { numbers: column => column > 2 && column < 9 }));
  }
  return charts;
}

function endpoints() {
  const host = document.getElementById("endpoints");
  host.append(sortable(["endpoint", "arrivals", "share", "answered", "errors", "longest queue", "out of balancing, s", "address"],
    data.endpoints.map(one => [one.name, one.arrivals, { text: `${(100 * one.share).toFixed(1)} %`, sort: one.share }, one.answered, one.errors, one.maxQueue, one.outS, one.address]),
    { numbers: column => column > 0 && column < 7 }));
  const add = (title, unit, pick, per) => {
    // An endpoint has the same colour in all charts.
    const series = data.endpoints.map((one, i) => ({ name: one.name, values: pick(one), per, ...look(i) })).filter(hasAny);
    if (series.length > 0) new Chart(host, { title, unit, kind: "lines", series, height: 190 });
  };
  add("Arrivals", "a second, retries and health checks included", one => one.arrivalsBySecond, data.stepS);
  add("Errors", "answers with 500 and more, a second", one => one.errorsBySecond, data.stepS);
  add("Queue", "most requests that waited for a worker in each step", one => one.queueBySecond, 1);
}

function range() {
  document.getElementById("range").value = `${seconds(view.from)} to ${seconds(view.to)}`;
}

header();
summary();
topology(document.getElementById("topology"));
overTime();
proxies();
endpoints();
stories(document.getElementById("stories"));
view.listeners.push(range);
document.getElementById("reset").addEventListener("click", () => view.reset());
range();

// Tables whose columns sort when their heads are pressed.

/** @param rows of texts and numbers; an object {text, sort, class} stands for a cell of its own. @param options {numbers: how many leading columns are numbers, or a function of the column} */
function sortable(heads, rows, options = {}) {
  const isNumber = column => typeof options.numbers === "function" ? options.numbers(column) : column < (options.numbers || 0);
  const body = el("tbody");
  const fill = sorted => body.replaceChildren(...sorted.map(row => el("tr", {}, ...row.map((cell, column) => {
    const own = cell !== null && typeof cell === "object" ? cell : { text: typeof cell === "number" ? count(cell) : cell ?? "" };
    return el("td", { class: [isNumber(column) ? "number" : "", own.class || ""].join(" ").trim() || null }, own.text);
  }))));
  const key = cell => cell !== null && typeof cell === "object" ? cell.sort : cell;
  const sort = (column, head) => {
    const down = head.getAttribute("aria-sort") !== "descending" && isNumber(column) || head.getAttribute("aria-sort") === "ascending";
    head.parentElement.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    fill([...rows].sort((a, b) => {
      const [x, y] = [key(a[column]), key(b[column])];
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x ?? "").localeCompare(String(y ?? ""), "en", { numeric: true });
      return down ? -order : order;
    }));
  };
  const head = el("tr", {}, ...heads.map((name, column) => {
    const cell = el("th", { scope: "col", class: isNumber(column) ? "number" : null });
    cell.append(el("button", { type: "button", title: "sort", onclick: () => sort(column, cell) }, name));
    return cell;
  }));
  fill(rows);
  return el("div", { class: "wide" }, el("table", {}, el("thead", {}, head), body));
}

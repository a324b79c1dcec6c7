// What the page can do a little better with JavaScript; nothing depends on it.
"use strict";

(() => {
  // The list of portals, narrowed while one types.
  for (const box of document.querySelectorAll("[data-filter]")) {
    const table = document.getElementById(box.dataset.filter);
    const field = box.querySelector("input");
    const told = box.querySelector("[role=status]");
    if (!table || table.tBodies[0].rows.length < 6) continue;
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
    box.hidden = false;
    field.addEventListener("input", () => {
      const wanted = plain(field.value.trim());
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        row.hidden = !plain(row.cells[0].textContent + " " + row.cells[1].textContent).includes(wanted);
        shown += row.hidden ? 0 : 1;
      }
      told.textContent = shown ? String(shown) : told.dataset.none;
    });
  }

  // In a calendar the arrow keys go from day to day; the Tab key still reaches every one.
  for (const year of document.querySelectorAll(".year")) {
    const days = [...year.querySelectorAll(".day a")];
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    year.addEventListener("keydown", (event) => {
      const at = days.indexOf(document.activeElement);
      const step = steps[event.key];
      if (at < 0 || step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      const next = days[at + step];
      if (next) next.focus();
      event.preventDefault();
    });
  }

  // A stroke goes to the search field, unless one is writing.
  document.addEventListener("keydown", (event) => {
    const writing = document.activeElement && document.activeElement.matches("input, textarea, select");
    if (event.key !== "/" || writing || event.altKey || event.ctrlKey || event.metaKey) return;
    document.getElementById("find").focus();
    event.preventDefault();
  });
})();

"use strict";
// The page is complete without this script; it only adds filters, copying and opening.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const form = document.querySelector("form.filters");
  if (form) {
    form.hidden = false;
    const table = document.querySelector("#matrix table");
    const apply = () => {
      const outcomes = new Set(all("[name=outcome]:checked", form).map((box) => box.value));
      const topic = form.elements.topic.value;
      const draft = form.elements.draft.value;
      const words = form.elements.find.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const cell of all("[data-draft]", table)) {
        cell.hidden = draft !== "" && cell.dataset.draft !== draft;
      }
      for (const body of all("tbody", table)) {
        let inBody = 0;
        for (const row of all("tr.row", body)) {
          const text = row.firstElementChild.textContent.toLowerCase();
          const fits =
            (topic === "" || body.dataset.topic === topic) &&
            words.every((word) => text.includes(word)) &&
            all("[data-outcome]:not([hidden])", row).some((cell) =>
              outcomes.has(cell.dataset.outcome));
          row.hidden = !fits;
          inBody += fits ? 1 : 0;
        }
        body.hidden = inBody === 0;
        shown += inBody;
      }
      form.querySelector("output").textContent = `${shown} shown`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  for (const button of all("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const code = button.previousElementSibling;
      const done = () => {
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      };
      if (navigator.clipboard) {
        navigator.clipboard.writeText(code.textContent).then(done, () => {});
      } else {
        getSelection().selectAllChildren(code);
      }
    });
  }

  const tools = document.querySelector("p.tools");
  if (tools) {
    tools.hidden = false;
    const scenarios = all("details.scenario");
    document.getElementById("only-open").addEventListener("input", (event) => {
      for (const each of scenarios) {
        each.hidden = event.target.checked && each.dataset.outcome === "pass";
      }
    });
    document.getElementById("open-all").addEventListener("click", (event) => {
      const open = event.target.textContent === "Open all";
      for (const each of scenarios) each.open = open && !each.hidden;
      event.target.textContent = open ? "Close all" : "Open all";
    });
  }

  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const proofs = target && target.querySelector("details.proofs");
    if (proofs) proofs.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("#failures details.proofs:not([open])");
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of closed) each.open = false;
  });
})();

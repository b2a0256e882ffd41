// A filter for the claims ledger: by topic, by verdict, by words. What is chosen stands in the
// address, so that it can be sent. Without this script the whole ledger is shown.
{
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

  function filter(place) {
    const tables = [...document.querySelectorAll("table.ledger")];
    const topics = tables.map((table) => table.closest("section"));
    const rows = tables.flatMap((table, n) => [...table.tBodies[0].rows].map((row) => ({
      row,
      topic: topics[n].id,
      verdict: row.querySelector(".verdict strong").textContent,
      words: plain(row.textContent),
    })));
    const verdicts = ["wrong", "imprecise", "right"].filter((name) => rows.some(({ verdict }) => verdict === name));

    const topic = make("select", { name: "topic" }, make("option", { value: "", textContent: "All topics" }));
    for (const { id } of topics) {
      const title = document.querySelector(`#${CSS.escape(id)} > :is(h2, h3)`).firstChild.textContent;
      topic.append(make("option", { value: id, textContent: title }));
    }
    const boxes = verdicts.map((value) => make("input", { type: "checkbox", name: "verdict", value }));
    const words = make("input", { type: "search", name: "words", placeholder: "such as padding" });
    const status = make("p", { role: "status" });
    const all = make("button", { type: "button", textContent: "Show all" });
    const form = make(
      "form",
      { className: "ledger-bar" },
      make("label", {}, "Topic ", topic),
      make("fieldset", {}, make("legend", { textContent: "Verdict" }), ...boxes.map((box) => make("label", {}, box, ` ${box.value}`))),
      make("label", {}, "Words ", words),
      make("div", {}, status, all),
    );

    function read() {
      const asked = new URLSearchParams(location.search);
      topic.value = asked.get("topic") ?? "";
      if (topic.selectedIndex < 0) topic.value = "";
      const chosen = (asked.get("verdict") ?? "").split(",").filter((name) => verdicts.includes(name));
      boxes.forEach((box) => { box.checked = !chosen.length || chosen.includes(box.value); });
      words.value = asked.get("words") ?? "";
    }
    function write() {
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      const address = new URL(location.href);
      const set = (name, value) => {
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      };
      set("topic", topic.value);
      set("verdict", chosen.length && chosen.length < boxes.length ? chosen.join(",") : "");
      set("words", words.value.trim());
      try {
        history.replaceState(history.state, "", address);
      } catch { /* opened from a disk */ }
    }
    function show() {
      const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      const wanted = plain(words.value).split(/\s+/).filter(Boolean);
      let count = 0;
      for (const entry of rows) {
        entry.row.hidden = (topic.value && entry.topic !== topic.value)
          || !chosen.has(entry.verdict)
          || !wanted.every((word) => entry.words.includes(word));
        count += !entry.row.hidden;
      }
      tables.forEach((table, n) => {
        topics[n].hidden = [...table.tBodies[0].rows].every((row) => row.hidden);
      });
      status.textContent = count ? `${count} of ${rows.length} statements` : "No statement fits. Show more verdicts, or fewer words.";
      all.hidden = count === rows.length;
    }
    // A link to a statement shows it, whatever is chosen.
    function lead() {
      const target = rows.find(({ row }) => `#${row.id}` === location.hash);
      if (!target?.row.hidden) return;
      clear();
      target.row.scrollIntoView();
    }
    function clear() {
      form.reset();
      topic.value = words.value = "";
      boxes.forEach((box) => { box.checked = true; });
      write();
      show();
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => { write(); show(); });
    all.addEventListener("click", () => { clear(); topic.focus(); });
    addEventListener("hashchange", lead);
    // Paper has room for all of them.
    addEventListener("beforeprint", () => { rows.forEach(({ row }) => { row.hidden = false; }); topics.forEach((section) => { section.hidden = false; }); });
    addEventListener("afterprint", show);
    read();
    show();
    place.append(form);
    lead();
  }

  document.querySelectorAll(".ledger-filter").forEach(filter);
}

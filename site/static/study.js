// Ticks for exercises, and the flash cards. Both are kept in this browser and sent nowhere.
// (A script and no module: it also runs where the book was opened from a disk.)
{
  const store = {
    read(name) {
      try {
        const found = JSON.parse(localStorage.getItem(name));
        return new Set(Array.isArray(found) ? found : []);
      } catch { // somebody else's entry, or a browser that keeps nothing
        return new Set();
      }
    },
    write(name, values) {
      try {
        if (values.size) localStorage.setItem(name, JSON.stringify([...values]));
        else localStorage.removeItem(name);
      } catch { /* then the ticks last as long as the page */ }
    },
  };

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // A box before each exercise, and a line that counts the ticks and clears them.
  function ticks(exercises) {
    const NAME = "cnn-course: exercises done";
    const done = store.read(NAME);
    const boxes = exercises.map((exercise) => {
      const number = exercise.querySelector("strong").textContent.replace(".", "");
      const box = make("input", { type: "checkbox", checked: done.has(exercise.id), ariaLabel: `Exercise ${number} is done` });
      box.addEventListener("change", () => {
        if (box.checked) done.add(exercise.id);
        else done.delete(exercise.id);
        store.write(NAME, done);
        count();
      });
      exercise.prepend(box);
      return box;
    });
    const line = document.querySelector("p.ticks");
    const invitation = line.textContent;
    const words = make("span", { role: "status" });
    const clear = make("button", { type: "button", textContent: "Clear these ticks" });
    clear.addEventListener("click", () => {
      boxes.forEach((box) => { box.checked = false; });
      exercises.forEach(({ id }) => done.delete(id));
      store.write(NAME, done);
      count();
      boxes[0].focus();
    });
    function count() {
      const number = boxes.filter((box) => box.checked).length;
      words.textContent = number
        ? `${number} of ${boxes.length} ticked; the ticks are kept in this browser alone. `
        : invitation;
      clear.hidden = !number;
    }
    count();
    line.replaceChildren(words, clear);
    addEventListener("storage", ({ key }) => { // ticked in another window
      if (key !== null && key !== NAME) return;
      const now = store.read(NAME);
      done.clear();
      now.forEach((id) => done.add(id));
      boxes.forEach((box, n) => { box.checked = done.has(exercises[n].id); });
      count();
    });
  }

  const shuffled = (values) => {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = Math.floor(Math.random() * (i + 1));
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  };

  // One card at a time, in random order; what was known stays away until everything is.
  function deal(deck) {
    const NAME = "cnn-course: cards known";
    const cards = new Map([...deck.children].map((card) => [card.querySelector("summary").textContent, card]));
    const known = store.read(NAME);
    let left = [];
    const [words, knew, again, over] = [
      make("p", { role: "status" }),
      make("button", { type: "button", textContent: "I knew it" }),
      make("button", { type: "button", textContent: "Ask me again" }),
      make("button", { type: "button", textContent: "Start over" }),
    ];
    const bar = make("div", { className: "deal" }, words, knew, again, over);

    function show() {
      for (const card of cards.values()) {
        card.hidden = true;
        card.querySelector("details").open = false;
      }
      if (left.length) cards.get(left[0]).hidden = false;
      const number = cards.size - left.length;
      words.textContent = left.length
        ? `${number} of ${cards.size} known.${number ? " This browser remembers them, and nobody else." : ""}`
        : `You know all ${cards.size} words.`;
      knew.hidden = again.hidden = !left.length;
      over.hidden = !number;
    }
    function shuffle() {
      left = shuffled([...cards.keys()].filter((term) => !known.has(term)));
      show();
    }
    const next = () => cards.get(left[0])?.querySelector("summary") ?? over;
    knew.addEventListener("click", () => {
      known.add(left.shift());
      store.write(NAME, known);
      show();
      next().focus();
    });
    again.addEventListener("click", () => {
      left.push(left.shift());
      show();
      next().focus();
    });
    over.addEventListener("click", () => {
      known.clear();
      store.write(NAME, known);
      shuffle();
      next().focus();
    });
    deck.append(bar);
    deck.classList.add("dealt");
    shuffle();
    // Paper has room for all of them.
    addEventListener("beforeprint", () => cards.forEach((card) => { card.hidden = false; }));
    addEventListener("afterprint", show);
  }

  const exercises = [...document.querySelectorAll("p.exercise")];
  if (exercises.length) ticks(exercises);
  document.querySelectorAll(".deck").forEach(deal);
}

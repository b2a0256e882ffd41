// Brings the explorers on a page to life: each when it comes near the window, all for printing.
// <boxes-explorer> is defined in boxes.mjs, and so on.
const found = [...document.querySelectorAll(".explorer > *")];
const wake = ({ localName }) => import(`./${localName.replace("-explorer", "")}.mjs`);
const watch = new IntersectionObserver(
  (entries) => entries.filter((e) => e.isIntersecting).forEach(({ target }) => {
    watch.unobserve(target);
    wake(target);
  }),
  { rootMargin: "600px" },
);
found.forEach((element) => watch.observe(element));
addEventListener("beforeprint", () => found.forEach(wake));

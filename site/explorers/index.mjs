// Brings the explorers on a page to life: each when it comes near the window, all for printing.
const KINDS = { "conv-explorer": "./conv-explorer.mjs" };

const found = [...document.querySelectorAll(Object.keys(KINDS).join())];
const wake = (element) => import(KINDS[element.localName]);
const watch = new IntersectionObserver(
  (entries) => entries.filter((e) => e.isIntersecting).forEach(({ target }) => {
    watch.unobserve(target);
    wake(target);
  }),
  { rootMargin: "600px" },
);
found.forEach((element) => watch.observe(element));
addEventListener("beforeprint", () => found.forEach(wake));

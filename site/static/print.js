// Paper is white and cannot be clicked: a page is printed in light colours, with its answers open.
const root = document.documentElement;
let theme = root.dataset.theme;
let folded = [];

addEventListener("beforeprint", () => {
  theme = root.dataset.theme;
  root.dataset.theme = "light";
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const details of folded) details.open = true;
  for (const image of document.querySelectorAll("main img")) image.loading = "eager";
});
addEventListener("afterprint", () => {
  root.dataset.theme = theme;
  for (const details of folded) details.open = false;
});

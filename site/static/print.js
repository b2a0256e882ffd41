// Paper is white: a page that is read in dark colours is printed in light ones.
const root = document.documentElement;
let theme = root.dataset.theme;

addEventListener("beforeprint", () => {
  theme = root.dataset.theme;
  root.dataset.theme = "light";
});
addEventListener("afterprint", () => {
  root.dataset.theme = theme;
});

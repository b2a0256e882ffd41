// A formula wider than the window scrolls: let the keyboard reach it. The theme does so for code.
const makeReachable = () => {
  for (const box of document.querySelectorAll("div.math")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
};

document.fonts.ready.then(makeReachable);
addEventListener("resize", makeReachable);

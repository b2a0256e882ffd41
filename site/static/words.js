// Above the search's results: what the book calls the thing that was searched for.
{
  const WORDS = []; // site/ext/search.py fills it in: {names, to, says}

  // One spelling for what is the same: case, hyphens, plurals, American endings, the sign ×.
  const SPELLINGS = [[/×/g, "x"], [/iz(?=e|at|ing)/g, "is"], [/color/g, "colour"], [/[\s_-]+/g, ""], [/(?<=\w{3})s$/, ""]];
  const key = (text) => (text.length === 1 ? text
    : SPELLINGS.reduce((result, [from, to]) => result.replace(from, to), text.toLowerCase()));

  const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
  const found = WORDS.filter(({ names }) => names.some((name) => key(name) === key(query)));
  if (query && found.length) {
    const list = document.createElement("div");
    list.className = "words";
    for (const { names, to, says } of found) {
      const link = Object.assign(document.createElement("a"), { href: to, textContent: names[0] });
      const line = document.createElement("p");
      line.append(link, `: ${says}`);
      list.append(line);
    }
    document.querySelector("#search-results").before(list);
  }
}

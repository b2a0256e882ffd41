"""A page loads only what it uses: from above a megabyte of scripts and fonts to a fraction."""

import io
import re
from pathlib import Path
from typing import Any

import pydata_sphinx_theme  # type: ignore[import-untyped]
from fontTools import subset, ttLib
from page_patches import PagePatch, add_page_patches  # type: ignore[import-not-found]
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
THEME_CSS = "styles/pydata-sphinx-theme.css"
# The only class that a script puts together from pieces, for the tooltips of the buttons on top.
COMPOSED = {"bs-tooltip-auto"}
ICON_RULE = r"((?:\.fa-[\w-]+:before,?)+)\{content:\"(\\[0-9a-f]+|[^\"]+)\"\}"

PATCHES = [
    PagePatch(
        "drop the script that draws the icons a second time",
        r"\s*<!-- So that users can add custom icons -->"
        r"\s*<script[^>]*/fontawesome\.js[^>]*></script>",
        "",
    ),
    PagePatch(
        "load the search index on the search page alone",
        r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*"></script>',
        "",
        wherenot="search",
    ),
    PagePatch(
        "let no script hold up the page",
        r'<script src="(?=[^"]*(?:doctools|sphinx_highlight|clipboard\.min|copybutton'
        r"|sphinx-book-theme)\.js)",
        '<script defer src="',
        wherenot="search",  # whose own scripts need the first of these at once
    ),
    PagePatch(
        "drop an empty slot for advertisements", r'<div id="ethical-ad-placement".*?</div>', ""
    ),
    PagePatch(
        "launch buttons: names are enough, their logos weigh more than some chapters' figures",
        r'<span class="btn__icon-container">\s*<img alt="\w+ logo"[^>]*>\s*</span>',
        "",
        where="dropdown-launch-buttons",
    ),
    PagePatch(
        "one title a page: our print style shows the page's own",
        r'<div id="jb-print-docs-body" class="onlyprint">.*?(?=<div id="searchbox">)',
        "",
        where='id="jb-print-docs-body"',
    ),
    PagePatch(
        "one viewport tag a page",
        r'(<meta name="viewport"[^>]*>)(.*?)\s*<meta name="viewport"[^>]*>(?=.*</head>)',
        r"\1\2",
    ),
]


def used_icons(site: Path) -> set[str]:
    """Return the names of the icons ("fa-moon") that the pages and the theme's script use."""
    files = [*site.rglob("*.html"), site / "_static" / "scripts" / "pydata-sphinx-theme.js"]
    return {
        name for file in files for name in re.findall(r"\bfa-[a-z0-9-]+", file.read_text("utf-8"))
    }


def subset_font(source: Path, target: Path, characters: set[str]) -> bool:
    """Write those glyphs of a font that ``characters`` need; say whether there are any."""
    font = ttLib.TTFont(source)
    needed = {ord(character) for character in characters} & set(font.getBestCmap())
    if not needed:
        return False
    subsetter = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
    subsetter.populate(unicodes=needed)
    subsetter.subset(font)
    font.flavor = "woff"  # woff2 would need one more dependency to save a few hundred bytes
    buffer = io.BytesIO()
    font.save(buffer)
    target.write_bytes(buffer.getvalue())
    return True


def slim_theme(site: Path) -> None:
    """Keep the theme's rules that some page uses, and of its icons' glyphs those few."""
    names, css = used_icons(site), (THEME / THEME_CSS).read_text(encoding="utf-8")
    kept: set[str] = set()

    def keep_used(rule: re.Match[str]) -> str:
        if not names & set(re.findall(r"fa-[\w-]+", rule[1])):
            return ""
        text = rule[2]
        kept.add(chr(int(text[1:], 16)) if text.startswith("\\") else text)
        return rule[0]

    css, count = re.subn(ICON_RULE, keep_used, css)
    if count == 0 or not kept:
        raise ExtensionError(f"{THEME_CSS}: no icon's rule matches {ICON_RULE!r}.")
    css = slim_fonts(site, css, kept)
    licences = "".join(re.findall(r"/\*!.*?\*/", css, re.DOTALL))
    css = licences + used_rules(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL), words_of(site))
    (site / "_static" / THEME_CSS).write_text(css, encoding="utf-8")


def words_of(site: Path) -> set[str]:
    """Return every word that stands in a page or in a script: no class has another name."""
    found = set(COMPOSED)
    for pattern in ("**/*.html", "_static/**/*.js", "_static/**/*.mjs"):
        for file in site.glob(pattern):
            found.update(re.findall(r"[A-Za-z][\w-]*", file.read_text("utf-8")))
    return found


def rules(css: str) -> list[tuple[str, str]]:
    """Split a style sheet into what stands before a brace and what stands inside.

    >>> rules("@charset 'x';a{b:c}@media print{d{e:f}g{h:i}}")
    [("@charset 'x';a", 'b:c'), ('@media print', 'd{e:f}g{h:i}')]
    """
    found, begin, depth, head = [], 0, 0, ""
    for match in re.finditer(r"[{}]", css):
        if match[0] == "{":
            if depth == 0:
                head, begin = css[begin : match.start()], match.end()
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                found.append((head, css[begin : match.start()]))
                begin = match.end()
    return found


def is_used(selector: str, words: set[str]) -> bool:
    """Say whether a page could have what a selector asks for.

    >>> is_used(".card .title:hover", {"card"}), is_used("a.b:not(.c)", {"b"}), is_used("p", set())
    (False, True, True)
    """
    asked = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)", "", selector)
    asked = re.sub(r"\[[^\]]*\]", "", asked)
    return all(name in words for name in re.findall(r"\.([A-Za-z][\w-]*)", asked))


def used_rules(css: str, words: set[str]) -> str:
    """Return a style sheet without the rules for classes that no page and no script names.

    >>> used_rules(".a,.b{c:d}@media print{.b{e:f}}@font-face{g:h}", {"a"})
    '.a{c:d}@font-face{g:h}'
    """
    kept = []
    for head, body in rules(css):
        if re.match(r"\s*@(?:media|supports|container)", head):
            inside = used_rules(body, words)
            kept += [f"{head}{{{inside}}}"] if inside else []
        elif "@" in head:
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [one for one in split_selectors(head) if is_used(one, words)]
            kept += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
    return "".join(kept)


def split_selectors(head: str) -> list[str]:
    """Split a list of selectors at its own commas.

    >>> split_selectors("a:is(b,c),d")
    ['a:is(b,c)', 'd']
    """
    parts, depth = [""], 0
    for character in head:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def slim_fonts(site: Path, css: str, characters: set[str]) -> str:
    """Replace the icon fonts by subsets; return the stylesheet that names these."""
    fonts = site / "_static" / "vendor" / "fontawesome" / "webfonts"
    faces = re.findall(r"@font-face\{[^}]*?/webfonts/([\w-]+)\.woff2[^}]*\}", css)
    if not faces:
        raise ExtensionError(f"{THEME_CSS}: no @font-face names a font in webfonts/.")
    for old in fonts.iterdir():
        old.unlink()
    for face in faces:
        rule = rf"@font-face\{{[^}}]*?/webfonts/{face}\.woff2[^}}]*\}}"
        source = THEME / "vendor" / "fontawesome" / "webfonts" / f"{face}.ttf"
        if subset_font(source, fonts / f"{face}.woff", characters):
            src = f'src:url(../vendor/fontawesome/webfonts/{face}.woff) format("woff")'
            css = re.sub(rule, lambda found, src=src: re.sub(r"src:[^}]*", src, found[0]), css)  # type: ignore[misc]
        else:
            css = re.sub(rule, "", css)
    return css


def slim_site(app: Sphinx, exception: Exception | None) -> None:
    """Remove from the built site what no page loads."""
    if exception is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    slim_theme(site)
    for pattern in (
        "scripts/*.map",
        "styles/*.map",
        "scripts/fontawesome.js*",
        "*webpack-macros.html",
    ):
        for file in site.glob(f"_static/{pattern}"):
            file.unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the patches and the last step, and the one font that a page takes."""
    app.setup_extension("fonts")
    add_page_patches(app, PATCHES)
    app.connect("build-finished", slim_site)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""What every page of the built site keeps: links that lead somewhere, nothing from elsewhere."""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from built_site import (
    SITE,
    Page,
    addresses_in_css,
    anchors,
    is_foreign,
    loaded,
    local_file,
    pages,
    short,
)
from PIL import Image

from tools.addresses import project

ROOT = Path(__file__).resolve().parents[2]
BUDGET_KIB = 260
RAW_FORMULA = re.compile(r"\\\(|\\\[|\\begin\{|\\frac|\$\$|\$[^$\s][^$\n]*\$")
NO_WORDS = re.compile(
    r"\W*|\S*/\S*|[0-9a-f]{16,}(\.\w+)?|\S+\.(png|jpe?g|svg|gif|webp)|image|figure", re.I | re.S
)


def assert_none(faults: list[str], rule: str) -> None:
    """Fail with the rule and every place that breaks it."""
    assert not faults, f"{rule}\n  " + "\n  ".join(sorted(set(faults)))


def test_every_entry_of_the_table_of_contents_is_a_page():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    files = [toc["root"], *(c["file"] for part in toc["parts"] for c in part["chapters"])]
    missing = [file for file in files if not (SITE / f"{file}.html").exists()]
    assert_none(missing, f"In _toc.yml, but not in {SITE}:")


def test_chapters_and_figures_are_numbered_as_their_files_are():
    faults, chapters = [], 0
    for page in pages():
        match = re.fullmatch(r"notebooks/0*(\d+[a-z]?)_\w+\.html", page.name)
        if match is None:
            continue
        chapters += 1
        numbers = [tag.get_text() for tag in page.soup.select("main .caption-number")]
        figures = [re.match(r"Fig\. (.+)\.(\d+)", number) for number in numbers]
        if [f and (f[1], int(f[2])) for f in figures] != [
            (match[1], count) for count in range(1, len(figures) + 1)
        ]:
            faults.append(f"{page.name}: {numbers}")
        title = page.soup.select_one("main h1 .section-number")
        if title is None or title.get_text().strip() != f"{match[1]}.":
            faults.append(f"{page.name}: the title has the number {title}")
        here = page.soup.select_one(".bd-sidebar-primary li.current > a")
        if here is None or not here.get_text().strip().startswith(f"{match[1]}."):
            faults.append(f"{page.name}: the sidebar says {here}")
    assert chapters
    assert_none(faults, "Numbers that are not the file's:")


def test_every_column_of_a_table_has_a_name():
    faults = [
        f"{page.name}: {short(tag.find_parent('tr'))}"
        for page in pages()
        for tag in page.soup.select("main th")
        if not tag.get_text().strip()
    ]
    assert_none(faults, "Empty headings of tables:")


def test_every_name_on_a_page_is_given_once():
    faults = []
    for page in pages():
        names = [str(tag["id"]) for tag in page.soup.select("main [id]")]
        faults += [f"{page.name}: {name}" for name in set(names) if names.count(name) > 1]
    assert_none(faults, "Names that a link cannot tell apart:")


def test_every_internal_link_leads_somewhere():
    faults = []
    for page in pages():
        for tag in page.soup.find_all(["a", "area", "link"], href=True):
            url = str(tag["href"])
            if is_foreign(url) or url.startswith("mailto:"):
                continue
            file, fragment = local_file(url, page.path), unquote(urlsplit(url).fragment)
            if not file.is_file():
                faults.append(f"{page.name}: no file for {url!r} in {short(tag)}")
            elif fragment and file.suffix == ".html" and fragment not in anchors(file):
                faults.append(f"{page.name}: no place {fragment!r} for {url!r} in {short(tag)}")
    assert_none(faults, "Links that lead nowhere:")


def test_every_file_that_a_page_loads_is_there():
    faults = []
    for page in pages():
        for use in loaded(page):
            if not is_foreign(use.url) and not local_file(use.url, page.path).is_file():
                faults.append(f"{page.name}: no file for {use.url!r} in {use.where}")
    for sheet in SITE.rglob("*.css"):
        for url in addresses_in_css(sheet.read_text("utf-8")):
            if not is_foreign(url) and not local_file(url, sheet).is_file():
                faults.append(f"{sheet.relative_to(SITE)}: no file for {url!r}")
    assert_none(faults, "Files that are missing:")


def test_nothing_is_loaded_from_another_host():
    faults = []
    for page in pages():
        faults += [f"{page.name}: {u.url} in {u.where}" for u in loaded(page) if is_foreign(u.url)]
    for sheet in SITE.rglob("*.css"):
        urls = addresses_in_css(sheet.read_text("utf-8"))
        faults += [f"{sheet.relative_to(SITE)}: {url}" for url in urls if is_foreign(url)]
    for picture in SITE.rglob("*.svg"):
        found = re.findall(
            r"""(?:href=|url\()["']?((?:https?:)?//[^"')\s]+)""", picture.read_text("utf-8")
        )
        faults += [f"{picture.relative_to(SITE)}: {url}" for url in found]
    assert_none(faults, "Loaded from another host (a link is fine, a resource is not):")


def size_of(picture: Path) -> tuple[int, int]:
    """Return a picture's width and height; a missing one has none."""
    if not picture.is_file():
        return 0, 0
    with Image.open(picture) as image:
        return image.size


def test_a_link_to_a_page_is_shown_with_a_picture():
    faults = []
    for page in pages():
        if page.soup.select_one("meta[property='og:title']") is None:
            continue  # a page that Sphinx makes from a template
        picture, alt = (
            page.soup.select_one(f"meta[property='og:image{part}']") for part in ("", ":alt")
        )
        name = str(picture["content"]).removeprefix(project().book) if picture else ""
        if not name or size_of(SITE / name) != (1200, 630):
            faults.append(f"{page.name}: {name!r}")
        if alt is None or len(str(alt["content"])) < 40:
            faults.append(f"{page.name}: the picture has no words")
    assert_none(faults, "Pictures for previews:")


def test_chapters_lead_to_the_glossary_once_a_term():
    faults = []
    for page in pages():
        links = [str(link["href"]) for link in page.soup.select("main a.term")]
        twice = sorted({link for link in links if links.count(link) > 1})
        if twice:
            faults.append(f"{page.name}: more than once {twice}")
        if page.name.startswith("notebooks/") and len(links) < 5:
            faults.append(f"{page.name}: only {len(links)} terms")
        inside = page.soup.select(
            "main :is(a a.term, code a.term, h1 a.term, h2 a.term, h3 a.term)"
        )
        if inside:
            faults.append(f"{page.name}: a term inside something else: {short(inside[0])}")
    assert_none(faults, "Links to the glossary:")


def test_every_chapter_can_be_taken_along_and_cited():
    faults = []
    for page in pages():
        if not page.name.startswith("notebooks/"):
            continue
        stem = Path(page.name).stem
        sources = {f"{stem}.ipynb": "notebooks", f"{stem}.md": "book"}
        for link in page.soup.select("main p.companion a.download"):
            file = local_file(str(link["href"]), page.path)
            folder = sources.pop(file.name, None)
            if folder is None or file.read_bytes() != (ROOT / folder / file.name).read_bytes():
                faults.append(f"{page.name}: {file.name} is not the repository's")
        if sources:
            faults.append(f"{page.name}: no link to {sorted(sources)}")
        cite = page.soup.select_one("main .companion details")
        url = page.soup.select_one("link[rel=canonical]")
        if cite is None or url is None or f"url = {{{url['href']}}}" not in cite.get_text():
            faults.append(f"{page.name}: no entry that cites {url and url['href']}")
    assert_none(faults, "What a chapter should offer:")


def test_every_exercise_is_collected():
    collected = next(page for page in pages() if page.name == "book/pages/exercises.html")
    there = [str(tag["id"]) for tag in collected.soup.select("p.exercise")]
    wanted = [
        str(tag["id"])
        for page in sorted(pages(), key=lambda page: page.name)
        for tag in page.soup.select("main p.exercise")
        if page.name.startswith("notebooks/")
    ]
    assert there == wanted
    assert len(there) == len(collected.soup.select("main details")) > 50
    for stem in {name.split("-")[1] for name in wanted}:
        text = (ROOT / "book" / f"{stem}.md").read_text("utf-8").split("\n## Exercises\n")[1]
        numbers = re.findall(r"(?m)^\*\*(\d+)\.\*\*", text)
        assert [f"exercise-{stem}-{n}" for n in numbers] == [
            name for name in wanted if name.split("-")[1] == stem
        ]


def test_every_word_of_the_glossary_is_a_card():
    (glossary,) = (page for page in pages() if page.name == "book/pages/glossary.html")
    (cards,) = (page for page in pages() if page.name == "book/pages/cards.html")
    terms = [tag.find(string=True).strip() for tag in glossary.soup.select("dl.glossary dt")]
    assert terms
    assert [tag.get_text() for tag in cards.soup.select(".deck summary")] == terms
    for card in cards.soup.select(".deck details"):
        assert len(card.get_text()) > len(card.summary.get_text()) + 10


def test_every_image_has_words_for_those_who_cannot_see_it():
    faults = []
    for page in pages():
        for image in page.soup.find_all("img"):
            alt = image.get("alt")
            if alt is None or NO_WORDS.fullmatch(str(alt).strip()):
                faults.append(f"{page.name}: alt={alt!r} says nothing in {short(image)}")
        for drawing in page.soup.select("svg[role=img]"):
            if not str(drawing.get("aria-label") or "").strip():
                faults.append(f"{page.name}: no aria-label in {short(drawing)}")
    assert_none(faults, "Images without an alternative text that says something:")


def test_every_page_has_one_title_and_a_language():
    faults = []
    for page in pages():
        titles = [" ".join(tag.get_text().split()) for tag in page.soup.find_all("h1")]
        if len(titles) != 1:
            faults.append(f"{page.name}: <h1> should stand there once, there are {titles}")
        if page.soup.html is None or page.soup.html.get("lang") != "en":
            faults.append(f"{page.name}: <html> names no language")
        if page.soup.title is None or not page.soup.title.get_text().strip():
            faults.append(f"{page.name}: <title> is missing or empty")
    assert_none(faults, "Titles:")


def test_every_page_has_a_description_of_its_own():
    faults, seen = [], {}
    for page in pages():
        tags = page.soup.find_all("meta", attrs={"name": "description"})
        text = str(tags[0].get("content") or "").strip() if tags else ""
        if len(tags) != 1 or len(text) < 40:
            faults.append(f"{page.name}: {len(tags)} descriptions, the first is {text!r}")
        if RAW_FORMULA.search(text) or "\\" in text:
            faults.append(f"{page.name}: raw formula in the description {text!r}")
        if text in seen:
            faults.append(f"{page.name}: the description of {seen[text]} again, {text!r}")
        seen[text] = page.name
    assert_none(faults, "Each page needs one <meta name='description'>:")


def test_every_formula_is_rendered():
    faults = []
    for page in pages():
        for error in page.soup.select(".katex-error"):
            faults.append(f"{page.name}: KaTeX rejects {short(error)}")
        for formula in page.soup.select(".math"):
            if formula.select_one(".katex") is None:
                faults.append(f"{page.name}: not rendered, {short(formula)}")
        for text in page.text.find_all(string=RAW_FORMULA):
            if text.find_parent(["code", "pre", "script", "annotation"]) is None:
                faults.append(f"{page.name}: raw formula in {' '.join(text.split())[:100]!r}")
    assert_none(faults, "Formulas:")


@cache
def zipped_bytes(file: Path) -> int:
    """Return how many bytes of a file a browser fetches from a server that compresses."""
    return len(gzip.compress(file.read_bytes(), 6))


def files_of_sheet(sheet: Path) -> set[Path]:
    """Return a stylesheet and what it names; the fonts of formulas are weighed in the browser."""
    files = {sheet}
    for url in addresses_in_css(sheet.read_text("utf-8")):
        file = local_file(url, sheet)
        if is_foreign(url) or not file.is_file():
            continue
        if file.suffix == ".css":
            files |= files_of_sheet(file)
        elif file.suffix.startswith(".woff") and "katex" not in file.parts:
            files.add(file)
    return files


def weight_kib(page: Page) -> float:
    """Return a page's weight without its figures."""
    files = {page.path}
    for use in loaded(page):
        file = local_file(use.url, page.path)
        if is_foreign(use.url) or not file.is_file():
            continue  # other tests complain about these
        if file.suffix == ".css":
            files |= files_of_sheet(file)
        elif file.suffix in {".js", ".mjs", ".woff", ".woff2"}:
            files.add(file)
    return sum(zipped_bytes(file) for file in files) / 1024


def test_no_page_is_heavy():
    weights = {page.name: weight_kib(page) for page in pages()}
    report = [f"{name}: {weight:.0f} KiB" for name, weight in weights.items()]
    print("\n".join(["", *report]))
    faults = [line for line, kib in zip(report, weights.values(), strict=True) if kib > BUDGET_KIB]
    assert_none(faults, f"Compressed, without figures, a page may weigh {BUDGET_KIB} KiB:")

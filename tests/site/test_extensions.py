"""Our Sphinx extension: the texts made from a record, and patches that fail loudly."""

import doctest
import importlib
import json
import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from PIL import Image
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
RECORD = {
    "finished": "2026-11-21T03:04:05Z",
    "commit": "abc1234",
    "profile": "quick",
    "device": "CPU, 2 threads",
    "versions": {"python": "3.11.7", "keras": "3.15.1"},
    "notebooks": {
        "01_convolution": {
            "cells": 30,
            "cells_compared": 29,
            "figures_compared": 9,
            "seconds": 17.2,
        },
        "02_pooling": {"cells": 1200, "cells_compared": 1200, "figures_compared": 1},
    },
    "checks": {"package tests": 312, "canaries": 14},
    "homework": {"hw01": {"mutant": 59, "generated": 1460, "generated_killed": 1457}},
    "fuzz": {"boxes": {"functions": 7, "arguments": 26, "calls": 1830, "refused": 1566}},
}


@pytest.fixture(scope="module")
def extension():
    """Import a module of site/ext, which only a build has on its path."""
    sys.path.insert(0, str(ROOT / "site" / "ext"))
    yield importlib.import_module
    sys.path.remove(str(ROOT / "site" / "ext"))


def test_without_a_record_the_page_says_so(extension):
    verification = extension("verification")
    for text in (verification.summary({}), verification.report({})):
        assert "This build was not verified" in text
        assert "`make test`" in text


def test_a_page_that_shows_what_checks_wrote_is_read_in_each_build(extension):
    read_again = extension("read_again")
    env = types.SimpleNamespace(found_docs={"status", "index", "plain"})
    for env.docname in ("status", "index", "gone", "removed"):
        read_again.in_each_build(env)
    env.found_docs.add("removed")
    assert read_again.outdated(None, env, set(), set(), {"removed"}) == {"status", "index"}


def test_the_summary_adds_up_the_notebooks(extension):
    # 29 + 1200 cells and 9 + 1 figures
    assert extension("verification").summary(RECORD) == (
        "The last verification run ended on 21 November 2026 at 03:04 UTC. It executed 2 notebooks"
        " again and compared the printed output of 1,229 code cells and 10 figures with what is"
        " published here, beside 312 package tests and 14 canaries."
    )


def test_a_run_ends_with_its_last_step(extension):
    ran = {"canaries": "2026-11-21T04:05:06Z", "package tests": "2026-11-21T02:00:00Z"}
    text = extension("verification").report(RECORD | {"ran": ran})
    assert text.startswith("The run ended on 21 November 2026 at 04:05 UTC.")


def test_the_report_has_a_row_for_each_notebook_and_a_dash_for_what_is_missing(extension):
    text = extension("verification").report(RECORD)
    assert "| 01_convolution | 30 | 29 | – | 9 | 17.2 | – |" in text
    assert "| 02_pooling | 1,200 | 1,200 | – | 1 | – | – |" in text
    assert "| hw01 | – | 59 | – | 1,460 | 1,457 |" in text
    assert "| boxes | 7 | 26 | 1,830 | 1,566 | – |" in text
    assert "- Versions: python 3.11.7 and keras 3.15.1" in text


README = """
| promise | the check |
| --- | --- |
| The package agrees with Keras. | `tests/cnnutils` |
| Links work. | `tests/site` |
| A bare machine is enough. | `.github/workflows/weekly.yml` |
"""


def test_every_promise_says_when_its_check_last_ran(extension):
    promises = extension("verification").promises
    record = {
        "checks": {"tests of the package": 1812},
        "ran": {"tests of the package": "2026-11-21T03:04:05Z"},
    }
    assert promises(README, record).split("\n") == [
        "- **The package agrees with Keras.** Held by `tests/cnnutils`. Last run:"
        " 21 November 2026 at 03:04 UTC: 1,812 tests of the package.",
        "- **Links work.** Held by `tests/site`. Last run:"
        " after this page was made: a site that fails is not published.",
        "- **A bare machine is enough.** Held by `.github/workflows/weekly.yml`. Last run:"
        " each week, in the repository.",
    ]
    assert promises(README, {}).count("not before this build") == 2


def test_the_promises_are_those_of_the_readme(extension):
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = extension("verification").PROMISE.findall(readme)
    table = readme.split("| promise | the check |\n| --- | --- |\n")[1].split("\n\n")[0]
    assert len(rows) == len(table.split("\n")) > 10
    for _, check in rows:
        for path in re.findall(r"`([\w./]+/[\w./]+)`", check):
            assert (ROOT / path).exists(), f"the README promises a check that is not there: {path}"


MARKED = """
@pytest.mark.differs("jax", "torch", reason="an oracle")
def test_one(): ...

@pytest.mark.differs("jax", "torch", reason="an oracle")
def test_two(): ...
"""
ON_JAX = {
    "commit": "abc1234",
    "differences": {
        "LeNet-5": {"outputs in use": 1e-7, "gradients": 2e-8, "bound": 4e-7},
        "VGG A": {},
    },
    "finished": "2026-11-21T03:04:05Z",
    "tests": {"passed": 1500, "differ": 2},
    "versions": {"jax": "0.10.2"},
}


def test_the_other_backends_show_their_last_run_and_what_differs(extension, tmp_path):
    show = extension("verification").backends
    (tmp_path / "tests" / "cnnutils").mkdir(parents=True)
    none = show(tmp_path)
    assert none.splitlines() == [
        "- **JAX**: no run is recorded in this build.",
        "- **PyTorch**: no run is recorded in this build.",
        "",
        "No test is marked as different on another backend.",
    ]
    (tmp_path / "tests" / "cnnutils" / "test_ops.py").write_text(MARKED)
    (tmp_path / "_build").mkdir()
    (tmp_path / "_build" / "backends.json").write_text(json.dumps({"jax": ON_JAX}))
    text = show(tmp_path)
    assert "- **JAX**, on 21 November 2026 at 03:04 UTC, commit `abc1234`: 1,500 tests" in text
    assert "1,500 tests passed and 2 differed, as they are marked. jax 0.10.2." in text
    assert "- **PyTorch**: no run is recorded" in text
    # 1e-7 and 2e-8 of 4e-7
    assert "| LeNet-5 | 25 % | 5 % |" in text
    assert "| VGG A | – | – |" in text
    assert "| 2 | `test_ops.py` | JAX and PyTorch | an oracle |" in text


def test_a_page_says_where_it_comes_from(extension):
    provenance = extension("verification").provenance
    record = RECORD | {"lock_sha256": "0123456789abcdef"}
    assert provenance(record, "notebooks/01_convolution") == (
        "Verified on 21 November 2026 at 03:04 UTC: commit abc1234; lock 0123456789ab;"
        " CPU, 2 threads; python 3.11.7 and keras 3.15.1; profile quick;"
        " this chapter ran for 17.2 s."
    )
    assert "ran for" not in provenance(record, "index")
    assert provenance(record | {"changed": True}, "index").endswith("have changed since.")


@pytest.mark.parametrize("missing", sorted(RECORD))
def test_every_part_of_a_record_may_be_missing(extension, missing):
    record = {key: value for key, value in RECORD.items() if key != missing}
    verification = extension("verification")
    for text in (
        verification.summary(record),
        verification.report(record),
        verification.provenance(record, "notebooks/02_pooling"),
    ):
        assert "None" not in text
        assert "not verified" not in text


def test_sources_that_changed_since_are_mentioned(extension):
    verification = extension("verification")
    for text in (verification.summary, verification.report):
        assert "The sources have changed since" in text({**RECORD, "changed": True})
        assert "The sources have changed since" not in text(RECORD)


def test_a_patch_that_finds_nothing_stops_the_build(extension):
    patch = extension("page_patches").PagePatch("a better name", "<b>(.*?)</b>", r"<i>\1</i>")
    assert patch.apply("<b>x</b> <b>y</b>", "index") == "<i>x</i> <i>y</i>"
    with pytest.raises(ExtensionError) as error:
        patch.apply("<strong>x</strong>", "index")
    assert "Page index: the theme's HTML no longer matches '<b>(.*?)</b>'" in str(error.value)
    assert "'a better name' cannot be applied" in str(error.value)


def test_a_patch_leaves_other_pages_alone(extension):
    patch = extension("page_patches").PagePatch("why", "<b>", "<i>", where="<p>", wherenot="search")
    assert patch.apply("no paragraph", "index") == "no paragraph"
    assert patch.apply("<p>", "search") == "<p>"


def test_the_hero_figure_computes_what_it_shows(extension):
    hero = extension("hero")
    # Under the frame, each of the three rows holds 10, 10, 0: 10·1 + 10·0 + 0·(−1) = 10.
    assert hero.slide(hero.IMAGE, hero.KERNEL).tolist() == [[0, 30, 30, 0]] * 4
    assert "Each of its 3 rows gives 10·1 + 10·0 + 0·(−1); together they make 30" in hero.caption()


def test_a_figure_of_few_colours_keeps_every_pixel(extension):
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    np.testing.assert_array_equal(extension("figures").slim(Image.fromarray(levels)), levels)


def test_a_figure_of_many_like_colours_keeps_256_of_them(extension):
    # A slow ramp down and another across: 1,024 colours, near each other.
    rows, columns = np.mgrid[0:32, 0:32]
    ramp = np.stack([rows + 100, columns + 100, np.full_like(rows, 7)], axis=-1).astype(np.uint8)
    slim = np.asarray(extension("figures").slim(Image.fromarray(ramp)))
    assert len(np.unique(slim.reshape(-1, 3), axis=0)) <= 256
    assert np.sqrt(np.mean((slim.astype(float) - ramp) ** 2)) <= extension("figures").LARGEST_RMS


def test_a_figure_that_one_can_see_through_stays_so(extension, tmp_path):
    figures, source = extension("figures"), tmp_path / "a.png"
    Image.new("RGBA", (40, 30), (255, 0, 0, 90)).save(source)
    name, *_ = figures.copy_for_site(source, tmp_path / "site")
    with Image.open(tmp_path / "site" / name) as copy:
        assert copy.convert("RGBA").getpixel((5, 5)) == (255, 0, 0, 90)


def test_a_figure_that_would_change_visibly_stays_as_it_is(extension):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    np.testing.assert_array_equal(extension("figures").slim(Image.fromarray(noise)), noise)


def test_a_figure_on_a_page_is_the_copy_and_keeps_its_place(extension, tmp_path):
    figures, source = extension("figures"), tmp_path / "a.png"
    Image.new("RGB", (40, 30), "red").save(source)
    replace = figures.replacer({"a.png": source}, tmp_path / "site")
    html = figures.IMAGE.sub(replace, '<img alt="red" src="../_images/a.png" /> <img src="b.png">')
    (copy,) = (tmp_path / "site").iterdir()
    assert html == (
        f'<img alt="red" src="../_images/{copy.name}" width="40" height="30" loading="lazy"'
        ' decoding="async" /> <img src="b.png">'
    )


def with_examples() -> list[str]:
    """Return the modules whose docstrings hold examples."""
    modules = (ROOT / "site" / "ext").glob("*.py")
    return sorted(path.stem for path in modules if ">>> " in path.read_text("utf-8"))


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_of_a_module_hold(extension, name):
    result = doctest.testmod(extension(name))
    assert result.attempted
    assert not result.failed


def document(*paragraphs: list[nodes.Node]) -> nodes.document:
    """Return a document of paragraphs."""
    found = new_document("chapter")
    found += [nodes.paragraph("", "", *parts) for parts in paragraphs]
    return found


def linked(doctree: nodes.document) -> list[tuple[str, str]]:
    """Return the text and the address of each link to the glossary."""
    return [
        (link.astext(), link["refuri"])
        for link in doctree.findall(nodes.reference)
        if "term" in link["classes"]
    ]


def test_the_first_use_of_a_term_is_linked_and_no_other(extension):
    chapter = document(
        [
            nodes.literal("", "kernel"),
            nodes.reference("", "a kernel", refuri="x"),
            nodes.Text(": "),
        ],
        [
            nodes.Text("Kernels, not subkernels or kernel-like things. "),
            nodes.emphasis("", "stride"),
        ],
        [nodes.Text("A kernel, and another stride.")],
    )
    before = chapter.astext()
    places = {"kernel": "term-kernel", "stride": "term-stride", "logit": "term-logit"}
    assert extension("terms").link_first_uses(chapter, places, "g.html") == 2
    assert linked(chapter) == [("Kernels", "g.html#term-kernel"), ("stride", "g.html#term-stride")]
    assert chapter.astext() == before


def test_the_longer_term_wins_and_other_names_lead_to_the_same_entry(extension):
    chapter = document([nodes.Text("Max pooling is pooling; MACs, and multiply-accumulates.")])
    places = {"pooling": "p", "max pooling": "mp", "multiply-accumulate": "mac", "MAC": "mac"}
    assert extension("terms").link_first_uses(chapter, places, "g") == 3
    assert linked(chapter) == [("Max pooling", "g#mp"), ("pooling", "g#p"), ("MACs", "g#mac")]


def test_small_letters_do_not_make_an_abbreviation(extension):
    chapter = document([nodes.Text("macs and flops, then FLOPs")])
    assert extension("terms").link_first_uses(chapter, {"MAC": "m", "FLOP": "f"}, "g") == 1
    assert linked(chapter) == [("FLOPs", "g#f")]


def test_every_name_leads_to_one_entry(extension):
    glossary = (ROOT / "book" / "pages" / "glossary.md").read_text("utf-8")
    entries = [
        extension("terms").names_of(term, definition.replace("\n", " "))
        for term, definition in extension("study").entries(glossary)
    ]
    names = [name for entry in entries for name in entry]
    assert len(names) == len(set(names)) > len(entries) + 10
    assert {"NMS", "IoU", "Jaccard index", "skip connection"} <= set(names)


def test_only_prose_takes_time_to_read(extension):
    exercises = nodes.section("", nodes.paragraph("", "do this and that"), ids=["exercises"])
    chapter = document([nodes.Text("three words here")])
    chapter += [nodes.literal_block("", "print(1, 2, 3)"), exercises]
    assert extension("companion").words(chapter) == 3


def test_exercises_are_taken_out_of_a_chapter_without_its_code(extension):
    cell = "```{code-cell} ipython3\nx = 1\n```\n\n"
    text = f"# T\n\n## Exercises\n\n**1.** What?\n\n{cell}So.\n\n## End\n"
    assert extension("study").exercises(text) == "**1.** What?\n\n\nSo."
    assert extension("study").exercises("# T\n\n## End\n") == ""

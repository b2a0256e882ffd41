"""What the pages about homework show is what their commands print: every one is run again."""

import difflib
import json
import shutil

import pytest

from tools import page_sessions


@pytest.mark.parametrize("page", page_sessions.PAGES, ids=lambda page: page.stem)
def test_every_output_on_the_page_is_what_its_command_prints(page):
    if shutil.which("bwrap") is None:
        pytest.skip("NOT VERIFIED HERE: the homework pages' outputs: bubblewrap is not installed")
    text = page.read_text("utf-8")
    assert "```console\n$ " in text
    now = page_sessions.filled_in(text)
    changes = difflib.unified_diff(text.splitlines(), now.splitlines(), "page", "now", n=2)
    assert now == text, "run `python -m tools.page_sessions`:\n" + "\n".join(changes)


PAGE = """
```{code-block} text
:caption: folder/words.txt

one
two
```

```console
$ wc -l < folder/words.txt
3
$ cat folder/words.txt
one
two
```
"""


def test_files_are_written_and_a_wrong_output_is_replaced():
    assert page_sessions.filled_in(PAGE) == PAGE.replace("\n3\n", "\n2\n")


def test_what_is_not_a_session_stays_as_it_is():
    text = "```bash\n$ echo no\n```\n\n> ```console\n> $ echo no\n> ```\n"
    assert page_sessions.filled_in(text) == text


def test_hashes_and_versions_may_differ_and_nothing_else():
    def shown(sha, numpy, score):
        return f'"sha256": "{sha * 64}", "numpy": "{numpy}", "score": {score}'

    stable = page_sessions.stable
    assert stable(shown("a", "2.1.0", 3)) == stable(shown("b", "2.4.6", 3))
    assert stable(shown("a", "2.1.0", 3)) != stable(shown("a", "2.1.0", 4))


def notebook(*sources):
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]})


def test_answers_go_into_their_cells_and_nowhere_else():
    before = notebook("# SETUP", "# ANSWER q1 - keep\nold", "# ANSWER q2 - keep\nold")
    after = json.loads(page_sessions.answered(before, "# ANSWER q2 - keep\nnew\n"))
    assert [cell["source"] for cell in after["cells"]] == [
        "# SETUP",
        "# ANSWER q1 - keep\nold",
        "# ANSWER q2 - keep\nnew",
    ]


def test_an_answer_without_a_cell_is_refused():
    with pytest.raises(AssertionError, match=r"no answer cell for \['q3'\]"):
        page_sessions.answered(notebook("# ANSWER q1 - keep"), "# ANSWER q3 - keep\nnew")

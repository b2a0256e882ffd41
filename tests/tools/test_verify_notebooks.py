"""The comparison of figures sees one changed character, and forgives rounding."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tools import record, verify_notebooks
from tools.verify_notebooks import MAX_RMS, TILE, over_budget, picture_difference


def as_png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, format="png")
    return buffer.getvalue()


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 255, (3 * TILE + 5, 4 * TILE + 7, 3))


def test_rounding_is_forgiven(pixels):
    noisy = pixels + np.random.default_rng(1).integers(-1, 2, pixels.shape)
    assert picture_difference(as_png(pixels), as_png(np.clip(noisy, 0, 255))) is None


def test_one_character_is_seen_and_located():
    old = np.full((200, 300, 3), 255)
    image = Image.fromarray(old.astype(np.uint8))
    ImageDraw.Draw(image).text((130, 70), "7", fill=(0, 0, 0))
    message = picture_difference(as_png(old), as_png(np.asarray(image)))
    assert message is not None
    assert f"in the tile at row {2 * TILE}, column {4 * TILE}" in message


def test_the_last_incomplete_tile_counts(pixels):
    changed = pixels.copy()
    changed[-1, -1] = 255 - changed[-1, -1]
    changed[-2, -1] = 255 - changed[-2, -1]
    assert "root mean square" in picture_difference(as_png(pixels), as_png(changed))


def test_a_uniform_shift_just_above_the_limit_is_seen():
    grey = np.full((TILE, TILE, 3), 100)
    limit = int(MAX_RMS)
    assert picture_difference(as_png(grey), as_png(grey + limit)) is None
    assert picture_difference(as_png(grey), as_png(grey + limit + 1)) is not None


def test_another_size_is_said_in_pixels(pixels):
    message = picture_difference(as_png(pixels), as_png(pixels[:, :-1]))
    assert message == "expected 135×101 pixels, got 134×101"


def test_a_chapter_is_held_to_its_budget_on_a_slow_machine():
    assert over_budget(None, 60) is None  # a system that does not tell
    assert over_budget(240, 60) is None
    fault = over_budget(241, 60)
    assert fault is not None
    assert "took 241 s of processor time, its budget is 60 s on two cores" in fault


def test_what_several_processes_saw_is_recorded_by_the_first(monkeypatch):
    monkeypatch.setattr(record, "is_wanted", lambda: True)
    written = []
    monkeypatch.setattr(record, "update", lambda **entries: written.append(entries["notebooks"]))

    def ends(config, seen):
        monkeypatch.setattr(verify_notebooks, "_seen", seen)
        verify_notebooks.pytest_sessionfinish(SimpleNamespace(config=config), 0)

    workers = [SimpleNamespace(workeroutput={}) for _ in range(2)]
    ends(workers[0], {"01": {"cells": 3}})
    ends(workers[1], {"02": {"cells": 4}})
    assert not written
    monkeypatch.setattr(verify_notebooks, "_seen", {})
    for node in (*workers, SimpleNamespace()):  # the last one broke off
        verify_notebooks.pytest_testnodedown(node, None)
    ends(SimpleNamespace(), verify_notebooks._seen)
    assert written == [{"01": {"cells": 3}, "02": {"cells": 4}}]

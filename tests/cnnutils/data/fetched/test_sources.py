"""The table of downloads: every entry can be checked, and says what the libraries here say."""

import importlib.util
import re
from pathlib import Path

import pytest

from cnnutils.data.fetched import sources

SOURCES = sources.SOURCES


def installed(package, file):
    """The text of a file of an installed package, which is not imported."""
    return (Path(importlib.util.find_spec(package).origin).parent / file).read_text()


@pytest.mark.parametrize("key", SOURCES)
def test_every_entry_can_be_verified(key):
    source = SOURCES[key]
    assert re.fullmatch(r"https://[\w.-]+\.\w+(/[\w.~-]+)+", source.url)
    assert re.fullmatch(r"[\w.-]+\.\w+", source.filename)
    assert (source.sha256 is None) != (source.md5 is None)
    assert re.fullmatch(r"[0-9a-f]{64}", source.sha256 or "0" * 64)
    assert re.fullmatch(r"[0-9a-f]{32}", source.md5 or "0" * 32)
    assert len(source.checksum_from) > 20


def test_no_two_entries_share_a_file_or_a_checksum():
    for attribute in ("url", "filename"):
        assert len({getattr(source, attribute) for source in SOURCES.values()}) == len(SOURCES)
    assert len({source.sha256 or source.md5 for source in SOURCES.values()}) == len(SOURCES)


@pytest.mark.parametrize(
    ("key", "package", "file"),
    [
        ("mnist", "keras", "src/datasets/mnist.py"),
        ("olivetti_faces", "sklearn", "datasets/_olivetti_faces.py"),
        ("lfw_images", "sklearn", "datasets/_lfw.py"),
        ("lfw_pairs", "sklearn", "datasets/_lfw.py"),
    ],
)
def test_the_data_sets_agree_with_the_installed_library(key, package, file):
    text = installed(package, file)
    assert SOURCES[key].sha256 in text
    assert SOURCES[key].url.rpartition("/")[2] in text


@pytest.mark.parametrize("key", [key for key in SOURCES if "vgg" in key or "resnet" in key])
def test_the_weights_agree_with_the_installed_keras(key):
    source = SOURCES[key]
    folder = source.url.split("/")[-2]
    text = installed("keras", f"src/applications/{folder}.py")
    if folder.startswith("vgg"):
        before = text[: text.index(f'file_hash="{source.md5}"')]
        assert before.rindex(f'"{source.filename}"') > len(before) - 200  # the same call
    else:
        name = key.split("_")[1]
        pair = re.search(rf'"{name}": \(\s*"(\w+)",\s*"(\w+)",?\s*\)', text).groups()
        assert source.md5 == pair[key.endswith("_no_top")]
    assert source.url.removeprefix("https://storage.googleapis.com/tensorflow/").startswith(
        "keras-applications/"
    )


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        SOURCES["mnist"] = None

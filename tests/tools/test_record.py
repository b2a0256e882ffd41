"""The record of a verification: merged, replaced in one step, and tied to the sources."""

import json

from tools import record


def test_entries_are_merged(tmp_path):
    assert record.read(tmp_path) == {}
    record.update(tmp_path, commit="abc", checks={"a": 1})
    record.update(tmp_path, checks={"b": 2})
    assert record.read(tmp_path) == {"commit": "abc", "checks": {"a": 1, "b": 2}}
    assert [path.name for path in record.path(tmp_path).parent.iterdir()] == ["verification.json"]
    json.loads(record.path(tmp_path).read_text())
    record.remove(tmp_path)
    record.remove(tmp_path)  # twice is no error
    assert record.read(tmp_path) == {}


def test_the_hash_sees_every_file_that_a_reader_sees(tmp_path):
    for name in record.VERIFIED:
        (tmp_path / name).write_text(name)
    for folder in record.VERIFIED_FOLDERS:
        (tmp_path / folder).mkdir()
    seen = {record.sources_sha256(tmp_path)}
    (tmp_path / "book" / "a.md").write_text("a")
    seen.add(record.sources_sha256(tmp_path))
    (tmp_path / "book" / "a.md").rename(tmp_path / "book" / "b.md")
    seen.add(record.sources_sha256(tmp_path))
    (tmp_path / "_config.yml").write_text("changed")
    seen.add(record.sources_sha256(tmp_path))
    assert len(seen) == 4
    (tmp_path / "cnnutils" / "__pycache__").mkdir()
    (tmp_path / "cnnutils" / "__pycache__" / "a.pyc").write_text("x")
    assert record.sources_sha256(tmp_path) in seen

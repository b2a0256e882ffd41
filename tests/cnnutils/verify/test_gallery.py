"""The gallery: by hand, against brute force and faiss, as properties, on disk, and its errors."""

import math
import os
import re
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnutils.verify import Gallery, Match, search

FAR = math.inf


def unit_rows(rng, number, width=128):
    rows = rng.normal(size=(number, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("float32")


def brute_force(queries, rows):
    """All differences in float64; of equally near rows the first."""
    queries, rows = (np.asarray(array, "float32").astype("float64") for array in (queries, rows))
    distances = np.array([((rows - query) ** 2).sum(axis=1) for query in queries])
    return distances.argmin(axis=1), distances.min(axis=1)


def people(number):
    return [f"person {i}" for i in range(number)]


def agrees_with_brute_force(queries, rows):
    gallery = Gallery(rows, people(len(rows)))
    found = gallery.identify_many(queries, threshold=FAR)
    nearest, distances = brute_force(queries, rows)
    assert [match.name for match in found] == [f"person {i}" for i in nearest]
    np.testing.assert_allclose([match.distance for match in found], distances, rtol=1e-12)
    one = [gallery.identify(query, threshold=FAR) for query in queries[:3]]
    assert [match.name for match in one] == [match.name for match in found[:3]]
    np.testing.assert_allclose([match.distance for match in one], distances[:3], rtol=1e-12)


def test_by_hand():
    gallery = Gallery([[0, 0], [3, 4], [0, 1]], ["Ada", "Grace", "Ada"])
    # Squared distances of (0, 3) to the three: 9, 10, 4.
    assert gallery.identify([0, 3], threshold=4) == Match(name="Ada", distance=4.0)
    assert gallery.identify([0, 3], threshold=3.9) is None
    assert gallery.identify_many([[0, 3], [3, 5], [9, 9]], threshold=4) == [
        Match("Ada", 4.0),
        Match("Grace", 1.0),
        None,
    ]
    assert len(gallery) == 3
    assert gallery.names == ("Ada", "Grace", "Ada")
    assert repr(gallery) == "Gallery(3 embeddings of 2 people)"


def test_embeddings_of_one_number():
    gallery = Gallery([[0.0], [4.0]], ["Ada", "Grace"])
    gallery.enrol("Emmy", [1.0])
    assert gallery.identify([1.5], threshold=1) == ("Emmy", 0.25)


def test_a_person_is_enrolled_and_removed_and_the_others_stay():
    gallery = Gallery([], [])
    assert gallery.identify([1, 2], threshold=FAR) is None
    assert gallery.identify_many([[1, 2], [3, 4]], threshold=FAR) == [None, None]
    gallery.enrol("Ada", [0, 0])
    gallery.enrol("Grace", [[3, 4], [3, 5]])
    gallery.enrol(["Emmy", "Ada"], [[0, 3], [9, 9]])
    assert gallery.names == ("Ada", "Grace", "Grace", "Emmy", "Ada")
    assert gallery.identify([9, 8], threshold=1).name == "Ada"
    gallery.remove("Ada")
    assert gallery.names == ("Grace", "Grace", "Emmy")
    assert gallery.identify([9, 8], threshold=FAR) == Match("Grace", 45.0)
    assert gallery.identify([0, 0], threshold=FAR) == Match("Emmy", 9.0)
    gallery.enrol("Ada", [0, 0])
    assert gallery.identify([0, 0], threshold=FAR) == Match("Ada", 0.0)
    for name in ("Ada", "Grace", "Emmy"):
        gallery.remove(name)
    assert gallery.identify([0, 0], threshold=FAR) is None
    assert (len(gallery), gallery.names) == (0, ())


def test_of_equally_near_ones_the_first_wins():
    gallery = Gallery([[0, 5], [1, 0], [-1, 0], [1, 0]], ["far", "first", "second", "third"])
    assert gallery.identify([0, 0], threshold=1).name == "first"
    assert gallery.identify([1, 0], threshold=1).name == "first"
    gallery.remove("first")
    assert gallery.identify([0, 0], threshold=1).name == "second"


@pytest.mark.parametrize("number", [1, search.FEW_QUERIES, search.FEW_QUERIES + 1, 600])
def test_doubles_in_other_blocks_change_nothing(number):
    """Rows that are equal: the product rounds them differently in each place, the first wins."""
    rng = np.random.default_rng(number)
    different = unit_rows(rng, 50)
    rows = different[rng.integers(50, size=5000)]
    queries = np.concatenate([different, unit_rows(rng, 600)])[:number]
    agrees_with_brute_force(queries, rows)


@pytest.mark.parametrize("kind", ["random", "people", "far away", "nearly equal", "long and short"])
@pytest.mark.parametrize("number", [1, 5, 700])
def test_exact_where_rounding_is_larger_than_the_gap(kind, number):
    rng = np.random.default_rng(3)
    rows = unit_rows(rng, 5000)
    queries = unit_rows(rng, number)
    if kind == "people":  # ten photographs each
        rows = np.repeat(rows[:500], 10, axis=0) + rng.normal(0, 1e-4, rows.shape)
        queries = rows[rng.integers(5000, size=number)] + rng.normal(0, 1e-4, queries.shape)
    elif kind == "far away":  # |a|² is 10⁸ times the distance
        rows, queries = rows[:2000] + 1e3, queries[:50] + 1e3
    elif kind == "nearly equal":  # a network that has collapsed
        rows, queries = rows[0] + 1e-6 * rows[:2000], rows[0] + 1e-6 * queries[:50]
    elif kind == "long and short":
        rows *= 10.0 ** rng.integers(-4, 5, (5000, 1))
        queries *= 10.0 ** rng.integers(-4, 5, (number, 1))
    agrees_with_brute_force(queries.astype("float32"), rows.astype("float32"))


@pytest.mark.parametrize("size", [1e-44, 1e-30, 1e-23, 1e-22, 1e-21, 1e17])
def test_exact_where_products_underflow_or_almost_overflow(size):
    rng = np.random.default_rng(4)
    rows = (rng.uniform(-1, 1, (1000, 128)) * size).astype("float32")
    agrees_with_brute_force((rng.uniform(-1, 1, (40, 128)) * size).astype("float32"), rows)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 300),
    st.integers(1, 30),
    st.sampled_from([1, 2, 7, 128, 300]),
    st.sampled_from([None, 0, 2]),
)
def test_any_gallery_agrees_with_brute_force(seed, number, num_queries, width, decimals):
    rng = np.random.default_rng(seed)
    rows, queries = rng.normal(size=(number, width)), rng.normal(size=(num_queries, width))
    if decimals is not None:  # many ties
        rows, queries = rows.round(decimals), queries.round(decimals)
    agrees_with_brute_force(queries.astype("float32"), rows.astype("float32"))


def test_the_bound_covers_the_error_of_the_products():
    """No score is lower than the difference in float64 would make it."""
    rng = np.random.default_rng(5)
    for width in (1, 3, 128, 1000):
        rows, queries = unit_rows(rng, 500, width) + 2, unit_rows(rng, 40, width) + 2
        scores = queries @ rows.T - search.optimistic_halves(rows)
        squares = (queries.astype("f8") ** 2).sum(axis=1, keepdims=True)
        lower = squares * (1 - search.tolerance(width)) - 2 * scores.astype("f8")
        truth = np.array([((rows.astype("f8") - query) ** 2).sum(axis=1) for query in queries])
        assert (lower <= truth).all()
        lengths = squares + (rows.astype("f8") ** 2).sum(axis=1)
        assert (truth - lower <= 2 * search.tolerance(width) * lengths).all()


def test_the_same_answers_as_faiss():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its bindings use what newer Pythons deprecate
        faiss = pytest.importorskip("faiss", reason="faiss-cpu is an optional peer (extra: search)")
    rng = np.random.default_rng(6)
    rows, queries = unit_rows(rng, 20000), unit_rows(rng, 300)
    index = faiss.IndexFlatL2(128)
    index.add(rows)
    distances, nearest = index.search(queries, 1)
    found = Gallery(rows, people(20000)).identify_many(queries, threshold=FAR)
    assert [match.name for match in found] == [f"person {i}" for i in nearest[:, 0]]
    np.testing.assert_allclose([match.distance for match in found], distances[:, 0], atol=1e-5)


@given(st.data())
def test_any_history_ends_as_if_the_rest_had_been_enrolled_at_once(data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    gallery, known = Gallery([], []), []
    names = st.sampled_from(["Ada", "Grace", "Emmy"])
    for step in data.draw(st.lists(st.sampled_from(["enrol", "several", "remove"]), max_size=12)):
        if step == "remove":
            name = data.draw(names)
            if any(other == name for other, _ in known):
                gallery.remove(name)
            known = [(other, row) for other, row in known if other != name]
        else:
            new = data.draw(st.lists(names, min_size=1, max_size=4 if step == "several" else 1))
            rows = rng.normal(size=(len(new), 3)).astype("float32")
            gallery.enrol(new, rows) if step == "several" else gallery.enrol(new[0], rows[0])
            known += zip(new, rows, strict=True)
    fresh = Gallery([row for _, row in known], [name for name, _ in known])
    queries = rng.normal(size=(5, 3))
    assert gallery.names == fresh.names
    assert len(gallery) == len(known)
    if known:
        ours = gallery.identify_many(queries, threshold=2)
        assert ours == fresh.identify_many(queries, threshold=2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_embeddings_are_copied_and_kept_as_float32(dtype):
    rows = np.random.default_rng(7).normal(size=(4, 3)).astype(dtype)
    query = rows[2].copy()
    gallery = Gallery(rows, people(4))
    rows[:] = 0
    assert gallery.identify(query, threshold=0) == Match("person 2", 0.0)


def test_a_failed_enrolment_changes_nothing():
    gallery = Gallery([[0, 0], [1, 1]], ["Ada", "Grace"])
    for name, rows in (("Emmy", [[2, 2], [np.nan, 2]]), (["Emmy"], [[2, 2], [3, 3]])):
        with pytest.raises(ValueError, match=r"^Gallery\.enrol: "):
            gallery.enrol(name, rows)
    assert gallery.names == ("Ada", "Grace")
    assert gallery.identify([2, 2], threshold=FAR) == Match("Grace", 2.0)


@pytest.mark.parametrize("number", [0, 1, 100])
def test_saved_and_loaded(tmp_path, number):
    rows = unit_rows(np.random.default_rng(8), number, 16)
    names = [f"Ada {i} Lovelace-Παπαδοπούλου 😀" for i in range(number)]
    path = tmp_path / "people"  # the name is taken as it is
    gallery = Gallery(rows, names)
    gallery.enrol("Grace", np.ones(16))
    gallery.save(path)
    gallery.remove("Grace")
    again = Gallery.load(str(path))
    assert again.names == (*names, "Grace")
    again.remove("Grace")
    assert again.names == gallery.names
    queries = unit_rows(np.random.default_rng(9), 10, 16)
    assert again.identify_many(queries, threshold=1.5) == gallery.identify_many(
        queries, threshold=1.5
    )
    assert os.listdir(tmp_path) == ["people"]


def test_an_empty_gallery_keeps_its_width_if_it_has_one(tmp_path):
    for gallery, refused in ((Gallery([], []), False), (Gallery(np.empty((0, 3)), []), True)):
        gallery.save(tmp_path / "nobody.npz")
        again = Gallery.load(tmp_path / "nobody.npz")
        assert again.names == ()
        if refused:
            with pytest.raises(ValueError, match="must have as many numbers as those enrolled, 3"):
                again.enrol("Ada", [1, 2])
        else:
            again.enrol("Ada", [1, 2])
            assert again.names == ("Ada",)


def test_numpy_reads_the_file_without_pickle(tmp_path):
    Gallery([[1, 2]], ["Ada"]).save(tmp_path / "people.npz")
    with np.load(tmp_path / "people.npz", allow_pickle=False) as arrays:
        assert arrays["names"].tolist() == ["Ada"]
        np.testing.assert_array_equal(arrays["embeddings"], [[1, 2]])


def test_whoever_is_interrupted_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "people.npz"
    Gallery([[1, 2]], ["Ada"]).save(path)
    before = path.read_bytes()

    def broken_disk(file, **arrays):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", broken_disk)
    with pytest.raises(OSError, match="No space left"):
        Gallery([[3, 4]], ["Grace"]).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["people.npz"]


def test_a_folder_that_is_not_there(tmp_path):
    sentence = f"Gallery.save: there is no folder {tmp_path / 'none'}."
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(sentence)}$"):
        Gallery([], []).save(tmp_path / "none" / "people.npz")
    with pytest.raises(FileNotFoundError):
        Gallery.load(tmp_path / "none" / "people.npz")


def write(path, kind):
    rows, names = np.ones((2, 3), "float32"), np.array(["Ada", "Grace"])
    files = {
        "text": lambda file: file.write(b"Ada 1 2 3\n"),
        "nothing": lambda file: None,
        "one array": lambda file: np.save(file, rows),
        "pickled": lambda file: np.savez(file, embeddings=rows, names=np.array(["a", 1], object)),
        "other names": lambda file: np.savez(file, rows=rows, names=names),
        "float64": lambda file: np.savez(file, embeddings=rows.astype("f8"), names=names),
        "numbers as names": lambda file: np.savez(file, embeddings=rows, names=np.arange(2)),
        "a table of names": lambda file: np.savez(file, embeddings=rows, names=names[np.newaxis]),
    }
    with path.open("wb") as file:
        files[kind](file)


@pytest.mark.parametrize(
    "kind",
    ["text", "nothing", "one array", "pickled", "other names", "float64", "numbers as names",
     "a table of names"],
)  # fmt: skip
def test_files_that_are_none(tmp_path, kind):
    path = tmp_path / "people.npz"
    write(path, kind)
    sentence = f"Gallery.load: {path} is no file that Gallery.save has written, or it is damaged."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        Gallery.load(path)


@pytest.mark.parametrize(
    ("rows", "names", "sentence"),
    [
        (np.ones((2, 3), "f4"), ["Ada"],
         "there must be one name for each embedding (2 embeddings, 1 names)."),
        (np.full((1, 3), np.nan, "f4"), ["Ada"], "embeddings must be finite; row 0 holds nan."),
        (np.ones(3, "f4"), ["Ada"],
         "embeddings must have the axes (N, D), got an array of shape (3,)."),
    ],
)  # fmt: skip
def test_files_with_wrong_numbers(tmp_path, rows, names, sentence):
    np.savez(tmp_path / "people.npz", embeddings=rows, names=np.array(names))
    with pytest.raises(ValueError, match=f"^{re.escape('Gallery.load: ' + sentence)}$"):
        Gallery.load(tmp_path / "people.npz")


def test_damaged_files(tmp_path):
    """Cut off anywhere or with a changed byte: an error in our words, or what was saved."""
    path = tmp_path / "people.npz"
    Gallery([[1, 2], [3, 4]], ["Ada", "Grace"]).save(path)
    whole = path.read_bytes()
    rng = np.random.default_rng(10)
    broken = [whole[:length] for length in range(0, len(whole), 7)]
    for position in range(len(whole)):
        changed = bytearray(whole)
        changed[position] ^= int(rng.integers(1, 256))
        broken.append(bytes(changed))
    answers = []
    for content in broken:
        path.write_bytes(content)
        try:
            answers.append(str(Gallery.load(path).names))
        except ValueError as error:
            answers.append(str(error).split(":")[0])
    assert set(answers) == {"('Ada', 'Grace')", "Gallery.load"}
    assert answers.count("Gallery.load") > len(broken) / 2


def ada():
    return Gallery([[1, 2]], ["Ada"])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: Gallery([[1, 2], [3, np.nan]], ["a", "b"]), ValueError,
            "Gallery: embeddings must be finite; row 1 holds nan.",
        ),
        (
            lambda: Gallery([1, 2], ["a", "b"]), ValueError,
            "Gallery: embeddings must have the axes (N, D), got an array of shape (2,).",
        ),
        (
            lambda: Gallery([[-1e30, 2]], ["a"]), ValueError,
            "Gallery: embeddings must lie between ±5e+18, so that squared distances fit into "
            "float32.",
        ),
        (
            lambda: Gallery([["1", "2"]], ["a"]), TypeError,
            "Gallery: embeddings must hold float32, float64 or integer numbers, "
            "got <U1 (shape (1, 2)).",
        ),
        (
            lambda: Gallery([[1, 2]], ["a", "b"]), ValueError,
            "Gallery: there must be one name for each embedding (1 embeddings, 2 names).",
        ),
        (
            lambda: Gallery([[1, 2]], [7]), TypeError,
            "Gallery: names must be text, got 7 (int).",
        ),
        (
            lambda: Gallery([[1, 2]], "a"), TypeError,
            "Gallery: names must be a list of names, got 'a' (str).",
        ),
        (
            lambda: Gallery([[1, 2]], [""]), ValueError,
            "Gallery: names must have a character and no null character, got ''.",
        ),
        (
            lambda: Gallery([[1, 2]], ["a\0"]), ValueError,
            r"Gallery: names must have a character and no null character, got 'a\x00'.",
        ),
        (
            lambda: ada().enrol("b", [1, 2, 3]), ValueError,
            "Gallery.enrol: embedding must have as many numbers as those enrolled, 2, got 3.",
        ),
        (
            lambda: ada().enrol("b", [[[1, 2]]]), ValueError,
            "Gallery.enrol: embedding must have the axes (N, D), got an array of shape (1, 1, 2).",
        ),
        (
            lambda: ada().enrol(7, [1, 2]), TypeError,
            "Gallery.enrol: names must be a list of names, got 7 (int).",
        ),
        (
            lambda: ada().remove("Grace"), ValueError,
            "Gallery.remove: nobody is enrolled as 'Grace'.",
        ),
        (
            lambda: ada().identify([[1, 2]], threshold=1), ValueError,
            "Gallery.identify: embedding must have the axes (D), got an array of shape (1, 2). "
            "For several at once, see identify_many.",
        ),
        (
            lambda: ada().identify([1, np.inf], threshold=1), ValueError,
            "Gallery.identify: embedding must be finite; row 0 holds inf.",
        ),
        (
            lambda: ada().identify([1, 2, 3], threshold=1), ValueError,
            "Gallery.identify: embedding must have as many numbers as those enrolled, 2, got 3.",
        ),
        (
            lambda: ada().identify([1, 2], threshold=np.nan), ValueError,
            "Gallery.identify: threshold must be finite, got nan.",
        ),
        (
            lambda: ada().identify([1, 2], threshold="1"), TypeError,
            "Gallery.identify: threshold must be a number, got '1' (str).",
        ),
        (
            lambda: ada().identify_many([1, 2], threshold=1), ValueError,
            "Gallery.identify_many: embeddings must have the axes (N, D), "
            "got an array of shape (2,).",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments(call, error, sentence):
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        call()


def test_no_queries_and_nothing_enrolled_give_empty_lists():
    assert ada().identify_many([], threshold=1) == []
    assert ada().identify_many(np.empty((0, 2)), threshold=1) == []
    gallery = ada()
    gallery.enrol("nobody", np.empty((0, 2)))
    gallery.enrol([], [])
    assert gallery.names == ("Ada",)

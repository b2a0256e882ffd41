"""Downloaded files with the right checksum and other content: one sentence, nothing executed."""

import gzip
import pickle
import re
import tarfile
from pathlib import Path

import data_server
import numpy as np
import pytest
from data_server import (
    CIFAR,
    FETCHER_OF,
    FILES,
    KEYS,
    LFW_IMAGES,
    LFW_PAIRS,
    MNIST,
    OLIVETTI,
    PET_ANNOTATIONS,
    PET_IMAGES,
    encoded,
    fetch,
    idx,
    matlab,
    names_in,
    npz,
    pet_list,
    pixels,
    tar,
)

from cnnutils.data.fetched import sources


@pytest.fixture
def server(monkeypatch):
    with data_server.serving(monkeypatch) as server:
        yield server


class Evil:
    """Its pickle makes a file, if somebody is careless enough to load it."""

    def __reduce__(self):
        return Path.touch, (Path("evil_was_here"),)


def without(files, name):
    return tar([file for file in files if file[0] != name])


def replaced(files, name, content):
    return tar([(name, content) if file[0] == name else file for file in files])


def cifar(**changes):
    batches = {name: batch.tobytes() for name, batch in CIFAR.items()}
    batches |= {f"{name}.bin": content for name, content in changes.items()}
    return tar((f"cifar-10-batches-bin/{name}", content) for name, content in batches.items())


def lfw(old, new):
    assert old in LFW_PAIRS
    return LFW_PAIRS.replace(old, new).encode()


ANN_1 = "lfw_funneled/Ann_Bo/Ann_Bo_0001.jpg"
TRAINVAL = "annotations/trainval.txt"
WRONG = [
    (
        "mnist",
        npz(**MNIST | {"x_test": MNIST["x_test"][:2]}),
        r"x_test must be uint8 of shape \(3,",
    ),
    ("mnist", npz(**MNIST | {"y_test": np.array([1, 2, 3])}), r"got int64 of shape \(3,\)"),
    ("mnist", npz(**MNIST | {"y_test": MNIST["y_test"] + 4}), "its labels must be 0 to 9, got 11"),
    ("mnist", npz(x_train=MNIST["x_train"]), "it has no array y_train"),
    (
        "mnist",
        npz(**MNIST | {"y_test": np.zeros(10**6)}),
        "y_test has 8,000,128 bytes, at most 1,0",
    ),
    (
        "mnist",
        npz(**MNIST | {"y_test": np.array([Evil()])}),
        r"it cannot be read \(ValueError: Obj",
    ),
    ("fashion_mnist_train_images", idx(MNIST["x_test"]), r"must be an IDX file of bytes of shape"),
    ("fashion_mnist_train_labels", idx(MNIST["x_train"]), r"first bytes are 00 00 08 03"),
    ("fashion_mnist_test_images", FILES["fashion_mnist_test_images"][:-99], "EOFError"),
    ("fashion_mnist_test_labels", idx(MNIST["y_test"] + 8), "its labels must be 0 to 9, got 15"),
    (
        "fashion_mnist_test_labels",
        gzip.compress(gzip.decompress(FILES["fashion_mnist_test_labels"]) + bytes(10**6)),
        "it must unpack to 11 bytes, not more",
    ),
    ("cifar10", cifar(data_batch_2=b"\0" * 3073), "6 images must take 18,438 bytes, not 15,365"),
    ("cifar10", cifar(test_batch=b"\x0a" * 3 * 3073), "its labels must be 0 to 9, got 10"),
    ("cifar10", cifar(test_batch=bytes(10**8)), "test_batch.bin has 100,000,000 bytes, at most"),
    ("cifar10", tar([("x", b"")]), "data_batch_1.bin, data_batch_2.bin, test_batch.bin is missing"),
    ("cifar10", FILES["cifar10"][:-999], "it cannot be read"),
    ("olivetti_faces", matlab(x=OLIVETTI), "it has no array faces"),
    ("olivetti_faces", matlab(faces=OLIVETTI.T), r"got uint8 of shape \(400, 4096\)"),
    ("olivetti_faces", matlab(faces=np.ones((4096, 400))), "faces lies between 1.0 and 1.0"),
    ("lfw_pairs", lfw("2\t2", "10\t300"), r"first line must be '2\\t2', not '10\\t300'"),
    ("lfw_pairs", lfw("Ed\t1\t2\n", ""), "8 pairs must follow, not 7"),
    ("lfw_pairs", lfw("Cy\t2\tAnn_Bo\t3", "Cy\t2\t1"), "line 5 must be a pair of different people"),
    ("lfw_pairs", lfw("Ed\t1\t2", "Ed\t1\tDi\t2"), "its line 7 must be a pair of the same person"),
    ("lfw_pairs", b"", "it cannot be read"),
    ("lfw_images", without(LFW_IMAGES.items(), ANN_1), r"1 images are missing, among them \['Ann_"),
    ("lfw_images", replaced(LFW_IMAGES.items(), ANN_1, b"no image"), "UnidentifiedImageError"),
    (
        "lfw_images",
        replaced(LFW_IMAGES.items(), ANN_1, encoded(pixels(60, 250, 3), "JPEG")),
        "an image has only 60 × 250 pixels",
    ),
    (
        "lfw_images",
        replaced(LFW_IMAGES.items(), ANN_1, bytes(1 << 21)),
        "has 2,097,152 bytes, at",
    ),
    ("oxford_pets_annotations", without(PET_ANNOTATIONS, TRAINVAL), "trainval.txt is missing"),
    (
        "oxford_pets_annotations",
        replaced(PET_ANNOTATIONS, TRAINVAL, b"../../etc/passwd 1 1 1\n"),
        r"a line of trainval.txt is '\.\./\.\./etc/passwd 1 1 1'",
    ),
    (
        "oxford_pets_annotations",
        replaced(PET_ANNOTATIONS, TRAINVAL, pet_list("Abyssinian_1")),
        "trainval.txt must name 2 pets, not 1",
    ),
    (
        "oxford_pets_annotations",
        replaced(PET_ANNOTATIONS, TRAINVAL, pet_list("Abyssinian_1", "Abyssinian_12")),
        "trainval.txt must name 2 breeds",
    ),
    (
        "oxford_pets_annotations",
        without(PET_ANNOTATIONS, "annotations/trimaps/Abyssinian_12.png"),
        r"1 files are missing, among them \['Abyssinian_12.png'\]",
    ),
    ("oxford_pets_images", without(PET_IMAGES, "images/Abyssinian_1.jpg"), "1 files are missing"),
    (
        "oxford_pets_images",
        tar([("images/a_1.jpg", bytes(1 << 25))]),
        "has 33,554,432 bytes, at",
    ),
    ("oxford_pets_images", FILES["oxford_pets_images"][:-99], "it cannot be read"),
    ("weights_vgg16", b"<!DOCTYPE html>", "it is not an HDF5 file"),
]
WRONG += [
    (key, b"this is no such file\n" * 50, "it cannot be read|it must|its first|it is not")
    for key in FETCHER_OF
]


# Names without the contents: these differ from run to run, for archives hold the time.
@pytest.mark.parametrize(
    ("key", "content", "reason"), WRONG, ids=[f"{i}-{key}" for i, (key, *_) in enumerate(WRONG)]
)
def test_other_content_is_told_in_one_sentence(key, content, reason, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fetcher, cache = FETCHER_OF[key], tmp_path / "cache"
    server.put(key, content)
    path = cache / sources.SOURCES[key].filename
    form = rf"^{fetcher}: {re.escape(str(path))} does not hold what was expected: [^\n]+\.$"
    with pytest.raises(ValueError, match=form) as caught:
        fetch(fetcher, cache)
    assert re.search(reason, str(caught.value))
    # Only the downloads themselves stay, and nothing was executed.
    expected = {sources.SOURCES[key].filename for key in KEYS[fetcher]}
    assert set(names_in(cache)) <= expected
    assert names_in(tmp_path) == ["cache"]


def test_the_evil_pickle_would_work_if_it_were_loaded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(Evil()))  # noqa: S301
    assert names_in(tmp_path) == ["evil_was_here"]


def test_no_name_in_an_archive_leads_out_of_the_folder(server, tmp_path):
    link = tarfile.TarInfo("images/link_1.jpg")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    evil = [(f"images/{name}", b"") for name in ("../../out.jpg", "/out.jpg", "a/../../out.jpg")]
    evil += [("../images/out_1.jpg", b""), ("/images/out_2.jpg", b""), (link, b"")]
    server.put("oxford_pets_images", tar(PET_IMAGES + evil))
    result = fetch("fetch_oxford_pets", tmp_path / "cache")
    assert names_in(tmp_path) == ["cache"]
    assert len(names_in(tmp_path / "cache")) == 3  # two archives and the folder
    assert len(names_in(result.train[0].image_path.parent)) == 4


@pytest.mark.parametrize(
    ("trimap", "reason"),
    [
        (np.zeros((20, 30), np.uint8), "its pixels must be 1, 2 or 3"),
        (np.ones((20, 31), np.uint8), r"it has (20, 31) pixels, the photograph (20, 30)"),
        (np.ones((20, 30, 3), np.uint8), "it must have one channel of 8 bits, not RGB"),
    ],
)
def test_a_trimap_that_is_none(trimap, reason, server, tmp_path):
    pet = fetch("fetch_oxford_pets", tmp_path).train[0]
    pet.trimap_path.write_bytes(encoded(trimap, "PNG"))
    sentence = f"Pet.read: {pet.trimap_path} does not hold what was expected: {reason}."
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        pet.read()

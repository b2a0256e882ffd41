"""The downloads on request, on tiny files of the same format from a server on this machine."""

import dataclasses
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import data_server
import numpy as np
import pytest
from data_server import CIFAR, FILES, KEYS, MNIST, OLIVETTI, PETS, SMALL, TRIMAPS, fetch, names_in
from sklearn import datasets as sklearn_datasets
from sklearn.datasets import _lfw as sklearn_lfw
from sklearn.datasets import _olivetti_faces as sklearn_olivetti

from cnnutils import data
from cnnutils.data.fetched import download, sources


@pytest.fixture
def server(monkeypatch):
    with data_server.serving(monkeypatch) as server:
        yield server


@pytest.mark.parametrize("fetcher", ["fetch_mnist", "fetch_fashion_mnist"])
def test_mnist_and_fashion_mnist(fetcher, server, tmp_path):
    result = fetch(fetcher, tmp_path)
    assert result.train_images.shape == (6, 28, 28, 1)
    assert result.test_images.shape == (3, 28, 28, 1)
    assert result.train_images.dtype == result.test_images.dtype == np.float32
    assert result.train_labels.dtype == result.test_labels.dtype == np.int64
    for split in ("train", "test"):
        images = getattr(result, f"{split}_images")[..., 0]
        np.testing.assert_array_equal(np.rint(images * 255), MNIST[f"x_{split}"])
        assert 0 <= images.min() < images.max() <= 1
    np.testing.assert_array_equal(result.train_labels, [5, 0, 4, 1, 9, 2])
    np.testing.assert_array_equal(result.test_labels, [7, 2, 1])
    assert result.class_names[9] == {"fetch_mnist": "9"}.get(fetcher, "Ankle boot")
    assert len(result.class_names) == 10


def test_cifar10_has_its_colours_in_three_planes(server, tmp_path):
    result = fetch("fetch_cifar10", tmp_path)
    assert result.train_images.shape == (6, 32, 32, 3)
    assert result.test_images.shape == (3, 32, 32, 3)
    assert result.train_images.dtype == np.float32
    assert result.train_images.flags.c_contiguous
    # By hand: green (plane 1) in row 2, column 5 stands 1 + 1024 + 2·32 + 5 bytes into a record.
    green = CIFAR["data_batch_2.bin"][1, 1 + 1024 + 2 * 32 + 5] / 255
    assert result.train_images[5, 2, 5, 1] == pytest.approx(green)
    np.testing.assert_array_equal(result.train_labels, [0, 1, 2, 3, 1, 2])
    np.testing.assert_array_equal(result.test_labels, [2, 3, 4])
    assert result.class_names[3] == "cat"


def test_olivetti_faces_equal_those_of_scikit_learn(server, tmp_path, monkeypatch, capsys):
    result = fetch("fetch_olivetti_faces", tmp_path)

    def copied(*args, dirname, **options):
        return shutil.copy(tmp_path / "olivettifaces.mat", Path(dirname) / "copy.mat")

    monkeypatch.setattr(sklearn_olivetti, "_fetch_remote", copied)
    expected = sklearn_datasets.fetch_olivetti_faces(data_home=tmp_path / "sklearn")
    assert result.images.shape == (400, 64, 64, 1)
    assert result.images.dtype == np.float32
    np.testing.assert_allclose(result.images[..., 0], expected.images, atol=1e-6)
    assert (result.images.min(), result.images.max()) == (0, 1)
    np.testing.assert_array_equal(result.person_ids, expected.target)
    # By hand: columns are images, pixel (row 2, column 1) of the image is the 2 + 64·1-th.
    low, high = OLIVETTI.min(), OLIVETTI.max()
    by_hand = (float(OLIVETTI[2 + 64, 7]) - low) / (float(high) - low)
    assert result.images[7, 2, 1, 0] == pytest.approx(by_hand)


def test_lfw_pairs_equal_those_of_scikit_learn(server, tmp_path):
    result = fetch("fetch_lfw_pairs", tmp_path, crop=(100, 80), size=(100, 80))
    with tarfile.open(tmp_path / "lfw-funneled.tgz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    expected, same, _ = sklearn_lfw._fetch_lfw_pairs(
        tmp_path / "lfw-pairs.txt",
        tmp_path / "unpacked" / "lfw_funneled",
        slice_=(slice(75, 175), slice(85, 165)),
        color=True,
    )
    assert result.images.shape == (10, 100, 80, 3)  # of the 11 images, one is in no pair
    assert result.images.dtype == np.float32
    np.testing.assert_array_equal(result.images[result.pairs], expected)
    np.testing.assert_array_equal(result.same, same)
    assert result.same.dtype == bool
    np.testing.assert_array_equal(result.folds, [0, 0, 0, 0, 1, 1, 1, 1])
    first, second = result.names[result.pairs].T
    np.testing.assert_array_equal(first == second, result.same)
    assert list(first[[2, 6]]) == ["Ann_Bo", "Di"]
    for fold, people in enumerate([{"Ann_Bo", "Cy"}, {"Di", "Ed"}]):  # in no other fold
        assert set(result.names[result.pairs[result.folds == fold]].ravel()) == people


def test_lfw_images_are_cropped_and_made_smaller(server, tmp_path):
    result = fetch("fetch_lfw_pairs", tmp_path)
    assert result.images.shape == (10, 64, 64, 3)
    larger = fetch("fetch_lfw_pairs", tmp_path, crop=128, size=128).images
    halved = larger.reshape(10, 64, 2, 64, 2, 3).mean(axis=(2, 4))
    assert abs(result.images - halved).mean() < 0.03  # smoothed, not picked


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"crop": 251}, ValueError, "crop must be at most 250, got (251, 251)."),
        ({"size": (0, 5)}, ValueError, "size must be at least 1, got 0."),
        ({"size": 6.5}, TypeError, "size must be an integer, got 6.5 (float)."),
    ],
)
def test_wrong_arguments_of_fetch_lfw_pairs(options, error, sentence, server, tmp_path):
    with pytest.raises(error, match=f"^fetch_lfw_pairs: {re.escape(sentence)}$"):
        fetch("fetch_lfw_pairs", tmp_path, **options)
    assert server.requests == []


def test_oxford_pets(server, tmp_path):
    result = fetch("fetch_oxford_pets", tmp_path)
    assert result.breeds == ("Abyssinian", "Great Pyrenees")
    assert [pet.image_path.name for pet in result.train] == [
        "Abyssinian_1.jpg",
        "great_pyrenees_3.jpg",
    ]
    assert [(pet.breed, pet.breed_id, pet.species) for pet in result.test] == [
        ("Abyssinian", 0, "cat"),
        ("Great Pyrenees", 1, "dog"),
    ]
    assert [pet.trimap_path.stem for pet in result.test] == ["Abyssinian_12", "great_pyrenees_4"]
    image, trimap = result.train[1].read()
    assert (image.dtype, trimap.dtype) == (np.float32, np.uint8)
    np.testing.assert_array_equal(np.rint(image * 255), PETS["great_pyrenees_3"][2])
    np.testing.assert_array_equal(trimap, TRIMAPS["great_pyrenees_3"])
    image, trimap = result.train[1].read(size=(8, 16))
    assert image.shape == (8, 16, 3)
    # A third as high: of three rows the middle one is taken, for there is no class between two.
    np.testing.assert_array_equal(trimap, TRIMAPS["great_pyrenees_3"][1::3])
    with pytest.raises(ValueError, match=r"^Pet\.read: size must be at least 1, got 0\.$"):
        result.train[1].read(size=0)


def test_pets_are_unpacked_once_and_the_archives_may_go(server, tmp_path):
    first = fetch("fetch_oxford_pets", tmp_path)
    (folder,) = {pet.image_path.parent.parent for pet in first.train + first.test}
    assert folder.parent == tmp_path
    assert names_in(folder) == ["images", "test.txt", "trainval.txt", "trimaps"]
    assert len(names_in(folder / "trimaps")) == len(names_in(folder / "images")) == 4
    for archive in tmp_path.glob("*.tar.gz"):
        archive.unlink()
    assert fetch("fetch_oxford_pets", tmp_path) == first
    assert server.requests == KEYS["fetch_oxford_pets"]


def test_weights(server, tmp_path):
    path = data.fetch_imagenet_weights("vgg16", cache_dir=tmp_path)
    assert path == tmp_path / "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    assert path.read_bytes() == FILES["weights_vgg16"]
    path = data.fetch_imagenet_weights("vgg16", include_top=False, cache_dir=tmp_path)
    assert path.read_bytes() == FILES["weights_vgg16_no_top"]


def test_weights_that_cannot_be_verified_are_refused(tmp_path):
    sentence = (
        "fetch_imagenet_weights: name must be one of 'vgg16', 'vgg19', 'resnet50', 'resnet101', "
        "'resnet152', 'mobilenet_v2', got 'mobilenet'."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.fetch_imagenet_weights("mobilenet", cache_dir=tmp_path)
    sentence = (
        "fetch_imagenet_weights: mobilenet_v2 has no verified file without its top. Fetch it with "
        "include_top=True, and leave the network's last layers out after loading."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        data.fetch_imagenet_weights("mobilenet_v2", include_top=False, cache_dir=tmp_path)


@pytest.mark.parametrize("fetcher", KEYS)
def test_everything_is_downloaded_once(fetcher, server, tmp_path, capfd):
    fetch(fetcher, tmp_path)
    fetch(fetcher, tmp_path)
    assert server.requests == KEYS[fetcher]
    assert capfd.readouterr() == ("", "")


# --- what can go wrong on the way -------------------------------------------------------------


def assert_not_downloaded(fetcher, cache, reason):
    """The whole sentence, and no file under the final name."""
    source = sources.SOURCES[KEYS[fetcher][0]]
    sentence = (
        f"{fetcher}: {source.filename} could not be downloaded from {source.url}: {reason}. "
        f"Try again later, or put the file at {cache / source.filename} by hand."
    )
    with pytest.raises(data.DownloadError, match=f"^{re.escape(sentence)}$"):
        fetch(fetcher, cache)
    assert not (cache / source.filename).exists()


@pytest.mark.parametrize("fetcher", KEYS)
def test_without_a_network_the_sentence_says_what_and_where_to(fetcher, tmp_path, monkeypatch):
    def offline(*args, **options):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(socket, "getaddrinfo", offline)
    # The real table, with its real addresses.
    reason = "its server was not found (is this computer online?)"
    assert_not_downloaded(fetcher, tmp_path, reason)


@pytest.mark.parametrize("fetcher", KEYS)
def test_a_server_that_is_down(fetcher, server, tmp_path, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        for key in KEYS[fetcher]:
            url = f"http://127.0.0.1:{free.getsockname()[1]}/{key}"
            sources.SOURCES[key] = dataclasses.replace(sources.SOURCES[key], url=url)
        assert_not_downloaded(fetcher, tmp_path, "the server refused the connection")
    # What the sentence advises works: put there by hand, the files need no server.
    for key in KEYS[fetcher]:
        (tmp_path / sources.SOURCES[key].filename).write_bytes(FILES[key])
    fetch(fetcher, tmp_path)
    assert server.requests == []


@pytest.mark.parametrize("fetcher", KEYS)
def test_a_corrupted_file_is_refused(fetcher, server, tmp_path):
    server.fault = "corrupted"
    kind = "MD5" if fetcher == "fetch_imagenet_weights" else "SHA-256"
    reason = f"the file that arrived has another {kind} checksum"
    assert_not_downloaded(fetcher, tmp_path, reason)
    assert names_in(tmp_path) == []


def test_a_truncated_file_is_refused_and_continued_the_next_time(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_ATTEMPTS", 1)
    server.fault = "truncated"
    size = len(FILES["mnist"])
    assert_not_downloaded("fetch_mnist", tmp_path, f"it broke off after 10 of {size:,} bytes")
    server.fault = None
    assert fetch("fetch_mnist", tmp_path).train_labels[0] == 5


def test_a_stalled_download_ends_and_a_slow_one_is_waited_for(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "_TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(download, "_ATTEMPTS", 1)
    server.fault = "stalled"
    assert_not_downloaded("fetch_mnist", tmp_path, "nothing arrived for 0.3 seconds")
    server.fault = "slow"
    assert fetch("fetch_mnist", tmp_path / "other").train_labels[0] == 5


@pytest.mark.parametrize("fault", [404, 403])
def test_a_file_that_is_gone(fault, server, tmp_path):
    server.fault = fault
    reason = {404: "the server answered 404 Not Found", 403: "the server answered 403 Forbidden"}
    assert_not_downloaded("fetch_oxford_pets", tmp_path, reason[fault])
    assert server.requests == KEYS["fetch_oxford_pets"][:1]


# --- the cache's folder -----------------------------------------------------------------------

# Sizes and the table come from here; the tests' own modules would take seconds to import.
CHILD = """
import importlib, json, sys
from cnnutils import data
from cnnutils.data.fetched import sources
table, small, fetcher, folder = map(json.loads, sys.argv[1:])
sources.SOURCES = {key: sources.Source(**source) for key, source in table.items()}
for module, settings in small.items():
    for name, value in settings.items():
        setattr(importlib.import_module(f"cnnutils.data.fetched.{module}"), name, value)
try:
    getattr(data, fetcher)(cache_dir=folder)
except data.DownloadError as error:
    sys.exit(f"told: {error}")
"""


def child(fetcher, folder, *, unprivileged=False):
    """Start another process that fetches; as root it may lose its right to write anywhere."""
    prefix = []
    if unprivileged and os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root writes everywhere; setpriv, which could change that, is missing")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    table = {key: dataclasses.asdict(sources.SOURCES[key]) for key in KEYS[fetcher]}
    arguments = [json.dumps(value) for value in (table, SMALL, fetcher, str(folder))]
    command = [*prefix, sys.executable, "-c", CHILD, *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("fetcher", ["fetch_fashion_mnist", "fetch_oxford_pets"])
def test_two_processes_at_once_download_and_unpack_once(fetcher, server, tmp_path):
    server.fault = "slow"
    both = [child(fetcher, tmp_path) for _ in range(2)]
    assert [process.communicate(timeout=60)[1] for process in both] == ["", ""]
    assert server.requests == KEYS[fetcher]
    assert not list(tmp_path.glob("*.part"))


def test_whoever_unpacks_keeps_the_others_waiting(server, tmp_path):
    folder = fetch("fetch_oxford_pets", tmp_path).train[0].image_path.parent.parent
    shutil.rmtree(folder)
    other = threading.Thread(target=fetch, args=["fetch_oxford_pets", tmp_path])
    with download.locked(folder.with_name(f"{folder.name}.lock")):
        other.start()
        other.join(0.5)
        assert other.is_alive()
        assert not folder.exists()
    other.join(30)
    assert names_in(folder / "trimaps")


@pytest.fixture
def read_only(tmp_path):
    """Make a folder read-only until the end of the test."""
    folder = tmp_path / "cache"
    folder.mkdir()

    def close():
        folder.chmod(0o555)
        return folder

    yield close
    folder.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions there")
@pytest.mark.parametrize("state", ["filled", "unpacked", "packed", "empty"])
def test_a_read_only_cache(state, server, tmp_path, read_only):
    fetcher = "fetch_mnist" if state in ("filled", "empty") else "fetch_oxford_pets"
    if state != "empty":
        fetch(fetcher, tmp_path / "cache")
    if state == "packed":
        (unpacked,) = (path for path in (tmp_path / "cache").iterdir() if path.is_dir())
        shutil.rmtree(unpacked)
    folder = read_only()
    _, told = (process := child(fetcher, folder, unprivileged=True)).communicate(timeout=60)
    if state in ("filled", "unpacked"):
        assert (process.returncode, told) == (0, "")
        return
    name = "mnist.npz" if state == "empty" else unpacked.name
    assert told == (
        f"told: {fetcher}: {name} could not be stored in {folder}: permission denied. "
        "Choose another folder with cache_dir or the environment variable CNNUTILS_CACHE.\n"
    )


def test_a_full_disk_while_unpacking_leaves_nothing_half_done(server, tmp_path, monkeypatch):
    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(data.DownloadError, match=r"^fetch_oxford_pets: .* no space left on"):
            fetch("fetch_oxford_pets", tmp_path)
    assert names_in(tmp_path) == ["oxford-pets-annotations.tar.gz", "oxford-pets-images.tar.gz"]
    assert len(fetch("fetch_oxford_pets", tmp_path).train) == 2


def test_what_a_killed_run_left_behind_is_thrown_away(server, tmp_path):
    folder = fetch("fetch_oxford_pets", tmp_path).train[0].image_path.parent.parent
    shutil.rmtree(folder)
    part = folder.with_name(f"{folder.name}.part")
    (part / "images").mkdir(parents=True)
    (part / "images" / "old_1.jpg").write_bytes(b"half of it")
    fetch("fetch_oxford_pets", tmp_path)
    assert not part.exists()
    assert "old_1.jpg" not in names_in(folder / "images")

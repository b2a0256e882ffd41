"""Tiny files of the formats that the fetchers read, and a server of them on this machine."""

import contextlib
import dataclasses
import gzip
import hashlib
import http.server
import io
import tarfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from cnnutils import data
from cnnutils.data.fetched import download, sources

RNG = np.random.default_rng(0)

# What each fetcher needs, in the order in which it asks for it.
KEYS = {
    "fetch_mnist": ["mnist"],
    "fetch_fashion_mnist": [
        f"fashion_mnist_{split}_{kind}"
        for split in ("train", "test")
        for kind in ("images", "labels")
    ],
    "fetch_cifar10": ["cifar10"],
    "fetch_olivetti_faces": ["olivetti_faces"],
    "fetch_lfw_pairs": ["lfw_pairs", "lfw_images"],
    "fetch_oxford_pets": ["oxford_pets_annotations", "oxford_pets_images"],
    "fetch_imagenet_weights": ["weights_vgg16"],
}
ARGUMENTS = {"fetch_imagenet_weights": ["vgg16"]}
FETCHER_OF = {key: fetcher for fetcher, keys in KEYS.items() for key in keys}


def fetch(fetcher, folder, **options):
    return getattr(data, fetcher)(*ARGUMENTS.get(fetcher, []), cache_dir=folder, **options)


# --- tiny files of the published formats ---------------------------------------------------------


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return gzip.compress(header + array.tobytes())


def tar(files):
    """Pack a list of (name, content); a TarInfo may stand for a name."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for name, content in files:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def encoded(array, form):
    file = io.BytesIO()
    Image.fromarray(array).save(file, form)
    return file.getvalue()


def matlab(**arrays):
    file = io.BytesIO()
    savemat(file, arrays)
    return file.getvalue()


def pixels(*shape):
    return RNG.integers(0, 256, shape, np.uint8)


MNIST = {
    "x_train": pixels(6, 28, 28),
    "y_train": np.array([5, 0, 4, 1, 9, 2], np.uint8),
    "x_test": pixels(3, 28, 28),
    "y_test": np.array([7, 2, 1], np.uint8),
}
CIFAR = {
    f"{name}.bin": pixels(number, 3073)
    for name, number in [("data_batch_1", 4), ("data_batch_2", 2), ("test_batch", 3)]
}
for number, batch in enumerate(CIFAR.values()):
    batch[:, 0] = np.arange(len(batch)) + number
OLIVETTI = (pixels(4096, 400) % 243) + 3
# Two folds of two pairs each of the same person and of different ones.
LFW_PAIRS = (
    "2\t2\nAnn_Bo\t1\t2\nAnn_Bo\t2\t3\nAnn_Bo\t1\tCy\t1\nCy\t2\tAnn_Bo\t3\n"
    "Di\t1\t3\nEd\t1\t2\nDi\t2\tEd\t1\nEd\t2\tDi\t3\n"
)
LFW_PEOPLE = {"Ann_Bo": 3, "Cy": 2, "Di": 3, "Ed": 3}  # the third of Ed is in no pair
LFW_IMAGES = {
    f"lfw_funneled/{name}/{name}_{number:04d}.jpg": encoded(
        np.kron(pixels(25, 25, 3), np.ones((10, 10, 1), np.uint8)), "JPEG"
    )
    for name, count in LFW_PEOPLE.items()
    for number in range(1, count + 1)
}
PETS = {  # name: breed, species, photograph, trimap
    "Abyssinian_1": (1, 1, pixels(20, 30, 3)),
    "Abyssinian_12": (1, 1, pixels(10, 15, 3)),
    "great_pyrenees_3": (2, 2, pixels(24, 16, 3)),
    "great_pyrenees_4": (2, 2, pixels(8, 8, 3)),
}
TRIMAPS = {name: 1 + pixels(*pet[2].shape[:2]) % 3 for name, pet in PETS.items()}


def pet_list(*names):
    return "".join(f"{name} {PETS[name][0]} {PETS[name][1]} 7\n" for name in names).encode()


PET_ANNOTATIONS = [
    ("annotations/README", b"..."),
    ("annotations/trainval.txt", pet_list("Abyssinian_1", "great_pyrenees_3")),
    ("annotations/test.txt", pet_list("Abyssinian_12", "great_pyrenees_4")),
    ("annotations/trimaps/._Abyssinian_1.png", b"what a Mac leaves behind"),
    *(
        (f"annotations/trimaps/{name}.png", encoded(trimap, "PNG"))
        for name, trimap in TRIMAPS.items()
    ),
]
PET_IMAGES = [
    ("images/Abyssinian_100.mat", b"stray"),
    # Some of the photographs are no JPEGs, whatever their names say.
    *((f"images/{name}.jpg", encoded(pet[2], "PNG")) for name, pet in PETS.items()),
]
FILES = {
    "mnist": npz(**MNIST),
    "fashion_mnist_train_images": idx(MNIST["x_train"]),
    "fashion_mnist_train_labels": idx(MNIST["y_train"]),
    "fashion_mnist_test_images": idx(MNIST["x_test"]),
    "fashion_mnist_test_labels": idx(MNIST["y_test"]),
    "cifar10": tar(
        [("cifar-10-batches-bin/batches.meta.txt", b"airplane\n")]
        + [(f"cifar-10-batches-bin/{name}", batch.tobytes()) for name, batch in CIFAR.items()]
    ),
    "olivetti_faces": matlab(faces=OLIVETTI),
    "lfw_pairs": LFW_PAIRS.encode(),
    "lfw_images": tar(LFW_IMAGES.items()),
    "oxford_pets_annotations": tar(PET_ANNOTATIONS),
    "oxford_pets_images": tar(PET_IMAGES),
    "weights_vgg16": b"\x89HDF\r\n\x1a\n" + RNG.bytes(1000),
    "weights_vgg16_no_top": b"\x89HDF\r\n\x1a\n" + RNG.bytes(500),
}


# --- a server of them ----------------------------------------------------------------------------


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the server's `files`; its `fault`, if there is one, spoils every answer."""

    def do_GET(self):
        key, fault = self.path[1:], self.server.fault
        self.server.requests.append(key)
        if isinstance(fault, int):
            self.send_error(fault)
            return
        content = self.server.files[key]
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if fault in ("truncated", "stalled"):
            self.wfile.write(content[start : start + 10])
            self.wfile.flush()
            if fault == "stalled":
                self.server.over.wait(20)
        elif fault == "slow":
            for first in range(start, len(content), 1 + len(content) // 4):
                self.wfile.write(content[first : first + 1 + len(content) // 4])
                self.wfile.flush()
                time.sleep(0.1)
        else:
            self.wfile.write(bytes(len(content)) if fault == "corrupted" else content[start:])

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serving(monkeypatch):
    """Serve FILES, and let the table of sources point there."""
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.0)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files, server.fault, server.requests = {}, None, []
    server.over, server.put = threading.Event(), lambda key, content: put(server, key, content)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(sources, "SOURCES", dict(sources.SOURCES))
    for key, content in FILES.items():
        server.put(key, content)
    for module, settings in SMALL.items():
        for name, value in settings.items():
            monkeypatch.setattr(f"cnnutils.data.fetched.{module}.{name}", value)
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def put(server, key, content):
    """Serve other content under `key`, with its right checksum in the table."""
    server.files[key] = content
    kind = "md5" if sources.SOURCES[key].md5 else "sha256"
    checksum = {kind: hashlib.new(kind, content, usedforsecurity=False).hexdigest()}
    url = f"http://127.0.0.1:{server.server_port}/{key}"
    sources.SOURCES[key] = dataclasses.replace(sources.SOURCES[key], url=url, **checksum)


# How many of everything there are in FILES.
SMALL = {
    "classification": {
        "_NUM_IMAGES": {"mnist": (6, 3), "cifar10": (6, 3)},
        "_NUM_CIFAR_BATCHES": 2,
    },
    "faces": {"_LFW_FOLDS": 2, "_LFW_PAIRS_PER_FOLD": 2},
    "pets": {"_NUM_PETS": {"trainval": 2, "test": 2}, "_NUM_BREEDS": 2},
}


def names_in(folder):
    return sorted(path.name for path in Path(folder).iterdir() if path.suffix != ".lock")

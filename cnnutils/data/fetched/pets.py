"""Oxford-IIIT pets: cats and dogs with the outline of each animal, downloaded when you ask."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from cnnutils._checks import as_pair
from cnnutils.data.fetched import sources
from cnnutils.data.fetched.download import DownloadError, cache_folder, locked, not_stored
from cnnutils.data.fetched.readers import expect, fail, read_image, read_labels, read_tar, reading
from cnnutils.data.fetched.sources import fetch_source

_FUNCTION = "fetch_oxford_pets"
_NUM_PETS = {"trainval": 3680, "test": 3669}
_NUM_BREEDS = 37
_MAX_FILE_BYTES = 1 << 24
_SPECIES: dict[str, Literal["cat", "dog"]] = {"1": "cat", "2": "dog"}


@dataclass(frozen=True, kw_only=True)
class Pet:
    """One photograph of one animal, as files, for the sizes vary.

    Args:
        image_path: the photograph.
        trimap_path: its outline.
        breed: its name, such as "Maine Coon".
        breed_id: 0 to 36, in the order of the names.
        species: "cat" or "dog".
    """

    image_path: Path
    trimap_path: Path
    breed: str
    breed_id: int
    species: Literal["cat", "dog"]

    def read(self, *, size: int | tuple[int, int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Read the photograph and its outline.

        Args:
            size: (height, width) in pixels, or one number for a square; the sides' ratio is not
                kept. None: as they are.

        Returns:
            The image, (H, W, 3) float32 in [0, 1], and its trimap, (H, W) uint8: 1 is the animal,
            2 the background, 3 the border between them, which belongs to neither.

        Raises:
            TypeError: size is not made of integers.
            ValueError: size is less than 1, or a file does not hold what it should.
        """
        shape = None if size is None else as_pair("Pet.read", "size", size, minimum=1)
        with reading("Pet.read", self.image_path):
            image = read_image(self.image_path, size=shape)
        with reading("Pet.read", self.trimap_path):
            trimap = read_labels(self.trimap_path, size=shape)
            expect(set(np.unique(trimap)) <= {1, 2, 3}, "its pixels must be 1, 2 or 3")
            expect(
                trimap.shape == image.shape[:2],
                f"it has {trimap.shape} pixels, the photograph {image.shape[:2]}",
            )
        return image, trimap


@dataclass(frozen=True, kw_only=True)
class OxfordPets:
    """Cats and dogs of 37 breeds, split for training and testing by those who published them.

    Args:
        train: 3,680 pets, about 100 of each breed.
        test: 3,669 others.
        breeds: the names of the 37 breeds, in the order of breed_id.
    """

    train: tuple[Pet, ...]
    test: tuple[Pet, ...]
    breeds: tuple[str, ...]


def fetch_oxford_pets(
    *, cache_dir: str | os.PathLike[str] | None = None, progress: bool = True
) -> OxfordPets:
    """Fetch 7,349 photographs of cats and dogs and the outline of each (811 MB).

    The photographs have all kinds of sizes, so this returns their paths; `Pet.read` reads one.
    They are unpacked into a folder of the cache, which appears only when it is complete and takes
    about as much again; the two archives are then needed no more and may be deleted.

    Args:
        cache_dir: where the downloads and the folder are kept; by default as in `fetch_file`.
        progress: draw a bar while downloading.

    Returns:
        OxfordPets: train (3,680), test (3,669) and the names of the 37 breeds.

    Raises:
        DownloadError: a file can neither be found in the cache nor downloaded, or the folder
            cannot be written.
        ValueError: a file does not hold what it should.

    Source:
        O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar, "Cats and dogs", 2012,
        https://doi.org/10.1109/CVPR.2012.6248092, https://www.robots.ox.ac.uk/~vgg/data/pets/.
        CC BY-SA 4.0; the copyright of each photograph remains with its owner.
    """
    # The checksum in its name keeps a folder from being taken for that of other archives.
    version = (sources.SOURCES["oxford_pets_images"].sha256 or "")[:12]
    folder = cache_folder(cache_dir) / f"oxford-pets-{version}"
    if not folder.is_dir():
        paths = {
            key: fetch_source(_FUNCTION, key, cache_dir=cache_dir, progress=progress)
            for key in ("oxford_pets_annotations", "oxford_pets_images")
        }
        try:
            with locked(folder.with_name(f"{folder.name}.lock")):
                if not folder.is_dir():  # or else another process was faster
                    _unpack(folder, paths["oxford_pets_annotations"], paths["oxford_pets_images"])
        except OSError as error:
            raise DownloadError(not_stored(_FUNCTION, folder, error)) from error
    train, test = _read_list(folder, "trainval"), _read_list(folder, "test")
    breeds = {pet.breed_id: pet.breed for pet in train}
    return OxfordPets(train=train, test=test, breeds=tuple(breeds[i] for i in sorted(breeds)))


def _unpack(folder: Path, annotations: Path, images: Path) -> None:
    """Unpack what is needed, check that it is all there, and only then give the folder its name."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
    try:
        for kind in ("images", "trimaps"):
            (part / kind).mkdir(parents=True)
        _unpack_matching(annotations, r"annotations/(trainval|test)\.txt", part)
        _unpack_matching(annotations, r"annotations/trimaps/\w+\.png", part / "trimaps")
        _unpack_matching(images, r"images/\w+\.jpg", part / "images")
        with reading(_FUNCTION, annotations):
            pets = [pet for split in _NUM_PETS for pet in _parse_list(part, split)]
            _expect_files([pet.trimap_path for pet in pets])
        with reading(_FUNCTION, images):
            _expect_files([pet.image_path for pet in pets])
        part.replace(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unpack_matching(archive: Path, pattern: str, folder: Path) -> None:
    files = read_tar(archive, pattern, max_bytes=_MAX_FILE_BYTES)
    while True:
        with reading(_FUNCTION, archive):
            file = next(files, None)
        if file is None:
            return
        name, content = file
        (folder / name).write_bytes(content)  # a full disk is not the archive's fault


def _expect_files(paths: list[Path]) -> None:
    missing = [path.name for path in paths if not path.is_file()]
    expect(not missing, f"{len(missing):,} files are missing, among them {missing[:1]}")


def _read_list(folder: Path, split: str) -> tuple[Pet, ...]:
    with reading(_FUNCTION, folder / f"{split}.txt"):
        return _parse_list(folder, split)


def _parse_list(folder: Path, split: str) -> tuple[Pet, ...]:
    """Parse lines of a name, a breed from 1, a species and a number within the species."""
    path = folder / f"{split}.txt"
    expect(path.is_file(), f"{path.name} is missing")
    pets = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.fullmatch(r"((\w+)_\d+) (\d+) ([12]) \d+", line.strip())
        if match is None:
            fail(f"a line of {path.name} is {line[:80]!r}")
        name, breed, breed_number, species = match.groups()
        pets.append(
            Pet(
                image_path=folder / "images" / f"{name}.jpg",
                trimap_path=folder / "trimaps" / f"{name}.png",
                breed=breed.replace("_", " ").title(),
                breed_id=int(breed_number) - 1,
                species=_SPECIES[species],
            )
        )
    number, breeds = _NUM_PETS[split], {pet.breed_id for pet in pets}
    expect(len(pets) == number, f"{path.name} must name {number:,} pets, not {len(pets):,}")
    expect(breeds == set(range(_NUM_BREEDS)), f"{path.name} must name {_NUM_BREEDS} breeds")
    return tuple(pets)

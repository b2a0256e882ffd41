"""Who is it? The people who are known, by their embeddings, and the nearest of them."""

import math
import os
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnutils._checks import as_array, as_number, in_the_name_of
from cnnutils.verify.arguments import as_embeddings, check_widths
from cnnutils.verify.search import nearest_rows, optimistic_halves

# What NumPy and zipfile raise for a file that is none of ours, or is damaged.
_UNREADABLE = (
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class Match(NamedTuple):
    """Who was recognised."""

    name: str
    distance: float  # squared, to the nearest embedding of that person


class Gallery:
    """The people who are known: a list of embeddings, and whose each of them is.

    A person is enrolled by adding a row and removed by deleting rows; no network is trained again.
    A person may have several embeddings, and the nearest one counts. Embeddings are kept as
    float32; `len` says how many there are.

    The search is exact: it reads the whole list once for a query, or for some hundreds together.
    With 100,000 embeddings of 128 numbers a query takes about 3 ms on one core, with a million
    about 30 ms. An approximate index pays from about 100,000 on, where many single queries come in
    and the list seldom changes: it is then tens of times faster, is built for minutes, and may miss
    the nearest (measured with hnswlib by benchmarks/verify.py, which says how often).

    Args:
        embeddings: (K, D) one row for each photograph; an empty list for nobody yet.
        names: K names, in the same order; a name may occur more than once.

    Raises:
        TypeError: the embeddings are not real numbers, or a name is not text.
        ValueError: the wrong shape, a number that is not finite or too large for float32, not one
            name for each embedding, or a name without any character or with a null character.

    Example:
        >>> gallery = Gallery([[0, 1], [1, 0]], ["Ada", "Grace"])
        >>> gallery.identify([0, 0.5], threshold=0.3)
        Match(name='Ada', distance=0.25)
        >>> print(gallery.identify([0, 0.5], threshold=0.2))
        None
        >>> gallery.enrol("Emmy", [0, 0.5])
        >>> gallery.remove("Ada")
        >>> gallery.names
        ('Grace', 'Emmy')
    """

    def __init__(self, embeddings: ArrayLike, names: Sequence[str]) -> None:
        rows = as_embeddings("Gallery", "embeddings", embeddings, dtype=np.float32)
        self._names = _as_names("Gallery", names, len(rows))
        self._rows = np.array(rows, order="C")  # a copy; at its end there may be room for more
        self._halves = optimistic_halves(self._rows)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"Gallery({len(self)} embeddings of {len(set(self._names))} people)"

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each embedding, in the order in which they were enrolled."""
        return tuple(self._names)

    def enrol(self, name: str | Sequence[str], embedding: ArrayLike) -> None:
        """Add one embedding or several.

        Args:
            name: whose they are: one name for all, or a list with one for each.
            embedding: (D,), or (N, D) for several.

        Raises:
            TypeError: as `Gallery`.
            ValueError: as `Gallery`, or D is another than that of the embeddings before.
        """
        function = "Gallery.enrol"
        array = as_array(function, "embedding", embedding)
        one = array.ndim == 1 and array.size
        rows = self._checked(function, "embedding", array[np.newaxis] if one else array)
        new = [name] * len(rows) if isinstance(name, str) else name
        new = _as_names(function, new, len(rows))
        if not new:
            return
        count, total, width = len(self), len(self) + len(new), rows.shape[1]
        if total > len(self._rows):  # half as much again, so that it is seldom copied
            spare = np.empty((max(total, count * 3 // 2) - count, width), np.float32)
            self._rows, self._halves = (
                np.concatenate([self._rows[:count].reshape(count, width), spare]),
                np.concatenate([self._halves[:count], spare[:, 0]]),
            )
        self._rows[count:total] = rows
        self._halves[count:total] = optimistic_halves(rows)
        self._names += new

    def remove(self, name: str) -> None:
        """Delete all embeddings of a person; whoever is left is found as before.

        Args:
            name: who is to be forgotten.

        Raises:
            TypeError: the name is not text.
            ValueError: nobody has that name.
        """
        if not isinstance(name, str):
            raise TypeError(
                f"Gallery.remove: name must be text, got {name!r} ({type(name).__name__})."
            )
        kept = np.array([other != name for other in self._names], bool)
        if kept.all():
            raise ValueError(f"Gallery.remove: nobody is enrolled as {name!r}.")
        rows, halves = self._rows[: len(self)], self._halves[: len(self)]
        self._rows, self._halves = rows[kept], halves[kept]
        self._names = [other for other in self._names if other != name]

    def identify(self, embedding: ArrayLike, *, threshold: float) -> Match | None:
        """Say who it is, if anyone known is near enough.

        Args:
            embedding: (D,).
            threshold: how large the squared distance to the nearest embedding may be; `math.inf`
                for the nearest person however far.

        Returns:
            The person with the nearest embedding, of equally near ones the one enrolled first, and
            the squared distance; None if it is above the threshold, or if nobody is enrolled.

        Raises:
            TypeError: the embedding is not of real numbers, or the threshold is not a number.
            ValueError: the wrong shape, a number that is not finite, or the threshold is none.
        """
        function = "Gallery.identify"
        array = as_array(function, "embedding", embedding)
        if array.ndim != 1:
            raise ValueError(
                f"{function}: embedding must have the axes (D), got an array of shape "
                f"{array.shape}. For several at once, see identify_many."
            )
        return self._identify(function, "embedding", array[np.newaxis], threshold)[0]

    def identify_many(self, embeddings: ArrayLike, *, threshold: float) -> list[Match | None]:
        """Say who each of several is; per photograph many times faster than one after the other.

        Args:
            embeddings: (N, D).
            threshold: as in `identify`.

        Returns:
            N answers, each as `identify` gives it.

        Raises:
            TypeError: as `identify`.
            ValueError: as `identify`.
        """
        return self._identify("Gallery.identify_many", "embeddings", embeddings, threshold)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything into one file, an .npz of NumPy without pickled objects.

        The file appears when it is complete: whoever pulls the plug finds the old one or none.

        Args:
            path: of the file, taken as it is; a file that is there is replaced.

        Raises:
            OSError: the file can't be written; its folder is missing or the disk is full.
        """
        path = Path(path)
        if not path.parent.is_dir():
            raise FileNotFoundError(f"Gallery.save: there is no folder {path.parent}.")
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        names = np.array(self._names, np.str_)
        try:
            with part.open("xb") as file:
                np.savez(file, embeddings=self._rows[: len(self)], names=names)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Gallery":
        """Read a file that `save` has written.

        Args:
            path: of the file.

        Returns:
            A gallery that answers as the saved one.

        Raises:
            OSError: the file is not there, or may not be read.
            ValueError: the file is none of `save`, or damaged.
        """
        with Path(path).open("rb") as file:
            try:
                embeddings, names = _read(file)
            except _UNREADABLE:
                raise ValueError(
                    f"Gallery.load: {os.fspath(path)} is no file that Gallery.save has written, "
                    "or it is damaged."
                ) from None
        with in_the_name_of("Gallery.load"):
            return cls(embeddings, names)

    def _identify(
        self, function: str, name: str, embeddings: ArrayLike, threshold: float
    ) -> list[Match | None]:
        queries = self._checked(function, name, embeddings)
        if not (isinstance(threshold, float) and threshold == math.inf):
            threshold = as_number(function, "threshold", threshold)
        if not len(self) or not len(queries):
            return [None] * len(queries)
        count = len(self)
        found, distances = nearest_rows(queries, self._rows[:count], self._halves[:count])
        return [
            Match(self._names[row], distance) if distance <= threshold else None
            for row, distance in zip(found.tolist(), distances.tolist(), strict=True)
        ]

    def _checked(self, function: str, name: str, embeddings: ArrayLike) -> np.ndarray:
        """Return embeddings (N, D) in float32, as wide as those enrolled if there are any."""
        rows = as_embeddings(function, name, embeddings, dtype=np.float32)
        if self._rows.shape[1]:
            check_widths(function, name, rows, self._rows.shape[1], "those enrolled")
        return np.ascontiguousarray(rows)


def _as_names(function: str, names: Sequence[str], number: int) -> list[str]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(
            f"{function}: names must be a list of names, got {names!r} ({type(names).__name__})."
        )
    listed = list(names)
    for name in listed:
        if not isinstance(name, str):
            raise TypeError(
                f"{function}: names must be text, got {name!r} ({type(name).__name__})."
            )
        if not name or "\0" in name:
            raise ValueError(
                f"{function}: names must have a character and no null character, got {name!r}."
            )
    if len(listed) != number:
        raise ValueError(
            f"{function}: there must be one name for each embedding "
            f"({number} embeddings, {len(listed)} names)."
        )
    return [str(name) for name in listed]


def _read(file: Any) -> tuple[np.ndarray, list[str]]:
    """Return what the file holds; ValueError, or what NumPy raises, if that is something else."""
    loaded = np.load(file, allow_pickle=False)
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise ValueError("one array")
    with loaded:
        embeddings, names = loaded["embeddings"], loaded["names"]
    if embeddings.dtype != np.float32 or names.dtype.kind != "U" or names.ndim != 1:
        raise ValueError("other arrays")
    return embeddings, names.tolist()

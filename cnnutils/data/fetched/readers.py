"""Read downloaded files without trusting them: no pickle, no paths from archives, bounded sizes.

Whatever is wrong with a file becomes one sentence that names the file and says what was expected.
"""

import gzip
import io
import re
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

import numpy as np

_IMAGE_FORMATS = ("BMP", "GIF", "JPEG", "PNG")  # some files of the pets are no JPEGs in truth


class _Unexpected(Exception):  # noqa: N818 (never leaves `reading`)
    """The file can be read, but holds something else."""


def expect(condition: bool, sentence: str) -> None:
    """Say what is wrong with the file that is being read, unless `condition` holds."""
    if not condition:
        fail(sentence)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong with the file that is being read."""
    raise _Unexpected(sentence)


@contextmanager
def reading(function: str, path: Path) -> Iterator[None]:
    """Report whatever goes wrong inside as one sentence about the file at `path`.

    Raises:
        ValueError: the file does not hold what it should.
    """
    try:
        yield
    except _Unexpected as error:
        raise ValueError(_sentence(function, path, str(error))) from None
    except MemoryError:
        raise
    except Exception as error:  # a damaged file makes parsers raise nearly anything
        reason = str(error).split("\n")[0].rstrip(".")
        reason = f"it cannot be read ({type(error).__name__}: {reason})"
        raise ValueError(_sentence(function, path, reason)) from error


def _sentence(function: str, path: Path, reason: str) -> str:
    return f"{function}: {path} does not hold what was expected: {reason}."


def read_npz(path: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """Read uint8 arrays of known names and shapes from a NumPy archive."""
    with zipfile.ZipFile(path) as archive:
        for name, shape in shapes.items():
            expect(f"{name}.npy" in archive.namelist(), f"it has no array {name}")
            limit = int(np.prod(shape)) + 1024  # the array and its header
            size = archive.getinfo(f"{name}.npy").file_size
            expect(size <= limit, f"{name} has {size:,} bytes, at most {limit:,} were expected")
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in shapes}
    for name, shape in shapes.items():
        _expect_uint8(name, arrays[name], shape)
    return arrays


def _expect_uint8(name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    expect(
        array.dtype == np.uint8 and array.shape == shape,
        f"{name} must be uint8 of shape {shape}, got {array.dtype} of shape {array.shape}",
    )


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file of bytes: 0, 0, 8, number of axes, their sizes, the array."""
    header = bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes()
    size = len(header) + int(np.prod(shape))
    with gzip.open(path) as file:
        content = file.read(size + 1)
    expect(
        content[: len(header)] == header,
        f"it must be an IDX file of bytes of shape {shape}, its first bytes are "
        f"{content[: len(header)].hex(' ')}",
    )
    expect(len(content) == size, f"it must unpack to {size:,} bytes, not {_count(content, size)}")
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


def _count(content: bytes, limit: int) -> str:
    return "more" if len(content) > limit else f"{len(content):,}"


def read_tar(path: Path, pattern: str, *, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Read the files of a .tar.gz whose names match `pattern`, one after the other.

    Nothing is unpacked, so that no name in the archive can lead anywhere; links and devices are
    passed over.

    Args:
        path: the archive.
        pattern: a regular expression that a file's whole name matches.
        max_bytes: the size that no matching file exceeds.

    Yields:
        The file's name without its folders, and its content.
    """
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            if not member.isfile() or not re.fullmatch(pattern, member.name):
                continue
            expect(
                member.size <= max_bytes,
                f"{member.name} has {member.size:,} bytes, at most {max_bytes:,} were expected",
            )
            file = archive.extractfile(member)
            content = b"" if file is None else file.read()
            yield member.name.rpartition("/")[2], content


def read_image(
    file: bytes | Path, *, crop: tuple[int, int] | None = None, size: tuple[int, int] | None = None
) -> np.ndarray:
    """Decode a colour image.

    Args:
        file: the encoded image, or where it is.
        crop: (height, width) of the rectangle in the middle that is kept; None: all.
        size: (height, width) to which it is then resized, smoothed first where it gets smaller.

    Returns:
        (H, W, 3) float32 in [0, 1].
    """
    from PIL import Image

    with Image.open(_opened(file), formats=_IMAGE_FORMATS) as opened:
        image = opened.convert("RGB")
    if crop is not None:
        height, width = crop
        top, left = (image.height - height) // 2, (image.width - width) // 2
        expect(top >= 0 and left >= 0, f"an image has only {image.height} × {image.width} pixels")
        image = image.crop((left, top, left + width, top + height))
    if size is not None:
        image = image.resize(size[::-1], Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) / np.float32(255)


def read_labels(file: bytes | Path, *, size: tuple[int, int] | None = None) -> np.ndarray:
    """Decode an image of class ids as (H, W) uint8; when resized, the nearest pixel is taken."""
    from PIL import Image

    with Image.open(_opened(file), formats=("PNG",)) as image:
        image.load()
        expect(image.mode in ("L", "P"), f"it must have one channel of 8 bits, not {image.mode}")
        if size is not None:
            image = image.resize(size[::-1], Image.Resampling.NEAREST)
        return np.array(image, np.uint8)


def _opened(file: bytes | Path) -> IO[bytes] | Path:
    return io.BytesIO(file) if isinstance(file, bytes) else file

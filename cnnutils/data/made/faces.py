"""Faces made from a seed: drawn people, each in many poses, lights and moods."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnnutils._checks import as_choice, as_int, as_number, check_size
from cnnutils.data.made.face_drawing import draw_faces

FACE_TRAITS = (
    "skin", "warmth", "face_length", "face_width", "jaw", "ears", "hair_colour", "hair_length",
    "hair_volume", "hairline", "parting", "fringe", "bald", "beard", "moustache", "eye_spacing",
    "eye_height", "eye_size", "eye_shape", "eye_slant", "iris", "brow_height", "brow_thickness",
    "brow_slant", "nose_length", "nose_width", "mouth_height", "mouth_width", "lips", "lip_colour",
    "glasses", "frames",
)  # fmt: skip
_POSE_AND_LIGHT = (
    "yaw", "pitch", "roll", "scale", "shift_x", "shift_y", "light_x", "light_y", "contrast",
    "exposure", "tint", "smile", "mouth", "brows", "gaze",
)  # fmt: skip
_AROUND = ("wall", "wall_red", "wall_green", "wall_blue", "clothes", "glasses")
_CELLS = 1 << 20  # people of "train" have a face length in an even cell, those of "test" in an odd
_NOISE = 0.03  # standard deviation of a pixel, at a variation of 1
_BLINKS = 0.06  # share of the pictures in which the eyes are shut
_CHUNK_PIXELS = 1 << 19


@dataclass(frozen=True, kw_only=True)
class Faces:
    """Drawn faces, and who is who.

    Args:
        images: (N, H, W, 3) float32 in [0, 1]; the images of a person follow each other.
        person_ids: (N,) int64, 0 to P - 1; person 0 of "train" is not person 0 of "test".
        traits: (P, 32) float32 in [0, 1), what each person looks like; `FACE_TRAITS` names the
            columns.
    """

    images: np.ndarray
    person_ids: np.ndarray
    traits: np.ndarray


def make_faces(
    num_people: int,
    *,
    seed: int,
    images_per_person: int = 10,
    split: Literal["train", "test"] = "train",
    image_size: int = 32,
    variation: float = 1.0,
    skin_tones: tuple[float, float] = (0.0, 1.0),
) -> Faces:
    """Draw people who differ in 32 traits, each in several pictures that differ in everything else.

    A trait is drawn once a person: skin, hair, beard, the form of head, eyes, brows, nose and
    mouth, and glasses, which their owners wear in most of their pictures. Pose, light, exposure,
    expression, clothes, wall and noise are drawn once a picture.

    No person of one split looks exactly as one of the other, whatever the two seeds are. The people
    depend on the seed, the split and their number, not on the options below those.

    Args:
        num_people: P, at least 0.
        seed: decides everything, at least 0.
        images_per_person: at least 1.
        split: whose faces; train on one and judge on the other.
        image_size: height and width in pixels, at least 16.
        variation: how much pose, light and expression vary and how strong the noise is, from 0
            (all face the camera; clothes, wall and glasses still change) by way of 1 to 2.
        skin_tones: the lightest and the darkest skin, between 0 and 1.

    Returns:
        The faces, N = num_people · images_per_person.

    Raises:
        TypeError: a number is of another type.
        ValueError: a number is out of range.

    Example:
        >>> faces = make_faces(3, seed=0, images_per_person=2)
        >>> faces.images.shape, faces.person_ids.tolist()
        ((6, 32, 32, 3), [0, 0, 1, 1, 2, 2])
    """
    name = "make_faces"
    num_people = as_int(name, "num_people", num_people, minimum=0)
    seed = as_int(name, "seed", seed, minimum=0)
    each = as_int(name, "images_per_person", images_per_person, minimum=1)
    as_choice(name, "split", split, ("train", "test"))
    side = as_int(name, "image_size", image_size, minimum=16)
    variation = _in_range(name, "variation", variation, 2)
    lightest, darkest = _as_tones(name, skin_tones)
    check_size(name, "the images", (num_people, each, side, side, 3))
    traits = _draw_traits(np.random.default_rng([seed, split == "test", 0]), num_people, split)
    traits[:, 0] = lightest + (darkest - lightest) * traits[:, 0]
    person_ids = np.repeat(np.arange(num_people), each)
    rng = np.random.default_rng([seed, split == "test", 1])
    images = np.empty((num_people * each, side, side, 3), np.float32)
    step = max(1, _CHUNK_PIXELS // side**2)
    for start in range(0, len(images), step):
        chunk = images[start : start + step]
        person = dict(zip(FACE_TRAITS, traits[person_ids[start : start + step]].T, strict=True))
        chunk[:] = draw_faces(person, _draw_pictures(rng, len(chunk), variation), side)
        chunk += np.float32(_NOISE * variation) * rng.standard_normal(chunk.shape, np.float32)
        np.clip(chunk, 0, 1, out=chunk)
    return Faces(images=images, person_ids=person_ids, traits=traits)


def _draw_traits(rng: np.random.Generator, num_people: int, split: str) -> np.ndarray:
    traits = rng.random((num_people, len(FACE_TRAITS)), np.float32)
    cell = rng.integers(_CELLS // 2, size=num_people) * 2 + (split == "test")
    traits[:, FACE_TRAITS.index("face_length")] = cell / _CELLS
    return traits


def _draw_pictures(rng: np.random.Generator, count: int, variation: float) -> dict[str, np.ndarray]:
    """Numbers in [-variation, variation] for what a person does, in [-1, 1] for what is around."""
    drawn = {key: rng.uniform(-1, 1, count) * variation for key in _POSE_AND_LIGHT}
    drawn |= {key: rng.uniform(-1, 1, count) for key in _AROUND}
    shut = rng.random(count) < _BLINKS * min(variation, 1)
    drawn["eyes"] = np.where(shut, -2, 0.3 * rng.uniform(-1, 1, count) * variation)
    return drawn


def _as_tones(function: str, tones: tuple[float, float]) -> tuple[float, float]:
    if not isinstance(tones, tuple | list) or len(tones) != 2:
        raise ValueError(f"{function}: skin_tones must be (lightest, darkest), got {tones!r}.")
    lightest, darkest = (_in_range(function, "a skin tone", tone, 1) for tone in tones)
    if lightest > darkest:
        raise ValueError(f"{function}: skin_tones must be (lightest, darkest), got {tones!r}.")
    return lightest, darkest


def _in_range(function: str, name: str, value: float, largest: float) -> float:
    number = as_number(function, name, value)
    if not 0 <= number <= largest:
        raise ValueError(f"{function}: {name} must be between 0 and {largest}, got {value}.")
    return number

"""Draw faces from numbers: a head as an ellipsoid that turns, with its features painted on.

Every function works on many faces at once. A number of a face has the shape (N, 1, 1), a map of
its pixels (N, H, W), a colour (N, 1, 1, 3). Lengths count from the middle of the image, whose half
side is 1; x points right, y down. Where the head is seen, a pixel also has face coordinates
(u, v), which turn with the head: its chin is at v = 1, its forehead at v = -1.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

Numbers = Mapping[str, np.ndarray]

_SKIN = np.array([
    (0.97, 0.84, 0.75), (0.93, 0.74, 0.61), (0.84, 0.62, 0.46),
    (0.69, 0.47, 0.32), (0.50, 0.32, 0.21), (0.33, 0.21, 0.15),
])  # fmt: skip
_HAIR = np.array([
    (0.07, 0.06, 0.07), (0.17, 0.11, 0.08), (0.32, 0.20, 0.12), (0.47, 0.22, 0.10),
    (0.62, 0.45, 0.24), (0.86, 0.71, 0.42), (0.62, 0.61, 0.60),
])  # fmt: skip
_IRIS = np.array([(0.20, 0.11, 0.06), (0.38, 0.24, 0.10), (0.33, 0.42, 0.22), (0.25, 0.45, 0.66)])
_CLOTHES = np.array([
    (0.15, 0.17, 0.22), (0.75, 0.22, 0.20), (0.20, 0.42, 0.62), (0.88, 0.86, 0.80),
    (0.25, 0.45, 0.33), (0.80, 0.62, 0.25),
])  # fmt: skip


class _View(NamedTuple):
    """Where the pixels of a head lie on it."""

    u: np.ndarray  # across the face, growing to the right of the image
    v: np.ndarray  # down the face
    depth: np.ndarray  # towards the face's front; negative at the back of the head
    radius: np.ndarray  # from the middle of the head's outline, where it is 1
    normal: tuple[np.ndarray, np.ndarray, np.ndarray]


def draw_faces(person: Numbers, picture: Numbers, side: int) -> np.ndarray:
    """Return images (N, side, side, 3), without noise; a few numbers may lie outside of [0, 1].

    Args:
        person: (N,) numbers in [0, 1]: the traits, as `FACE_TRAITS` names them.
        picture: (N,) numbers in [-1, 1] of the pose, the light and the expression.
        side: height and width in pixels.
    """
    p = {name: value.astype(np.float32)[:, None, None] for name, value in person.items()}
    q = {name: value.astype(np.float32)[:, None, None] for name, value in picture.items()}
    x, y = _placed(q, side)
    pixel = 2 / side
    skin = _mixed(_SKIN, p["skin"]) * (1 + 0.05 * _rgb(p["warmth"] - 0.5, (1, 0, -1)))
    hair = _mixed(_HAIR, p["hair_colour"] ** (1 + 4 * p["skin"] ** 2))
    head = _view(p, q, x, y, 1.0)
    cap = _view(p, q, x, y, 1.07 + 0.14 * p["hair_volume"])
    image = _background(q, side)
    _paint_behind(image, p, q, x, y, pixel, skin, hair)
    shade = _shade(head, q)
    _blend(image, _inside(head.radius - 1, pixel / 0.5), skin, shade)
    _paint_beard(image, p, head, pixel, hair, shade)
    _paint_eyes(image, p, q, head, pixel, skin, hair, shade)
    _paint_nose(image, p, q, head, skin)
    _paint_mouth(image, p, q, head, pixel, skin, shade)
    _paint_hair(image, p, head, cap, pixel, hair, _shade(cap, q))
    _paint_glasses(image, p, q, head, pixel)
    tint = 1 + 0.08 * _rgb(q["tint"], (1, 0, -1))
    tint *= np.exp2(0.22 * q["exposure"])[..., None]
    for channel in range(3):
        image[..., channel] *= tint[..., channel]
    return image


def _placed(q: Numbers, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of the pixels, relative to a head that is moved, scaled and tilted."""
    centres = ((np.arange(side) + 0.5) / side * 2 - 1).astype(np.float32)
    x = centres[None, None, :] - 0.07 * q["shift_x"]
    y = centres[None, :, None] - 0.04 - 0.06 * q["shift_y"]
    angle, scale = 0.13 * q["roll"], 1 + 0.07 * q["scale"]
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    return x * cos + y * sin, y * cos - x * sin


def _view(p: Numbers, q: Numbers, x: np.ndarray, y: np.ndarray, grown: np.ndarray | float) -> _View:
    """Look at an ellipsoid with a jaw, turned to the side (yaw) and up or down (pitch)."""
    half_height = (0.60 + 0.06 * p["face_length"]) * grown
    half_width = (0.43 + 0.08 * p["face_width"]) * grown
    yn = y / half_height
    down = np.clip(yn, 0, 1)
    jaw = 1 - (0.30 - 0.26 * p["jaw"]) * down * down
    xn = x / (half_width * jaw)
    radius = np.sqrt(xn * xn + yn * yn)
    zn = np.sqrt(np.maximum(1 - radius * radius, 0))
    yaw, pitch = 0.36 * q["yaw"], 0.20 * q["pitch"]
    u = xn * np.cos(yaw) - zn * np.sin(yaw)
    towards = xn * np.sin(yaw) + zn * np.cos(yaw)
    v = yn * np.cos(pitch) - towards * np.sin(pitch)
    depth = yn * np.sin(pitch) + towards * np.cos(pitch)
    return _View(u=u, v=v, depth=depth, radius=radius, normal=(xn, yn, zn))


def _shade(view: _View, q: Numbers) -> np.ndarray:
    """How bright a surface is under a lamp at the side or above, and light from everywhere."""
    x, y = 0.9 * q["light_x"], -0.35 + 0.45 * q["light_y"]
    length = np.sqrt(x * x + y * y + 1)
    nx, ny, nz = view.normal
    lamp = np.maximum((nx * x + ny * y + nz) / length, 0)
    strength = 0.50 + 0.18 * q["contrast"]
    return np.asarray(1.06 - strength + strength * lamp * 1.08)


def _background(q: Numbers, side: int) -> np.ndarray:
    """A wall of any colour, brighter at one side."""
    ramp = np.linspace(-1, 1, side, dtype=np.float32)
    grey = 0.55 + 0.25 * q["wall"] + 0.10 * q["light_x"] * ramp[None, None, :]
    colours = [grey + 0.10 * q[f"wall_{name}"] for name in ("red", "green", "blue")]
    planes = np.broadcast_to(np.stack(colours), (3, len(grey), side, side))
    return np.moveaxis(np.ascontiguousarray(planes), 0, -1)  # each channel in one piece of memory


def _paint_behind(
    image: np.ndarray,
    p: Numbers,
    q: Numbers,
    x: np.ndarray,
    y: np.ndarray,
    pixel: float,
    skin: np.ndarray,
    hair: np.ndarray,
) -> None:
    """Long hair, the shoulders, the neck and the ears, from back to front."""
    width = 0.43 + 0.08 * p["face_width"]
    volume = 1.12 + 0.22 * p["hair_volume"]
    long = np.clip(3 * p["hair_length"] - 1.5, 0, 1)
    bottom = -0.1 + 0.95 * long
    across = np.abs(x) / (width * volume * (1 + 0.06 * long))
    mass = (across**3 + np.maximum(-y / (0.60 * volume), 0) ** 3) ** (1 / 3) - 1
    locks = _inside(np.maximum(mass * 0.5, y - bottom), 1.5 * pixel) * (long > 0) * _has_hair(p)
    _blend(image, locks, hair * np.float32(0.72))
    clothes = _mixed(_CLOTHES, q["clothes"] * 0.5 + 0.5)
    shoulders = np.sqrt((x / 0.95) ** 2 + ((y - 1.22) / 0.50) ** 2) - 1
    _blend(image, _inside(shoulders * 0.5, pixel), clothes)
    neck = np.maximum(np.abs(x) - (0.20 + 0.05 * p["jaw"]), np.abs(y - 0.62) - 0.24)
    _blend(image, _inside(neck, pixel), skin * np.float32(0.72))
    turn = 0.36 * q["yaw"]
    for sign in (-1, 1):
        away = np.clip(1 - sign * turn * 1.6, 0.3, 1.25)
        centre = sign * width * (0.97 - 0.04 * away)
        size = (0.055 + 0.045 * p["ears"]) * away
        ear = np.sqrt(((x - centre) / size) ** 2 + ((y - 0.0) / (0.13 + 0.04 * p["ears"])) ** 2) - 1
        _blend(image, _inside(ear * 0.08, pixel), skin * np.float32(0.82))


def _paint_beard(
    image: np.ndarray, p: Numbers, head: _View, pixel: float, hair: np.ndarray, shade: np.ndarray
) -> None:
    """A beard along the jaw and a moustache, from stubble to full."""
    strength = np.clip(3 * p["beard"] - 1.7, 0, 0.9) * (p["hair_length"] < 0.6)
    edge = 0.30 + 0.28 * (1 - np.abs(head.u)) + 0.12 * (1 - p["beard"])
    lower = _inside((edge - head.v) * 0.5, 3 * pixel) * _inside(head.radius - 1, pixel / 0.5)
    lip = np.sqrt((head.u / 0.36) ** 2 + ((head.v - _mouth(p) + 0.10) / 0.085) ** 2) - 1
    moustache = _inside(lip * 0.1, 2 * pixel) * (p["moustache"] > 0.35)
    _blend(image, np.maximum(lower, moustache) * strength, hair, shade)


def _paint_eyes(
    image: np.ndarray,
    p: Numbers,
    q: Numbers,
    head: _View,
    pixel: float,
    skin: np.ndarray,
    hair: np.ndarray,
    shade: np.ndarray,
) -> None:
    """Whites, irises, lids and brows."""
    spacing, height = 0.36 + 0.12 * p["eye_spacing"], -0.14 + 0.10 * p["eye_height"]
    wide = 0.135 + 0.065 * p["eye_size"]
    opened = wide * (0.42 + 0.30 * p["eye_shape"]) * np.clip(0.85 + 0.45 * q["eyes"], 0.12, 1.2)
    iris = _mixed(_IRIS, p["iris"] ** (1 + 5 * p["skin"]))
    slant = 0.30 * (p["eye_slant"] - 0.45)
    brow_v = height - 0.22 - 0.08 * p["brow_height"] - 0.05 * q["brows"]
    thick = 0.022 + 0.050 * p["brow_thickness"]
    white, lit = _colour(0.93, 0.92, 0.90), 0.25 + 0.75 * np.minimum(shade, 1)
    dark = np.minimum(hair * np.float32(0.6), skin * np.float32(0.45))
    for sign in (-1, 1):
        du = sign * head.u - spacing  # grows towards the temple
        dv = head.v - height + slant * du
        shape = np.sqrt((du / wide) ** 2 + (dv / opened) ** 2) - 1
        eye = _inside(shape * opened, 2 * pixel)
        _blend(image, eye, white, lit)
        gaze = du - sign * 0.05 * q["gaze"]
        ball = np.sqrt(gaze**2 + dv**2)
        size = 0.55 * wide
        _blend(image, _inside(ball - size, 2 * pixel) * eye, iris)
        _blend(image, _inside(ball - 0.45 * size, 2 * pixel) * eye, _colour(0.04, 0.03, 0.03))
        lid = _inside(np.abs(shape) * opened - 0.018, 2 * pixel) * (dv < 0.25 * opened)
        _blend(image, lid * 0.85, dark)
        arch = 0.35 * du**2 / wide - 0.04 + 0.35 * (p["brow_slant"] - 0.5) * du
        brow = np.maximum(np.abs(head.v - brow_v - arch) - thick * (1 - 1.2 * du),
                          np.abs(du - 0.02) - 1.35 * wide)  # fmt: skip
        _blend(image, _inside(brow, 2 * pixel) * 0.9, dark)


def _paint_nose(image: np.ndarray, p: Numbers, q: Numbers, head: _View, skin: np.ndarray) -> None:
    """A ridge that is brighter where the light falls, its tip, and the shadow under it."""
    tip = 0.20 + 0.16 * p["nose_length"]
    width = 0.10 + 0.11 * p["nose_width"]
    u = head.u - 0.20 * np.sin(0.36 * q["yaw"]) * np.clip((head.v + 0.2) / 0.5, 0, 1.2)
    along = np.clip((head.v + 0.25) / (tip + 0.25), 0, 1)
    ridge = np.exp(-((u / (0.07 + 0.6 * width * along)) ** 2)) * along * (head.v < tip)
    fade = np.clip((tip + 0.03 - head.v) / 0.06, 0, 1)
    side = np.clip(-u * np.sign(q["light_x"] + 1e-6) / width, -1, 1)
    strength = 0.10 + 0.22 * np.abs(q["light_x"])
    change = ridge * fade * (0.09 - strength * np.maximum(side, 0) * 2)
    for channel in range(3):
        image[..., channel] *= 1 + change
    under = np.exp(-(((head.v - tip - 0.015) / 0.045) ** 2) - (np.abs(u) / (width * 1.1)) ** 4)
    _blend(image, 0.50 * under, skin * np.float32(0.42))
    for sign in (-1, 1):
        hole = np.exp(-(((u - sign * 0.55 * width) / 0.045) ** 2) - ((head.v - tip) / 0.035) ** 2)
        _blend(image, 0.65 * hole, skin * np.float32(0.22))


def _paint_mouth(
    image: np.ndarray,
    p: Numbers,
    q: Numbers,
    head: _View,
    pixel: float,
    skin: np.ndarray,
    shade: np.ndarray,
) -> None:
    """Lips, closed or open, sad or smiling."""
    wide = 0.24 + 0.14 * p["mouth_width"] + 0.05 * q["smile"]
    across = head.u / wide
    inside = np.clip(1 - across**2, 0, 1)
    line = _mouth(p) + 0.04 * q["smile"] * inside * 2 - 0.04 * q["smile"]
    full = (0.035 + 0.055 * p["lips"]) * inside
    opening = 0.085 * np.clip(q["mouth"], 0, 1) * inside
    off = head.v - line
    red = _colour(0.86, 0.55, 0.55) * (1 - 0.22 * _rgb(p["lip_colour"], (0, 1, 0.8)))
    ends = np.abs(across) < 1
    lip_map = _inside(np.abs(off - 0.15 * full) - full - opening, 2 * pixel) * ends
    _blend(image, lip_map, skin * red, np.minimum(shade, 1.05))
    _blend(image, _inside(np.abs(off) - opening - 0.012 * inside, 1.5 * pixel) * ends * 0.85,
           skin * np.float32(0.28))  # fmt: skip
    teeth = _inside(np.abs(off + 0.35 * opening) - 0.5 * opening, pixel) * (opening > 0.02)
    _blend(image, teeth * (np.abs(across) < 0.75), _colour(0.92, 0.90, 0.86))


def _paint_hair(
    image: np.ndarray,
    p: Numbers,
    head: _View,
    cap: _View,
    pixel: float,
    colour: np.ndarray,
    shade: np.ndarray,
) -> None:
    """The hair in front: a hairline with a parting, longer at the sides."""
    line = -0.66 + 0.30 * p["hairline"]
    parting = 0.35 * (p["parting"] - 0.5) * cap.u
    fringe = 0.05 * np.sin(9 * cap.u + 12 * p["parting"]) * p["fringe"]
    length = 0.35 + 2.4 * np.maximum(p["hair_length"], 0.1)
    sides = np.abs(cap.u) ** (3.5 + 3 * p["hairline"]) * length
    edge = line + parting + fringe + sides
    limit = np.clip(1.3 * p["hair_length"] - 0.25, -0.15, 0.45)
    behind = np.minimum(cap.depth, 1 - head.radius)  # the back of the head, and around the skull
    place = np.minimum(cap.v - np.minimum(edge, limit), np.maximum(behind, cap.v - limit))
    hair = _inside(np.maximum(place, (cap.radius - 1) * 0.5), 2 * pixel)
    strands = 1 + 0.09 * np.sin(30 * cap.u + 4 * np.sin(4 * cap.v + 9 * p["parting"]))
    _blend(image, hair * _has_hair(p), colour, shade * strands)


def _paint_glasses(image: np.ndarray, p: Numbers, q: Numbers, head: _View, pixel: float) -> None:
    """Two rims and a bridge, for those who own glasses and wear them in this picture."""
    worn = (p["glasses"] > 0.72) & (q["glasses"] > -0.4)
    spacing, height = 0.36 + 0.12 * p["eye_spacing"], -0.12 + 0.10 * p["eye_height"]
    shape = np.abs(np.abs(head.u) - spacing - 0.01) / 0.27, np.abs(head.v - height) / 0.21
    power = 2 + 4 * p["frames"]
    rim = np.abs((shape[0] ** power + shape[1] ** power) ** (1 / power) - 1) * 0.22 - 0.028
    bridge = np.maximum(np.abs(head.v - height + 0.04) - 0.02, np.abs(head.u) - spacing + 0.25)
    arms = np.maximum(np.abs(head.v - height + 0.06) - 0.02, spacing + 0.27 - np.abs(head.u))
    frame = np.minimum(np.minimum(rim, bridge), arms)
    on_head = _inside(head.radius - 1, pixel / 0.5)
    colour = _colour(0.10, 0.09, 0.10) + 0.45 * _rgb((p["frames"] * 7) % 1, (0.8, 0.4, 0.25))
    _blend(image, _inside(frame, 2 * pixel) * worn * on_head, colour)


def _mouth(p: Numbers) -> np.ndarray:
    return 0.52 + 0.12 * p["mouth_height"]


def _has_hair(p: Numbers) -> np.ndarray:
    return p["bald"] > 0.06


def _inside(distance: np.ndarray, pixel: float) -> np.ndarray:
    """1 inside (negative distances), 0 outside, with an edge as soft as a pixel is wide."""
    return np.clip(0.5 - distance / pixel, 0, 1)


def _blend(
    image: np.ndarray, cover: np.ndarray, colour: np.ndarray, light: np.ndarray | float = 1
) -> None:
    """Paint over an image (N, H, W, 3), by as much as `cover` (N, H, W) says."""
    for channel in range(3):  # one after the other: four times as fast as all three at once
        under = image[..., channel]
        under += cover * (colour[..., channel] * light - under)


def _mixed(palette: np.ndarray, position: np.ndarray) -> np.ndarray:
    """A colour (N, 1, 1, 3) between those of a palette, at a position from 0 to 1."""
    place = np.clip(position, 0, 1)[:, 0, 0] * (len(palette) - 1)
    channels = [np.interp(place, np.arange(len(palette)), palette[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)[:, None, None, :]


def _colour(red: float, green: float, blue: float) -> np.ndarray:
    return np.array([red, green, blue], np.float32)


def _rgb(amount: np.ndarray, direction: tuple[float, float, float]) -> np.ndarray:
    return np.asarray(amount[..., None] * _colour(*direction))

"""Pictures of furniture, each from a split's name and a number alone.

`picture(split, number)` is the whole data set: the same arguments give the same bytes, and splits share no seeds.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from . import rooms, seating, storage, surfaces
from .materials import Materials
from .raycast import Camera, develop, render
from .solids import Shape

KINDS = {
    "chair": seating.chair,
    "armchair": seating.armchair,
    "stool": seating.stool,
    "table": surfaces.table,
    "desk": surfaces.desk,
    "bed": surfaces.bed,
    "sofa": seating.sofa,
    "shelf": storage.shelf,
    "lamp": surfaces.lamp,
    "cabinet": storage.cabinet,
}
LABELS = list(KINDS)
SPLITS = {"train": 1, "validation": 2, "test": 3, "samples": 4, "preview": 5}

# How far the viewer may walk around, degrees from straight in front. What stands at a wall is not seen from behind.
_AROUND = {"shelf": 55, "cabinet": 55, "bed": 85, "desk": 70, "sofa": 80, "armchair": 95}


@dataclass
class Quality:
    """How a picture is drawn; `training` is fast and faulty, `sample` slow and clean."""

    shorter_side: tuple[int, int]
    oversampling: int  # rays along a side of a pixel
    shadow_size: int
    faults: bool
    fill: tuple[float, float]  # share of the shorter side that the furniture takes
    wander: float  # how far from the middle it may stand, 0..1


TRAINING = Quality((104, 192), 1, 112, True, (0.62, 1.12), 0.9)
SAMPLE = Quality((320, 440), 3, 640, False, (0.78, 0.88), 0.25)


def _camera(rng, kind: str, shape: Shape, azimuth: float, quality: Quality) -> Camera:
    low, high = shape.bounds()
    rise = rng.uniform(*{
        "shelf": (0.0, 0.45),
        "cabinet": (0.0, 0.45),
        "bed": (0.2, 0.8),
        "lamp": (-0.1, 0.4)
    }.get(kind, (0.08, 0.65)))
    focal = rng.uniform(1.1, 2.6)
    out = np.array([np.sin(azimuth) * np.cos(rise), -np.cos(azimuth) * np.cos(rise), np.sin(rise)])
    forward, roll = -out, rng.normal(0, 0.025)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    right, down = right * np.cos(roll) + down * np.sin(roll), down * np.cos(roll) - right * np.sin(roll)
    axes = np.stack([right, down, forward], axis=1)
    target, corners = (low + high) / 2, np.concatenate([solid.corners() for solid in shape.solids])
    distance, wanted = 3.0 * np.linalg.norm(high - low), rng.uniform(*quality.fill)
    for _ in range(6):  # the size on the screen falls with the distance, so this settles quickly
        local = (corners - target - out * distance) @ axes
        at = local[:, :2] / np.maximum(local[:, 2:], 0.05) * focal
        span = (at.max(axis=0) - at.min(axis=0)).max()
        distance = max(distance * span / wanted, 0.6 * np.linalg.norm(high - low))
    local = (corners - target - out * distance) @ axes
    at = local[:, :2] / np.maximum(local[:, 2:], 0.05) * focal
    centre, span = (at.max(axis=0) + at.min(axis=0)) / 2, at.max(axis=0) - at.min(axis=0)
    slack = np.maximum(1 - span, 0.06) / 2  # a little of the furniture may leave the picture
    return Camera(target + out * distance, axes, focal, rng.uniform(-1, 1, 2) * quality.wander * slack - centre)


def _draw(rng, kind: str, quality: Quality) -> Image.Image:
    shape, pick = KINDS[kind](rng), Materials(rng)
    low, high = shape.bounds()
    around = np.deg2rad(_AROUND.get(kind, 180))
    azimuth = rng.uniform(-around, around)
    if around > 3 and rng.random() < 0.6:
        azimuth *= 0.45
    camera, sun = _camera(rng, kind, shape, azimuth, quality), rooms.light(rng, azimuth)
    sun = replace(sun, shadow_size=quality.shadow_size, softness=sun.softness * quality.shadow_size / 112)
    short = int(rng.integers(*quality.shorter_side))
    width, height = [(short, short), (int(short * rng.uniform(1.05, 1.5)), short),
                     (short, int(short * rng.uniform(1.05, 1.35)))][rng.choice(3, p=[0.4, 0.4, 0.2])]
    setting = rng.choice(["room", "floor", "plain", "gradient", "noise", "clutter"], p=[0.45, 0.15, 0.1, 0.1, 0.1, 0.1])
    if not quality.faults:
        setting = "room"
    planes, solids = [], list(shape.solids)
    if setting in ("room", "floor"):
        planes = rooms.room(rng, pick, low, high, azimuth, 0 if setting == "floor" else int(rng.integers(1, 3)))
        if rng.random() < 0.6:
            wall = planes[1] if len(planes) > 1 else None
            solids += rooms.other_things(rng, pick, low, high, azimuth, wall).solids
    flat = setting if setting in ("plain", "gradient", "noise", "clutter") else rng.choice(["plain", "gradient"])
    times = quality.oversampling
    behind = rooms.backdrop(rng, pick, flat, width * times, height * times)
    drawn = render(solids, planes, camera, sun, width * times, height * times, behind)
    drawn = develop(drawn, rng.uniform(0.8, 1.35) if quality.faults else rng.uniform(1.15, 1.35))
    drawn = drawn.reshape(height, times, width, times, 3).mean(axis=(1, 3))
    return Image.fromarray((drawn * 255 + 0.5).clip(0, 255).astype(np.uint8))


def _spoil(rng, image: Image.Image) -> Image.Image:
    """Faults of cameras and of people who hold them."""
    if rng.random() < 0.10:
        draw = ImageDraw.Draw(image)
        x, y = rng.uniform(0, 1) * image.width, rng.uniform(0, 1) * image.height
        a, b = rng.uniform(0.05, 0.22, 2) * min(image.size)
        draw.rectangle((x - a, y - b, x + a, y + b), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    for enhance, odds, spread in ((ImageEnhance.Brightness, 0.4, 0.25), (ImageEnhance.Contrast, 0.4, 0.3),
                                  (ImageEnhance.Color, 0.4, 0.5)):
        if rng.random() < odds:
            image = enhance(image).enhance(1 + rng.uniform(-spread, spread))
    if rng.random() < 0.06:
        image = image.convert("L").convert("RGB")
    if rng.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.0) * min(image.size) / 112))
    if rng.random() < 0.45:
        pixels = np.asarray(image, dtype=np.float32)
        grain = rng.standard_normal(pixels.shape, dtype=np.float32) * rng.uniform(1, 13)
        image = Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))
    return image


def _start(split: str, number: int):
    """The picture's generator and its label: the kinds take turns."""
    return np.random.default_rng([SPLITS[split], number]), number % len(LABELS)


def picture(split: str, number: int) -> tuple[bytes, str, int]:
    """An encoded picture with its faults, its file name's ending, and its label."""
    rng, label = _start(split, number)
    image = _spoil(rng, _draw(rng, LABELS[label], TRAINING))
    ending = str(rng.choice(["jpg", "png", "webp"], p=[0.75, 0.15, 0.10]))
    return encode(image, ending, int(rng.integers(35, 96))), ending, label


def fine_picture(split: str, number: int, quality: Quality = SAMPLE) -> tuple[Image.Image, int]:
    """A picture without faults, and its label."""
    rng, label = _start(split, number)
    return _draw(rng, LABELS[label], quality), label


def encode(image: Image.Image, ending: str, level: int) -> bytes:
    """The file's bytes; `level` is the quality of JPEG and WebP."""
    out = io.BytesIO()
    if ending == "jpg":
        image.save(out, "JPEG", quality=level)
    elif ending == "png":
        image.save(out, "PNG")
    else:
        image.save(out, "WEBP", quality=level)
    return out.getvalue()

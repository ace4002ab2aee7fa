"""Pictures of seats with their depth and their voxels, each from a split's name and a number alone."""

from dataclasses import dataclass

import numpy as np

import grid
import raster
from renderer import FAR, Camera, Materials, develop, rooms
from shapes import KINDS, LABELS

SIDE = 128  # pixels along a side of the picture
SPLITS = {"train": 11, "validation": 12, "test": 13, "samples": 14, "preview": 15}
ELEVATION = (-5.0, 50.0)  # degrees that the camera looks down
SPAN = (0.70, 0.96)  # share of the picture that the object's longer side takes


@dataclass
class Example:
    """What one number stands for. Lengths are in object lengths: the longest side of the box in the upright frame."""

    kind: int  # index into LABELS
    azimuth: float  # degrees from straight in front, -180..180
    picture: np.ndarray  # SIDE x SIDE x 3, uint8, with its surroundings
    alpha: np.ndarray  # SIDE x SIDE, uint8: the object alone
    depth: np.ndarray  # SIDE x SIDE, float32, at the pixels' centres; grid.FAR where the object is not
    pose: np.ndarray  # float32: downward pitch (radians), the box's centre in the camera's axes (right, down, forward)
    occupancy: np.ndarray  # grid.SIDE^3 (up, away, right), bool


def place_camera(solids, frame: grid.Frame, pitch: float, span: float, shift: np.ndarray) -> Camera:
    """A camera whose picture the object fills by `span`, moved sideways until its middle is at `shift` (in -1..1)."""
    c, s = np.cos(pitch), np.sin(pitch)
    axes = frame.axes @ np.array([[1, 0, 0], [0, -s, c], [0, -c, -s]])  # columns: right, down, forward
    corners = (np.concatenate([solid.corners() for solid in solids]) - frame.centre) @ axes
    tangent = np.tan(grid.FIELD_OF_VIEW / 2)
    at = np.array([0, 0, 2.0 * frame.length])  # of the object, in the camera's axes
    for _ in range(12):
        local = corners + at
        seen = local[:, :2] / (local[:, 2:] * tangent)
        low, high = seen.min(axis=0), seen.max(axis=0)
        at[2] = max(at[2] * (high - low).max() / (2 * span), 0.9 * frame.length)
        slack = np.maximum(1 - (high - low) / 2, 0)
        at[:2] += (shift * slack - (low + high) / 2) * at[2] * tangent
    return Camera(frame.centre - axes @ at, axes, 1 / (2 * tangent), np.zeros(2))


def _surroundings(rng, pick, low, high, azimuth, size):
    """Planes, other things and a backdrop: a room, a floor, or something flat."""
    setting = rng.choice(["room", "floor", "plain", "gradient", "noise", "clutter"], p=[0.4, 0.15, 0.2, 0.1, 0.1, 0.05])
    planes, things = [], []
    if setting in ("room", "floor"):
        planes = rooms.room(rng, pick, low, high, azimuth, 0 if setting == "floor" else int(rng.integers(1, 3)))
        if rng.random() < 0.25:
            things = rooms.other_things(rng, pick, low, high, azimuth, planes[1] if len(planes) > 1 else None).solids
        setting = rng.choice(["plain", "gradient"])
    return planes, things, rooms.backdrop(rng, pick, setting, size, size)


def scene(split: str, number: int):
    """The number's generator, its kind, solids and view: everything that does not depend on the picture's size."""
    rng = np.random.default_rng([SPLITS[split], number])
    kind = number % len(LABELS)
    shape = KINDS[LABELS[kind]](rng)
    for solid in shape.solids:  # edges that a voxel does not show are sharp, which is drawn faster
        solid.rounding = solid.rounding if solid.rounding >= 0.03 else 0.0
    azimuth, pitch = rng.uniform(-np.pi, np.pi), np.deg2rad(rng.uniform(*ELEVATION))
    frame = grid.Frame.around(shape.solids, azimuth)
    camera = place_camera(shape.solids, frame, pitch, rng.uniform(*SPAN), rng.uniform(-1, 1, 2))
    return rng, kind, shape, azimuth, pitch, frame, camera


def example(split: str, number: int, size: int = SIDE, oversampling: int = 1, shadow: int | None = None) -> Example:
    """`oversampling` rays along a pixel's side and a larger shadow map make samples finer than training pictures."""
    rng, kind, shape, azimuth, pitch, frame, camera = scene(split, number)
    low, high = shape.bounds()
    planes, things, behind = _surroundings(rng, Materials(rng), low, high, azimuth, size * oversampling)
    light, exposure = rooms.light(rng, azimuth), rng.uniform(0.8, 1.35)
    shadow = (64 if rng.random() < 0.6 else 0) if shadow is None else shadow
    hits = raster.cast(shape.solids + things, camera, size * oversampling)
    picture = raster.shade(shape.solids + things, planes, hits, camera, light, shadow, behind)
    hit = (hits.solid >= 0) & (hits.solid < len(shape.solids))
    layers = np.concatenate([develop(picture, exposure), hit[..., None]], axis=2)
    layers = layers.reshape(size, oversampling, size, oversampling, 4).mean(axis=(1, 3))
    layers = (layers * 255 + 0.5).clip(0, 255).astype(np.uint8)
    if oversampling > 1:
        hits = raster.cast(shape.solids + things, camera, size)
        hit = (hits.solid >= 0) & (hits.solid < len(shape.solids))
    along = np.tensordot(camera.axes[:, 2].astype(np.float32), hits.rays, axes=1)
    depth = np.where(hit, hits.distance * along / frame.length, grid.FAR).astype(np.float32)
    at = (frame.centre - camera.position) @ camera.axes / frame.length
    return Example(kind, np.rad2deg(azimuth), layers[..., :3], layers[..., 3], depth,
                   np.array([pitch, *at], dtype=np.float32), grid.voxelise(shape.solids, frame))

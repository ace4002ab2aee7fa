"""The cube of voxels: its frame, and solids put into it. README.md has the frame in words."""

from dataclasses import dataclass

import numpy as np

from renderer import BOX, ELLIPSOID, Solid

SIDE = 32  # voxels along an edge of the cube
FILL = 29.5  # voxels along the object's longest side; the rest is a rim that stays empty, so that surfaces close
CUBE = SIDE / FILL  # the cube's edge, in object lengths
FIELD_OF_VIEW = np.deg2rad(49.124)
FAR = 4.0  # depth of the background, in object lengths
SAMPLES = 3  # sub-samples along an edge of a voxel
THINNEST = 0.25  # half thickness, in voxels, that no solid goes below: nothing slips between the sub-samples


def _extent(solid: Solid, axes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest coordinates of a solid along the columns of `axes`."""
    centre, own = axes.T @ solid.centre, axes.T @ solid.axes
    if solid.shape == BOX:
        reach = np.abs(own) @ solid.half
        return centre - reach, centre + reach
    if solid.shape == ELLIPSOID:
        reach = np.sqrt(((own * solid.half)**2).sum(axis=1))
        return centre - reach, centre + reach
    along, level = own[:, 2], np.sqrt(np.maximum(1 - own[:, 2]**2, 0))
    ends = [(centre + sign * along * solid.half[2], level * radius) for sign, radius in zip((-1, 1), solid.half)]
    return np.minimum(*(at - disc for at, disc in ends)), np.maximum(*(at + disc for at, disc in ends))


@dataclass
class Frame:
    """The upright frame of a view: right, away from the viewer and up, around the object's box in these very axes."""

    axes: np.ndarray  # columns: right, away, up, in the world
    centre: np.ndarray  # of the box, in the world
    length: float  # the box's longest side, in metres

    @staticmethod
    def around(solids: list[Solid], azimuth: float) -> "Frame":
        c, s = np.cos(azimuth), np.sin(azimuth)
        axes = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]])
        lows, highs = zip(*(_extent(solid, axes) for solid in solids))
        low, high = np.min(lows, axis=0), np.max(highs, axis=0)
        return Frame(axes, axes @ (low + high) / 2, (high - low).max())


def _inside(solid: Solid, half: np.ndarray, rounding: float, local) -> np.ndarray:
    """Which of the points lie in the solid; `local` holds x, y, z in the solid's axes, in the units of `half`."""
    x, y, z = local
    if solid.shape == BOX and rounding > 0:
        out = [np.maximum(np.abs(v) - (h - rounding), 0) for v, h in zip(local, half)]
        return out[0] * out[0] + out[1] * out[1] + out[2] * out[2] <= rounding * rounding
    if solid.shape == BOX:
        return (np.abs(x) <= half[0]) & (np.abs(y) <= half[1]) & (np.abs(z) <= half[2])
    if solid.shape == ELLIPSOID:
        return (x / half[0])**2 + (y / half[1])**2 + (z / half[2])**2 <= 1
    radius = (half[0] + half[1]) / 2 + (half[1] - half[0]) / (2 * half[2]) * z
    away = x * x + y * y
    within = (np.abs(z) <= half[2]) & (away <= radius * radius)
    return within & (away >= (radius - 2 * THINNEST)**2) if solid.hollow else within


def voxelise(solids: list[Solid], frame: Frame) -> np.ndarray:
    """SIDE x SIDE x SIDE (up, away, right), bool: voxels of which any of the SAMPLES^3 sub-samples lies in a solid."""
    fine = np.zeros((SIDE * SAMPLES,) * 3, dtype=bool)
    scale = FILL / frame.length
    for solid in solids:
        centre = (frame.axes.T @ (solid.centre - frame.centre)) * scale + SIDE / 2
        own = (frame.axes.T @ solid.axes).astype(np.float32)
        half = np.maximum(solid.half * scale, THINNEST).astype(np.float32)
        low, high = _extent(solid, frame.axes)
        low, high = ((frame.axes.T @ -frame.centre + edge) * scale + SIDE / 2 for edge in (low, high))
        first = np.maximum(np.floor((low - THINNEST) * SAMPLES).astype(int), 0)
        last = np.minimum(np.ceil((high + THINNEST) * SAMPLES).astype(int) + 1, SIDE * SAMPLES)
        right, away, up = ((np.arange(first[k], last[k]) + 0.5) / SAMPLES - centre[k] for k in range(3))
        right, away, up = (v.astype(np.float32) for v in (right, away, up))
        local = [(up * own[2, k])[:, None, None] + (away * own[1, k])[:, None] + right * own[0, k] for k in range(3)]
        fine[first[2]:last[2], first[1]:last[1], first[0]:last[0]] |= _inside(solid, half,
                                                                              np.float32(solid.rounding * scale), local)
    fine = fine[0::3] | fine[1::3] | fine[2::3]
    fine = fine[:, 0::3] | fine[:, 1::3] | fine[:, 2::3]
    return fine[:, :, 0::3] | fine[:, :, 1::3] | fine[:, :, 2::3]

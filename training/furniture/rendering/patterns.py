"""Procedural surfaces: wood grain, cloth, stripes, checks, all from one tile of smooth noise."""

import numpy as np

from .solids import Material


def linear(srgb):
    """sRGB in 0..1 to linear light."""
    return np.asarray(srgb, dtype=np.float32)**2.2


def _make_noise(size=256):
    """Smooth noise in 0..1 that tiles, the same in every run."""
    rng = np.random.default_rng(20)
    total = np.zeros((size, size), dtype=np.float32)
    for octave, weight in ((8, 1.0), (16, 0.6), (32, 0.4), (64, 0.25), (128, 0.15)):
        grid = rng.random((octave, octave), dtype=np.float32)
        at = np.arange(size) * octave / size
        low = at.astype(int)
        part = (at - low).astype(np.float32)
        high = (low + 1) % octave
        rows = grid[low] * (1 - part)[:, None] + grid[high] * part[:, None]
        total += weight * (rows[:, low] * (1 - part) + rows[:, high] * part)
    total -= total.min()
    return total / total.max()


NOISE = _make_noise()


def noise_at(u, v):
    """Bilinear look-up in the tile, which repeats every 256 units."""
    ui, vi = np.floor(u).astype(np.int64), np.floor(v).astype(np.int64)
    pu, pv = (u - ui).astype(np.float32), (v - vi).astype(np.float32)
    u0, v0, u1, v1 = ui & 255, vi & 255, (ui + 1) & 255, (vi + 1) & 255
    low = NOISE[u0, v0] * (1 - pu) + NOISE[u1, v0] * pu
    high = NOISE[u0, v1] * (1 - pu) + NOISE[u1, v1] * pu
    return low * (1 - pv) + high * pv


def surface_color(material: Material, point, long_axis: int):
    """Linear colour, 3xN, at points in the solid's own axes; wood grain runs along `long_axis`."""
    color = linear(material.color)[:, None]
    if material.pattern == "plain":
        return np.broadcast_to(color, point.shape)
    f = material.frequency
    a, b = point[long_axis], point[(long_axis + 1) % 3] + 0.83 * point[(long_axis + 2) % 3]
    if material.pattern == "wood":
        grain = noise_at(a * 25 * f, b * 330 * f)
        mix = np.clip(1.6 * grain - 0.3, 0, 1)
    elif material.pattern == "fabric":
        mix = 0.25 + 0.9 * (noise_at(point[0] * 700 * f + point[2] * 310, point[1] * 700 * f + point[2] * 470) - 0.5)
        mix = np.clip(mix, 0, 1)
    elif material.pattern == "stripes":
        mix = (np.sin(a * 60 * f) > 0).astype(np.float32)
    else:
        mix = (np.sin(point[0] * 45 * f) * np.sin((point[1] + point[2]) * 45 * f) > 0).astype(np.float32)
    return color + (linear(material.second)[:, None] - color) * mix

"""Runs the exported files on the test split, as the service's chain does, and prints how well they do."""

import time

import numpy as np

import grid
import package
from shapes import LABELS

THRESHOLDS = np.arange(0.30, 0.751, 0.05)


def _overlaps(chances, whole) -> np.ndarray:
    """Intersection over union at each threshold."""
    found = chances[None] > THRESHOLDS[:, None, None, None]
    return (found & whole).sum(axis=(1, 2, 3)) / (found | whole).sum(axis=(1, 2, 3))


def _rows(examples, alphas: list[bool], chain):
    """For each way of showing them, a row an example: overlaps, then how far off depth, silhouette and pitch are."""
    for alpha in alphas:
        rows = []
        for k in range(len(examples)):
            picture, mask, depth, pose, whole = (
                examples(name, [k])[0] for name in ("picture", "alpha", "depth", "pose", "occupancy"))
            found, placed, chances = chain(package.tensor(picture, mask if alpha else None))
            real, both = depth < grid.FAR, (depth < grid.FAR) & (found < grid.FAR)
            off = np.abs((found - placed[3]) - (depth - pose[3]))[both].mean() * grid.FILL if both.any() else np.nan
            outline = both.sum() / (real | (found < grid.FAR)).sum()
            rows.append((*_overlaps(chances, whole == 1), off, outline, abs(placed[0] - pose[0]) * 180 / np.pi))
        yield np.array(rows)


def choose_threshold(examples, threads: int) -> float:
    """The best one on the validation split, half of it with alpha and half without."""
    rows = np.concatenate(list(_rows(examples, [True, False], package.Chain(threads))))
    best = rows[:, :len(THRESHOLDS)].mean(axis=0).argmax()
    return float(THRESHOLDS[best])


def _groups(examples):
    """Names of groups of examples and which belong to them."""
    numbers = range(len(examples))
    kind, azimuth = (examples(name, numbers) for name in ("kind", "azimuth"))
    elevation = np.rad2deg(examples("pose", numbers)[:, 0])
    around = np.abs(azimuth)
    yield "all", np.ones(len(examples), dtype=bool)
    for k, label in enumerate(LABELS):
        yield label, kind == k
    yield "from the front (within 45 degrees)", around < 45
    yield "from the side", (around >= 45) & (around < 135)
    yield "from behind", around >= 135
    yield "elevation -5 to 10", elevation < 10
    yield "elevation 10 to 30", (elevation >= 10) & (elevation < 30)
    yield "elevation 30 to 50", elevation >= 30


def evaluate(examples, threshold: float, threads: int) -> float:
    """Prints the tables; returns the mean overlap over all chairs shown with their alpha."""
    began, chain = time.monotonic(), package.Chain(threads)
    level = int(np.abs(THRESHOLDS - threshold).argmin())
    with_alpha, opaque = _rows(examples, [True, False], chain)
    print(f"\n{len(examples)} chairs that training never saw, mean IoU at threshold {threshold:.2f}")
    print(f"{'':36}{'chairs':>8}{'RGBA':>8}{'RGB':>8}")
    for name, which in _groups(examples):
        print(f"{name:36}{which.sum():8}{with_alpha[which, level].mean():8.3f}{opaque[which, level].mean():8.3f}")
    for name, rows in (("RGBA", with_alpha), ("RGB", opaque)):
        off, outline, pitch = np.nanmean(rows[:, -3:], axis=0)
        tenth, half = np.quantile(rows[:, level], (0.1, 0.5))
        print(f"{name}: a tenth of the chairs below {tenth:.2f}, half below {half:.2f}; depth off by {off:.2f} voxels, "
              f"silhouette's IoU {outline:.3f}, pitch off by {pitch:.1f} degrees")
    print(f"{1000 * (time.monotonic() - began) / (2 * len(examples)):.0f} ms a picture, whole chain, {threads} threads")
    return float(with_alpha[:, level].mean())

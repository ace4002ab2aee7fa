"""Draws the splits on several processes; keeps them in .cache/chair3d/, in files named after the sources that draw."""

import ast
import hashlib
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np

import grid
from scenes import example

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache" / "chair3d"
PART = 500  # examples in one file of the cache
_DEPTH_UNIT = grid.FAR / 65535  # depth is kept as uint16


def fingerprint() -> str:
    """Of the code that decides what the examples look like; comments and layout do not count."""
    digest = hashlib.sha256()
    drawing = [HERE / f"{name}.py" for name in ("grid", "raster", "renderer", "scenes", "shapes")]
    for source in drawing + sorted((HERE.parent / "furniture" / "rendering").glob("*.py")):
        tree = ast.parse(source.read_text())
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
                node.body.pop(0)
        digest.update(ast.dump(tree).encode())
    return digest.hexdigest()[:12]


def _packed(job: tuple[str, int]) -> tuple:
    """An example as it is kept. What is tested has smooth edges, as photographs do; training softens its own."""
    split, number = job
    e = example(split, number, oversampling=2 if split == "test" else 1)
    return (e.kind, np.float32(e.azimuth), e.picture, e.alpha, np.round(e.depth / _DEPTH_UNIT).astype(np.uint16),
            e.pose, np.packbits(e.occupancy))


NAMES = ("kind", "azimuth", "picture", "alpha", "depth", "pose", "occupancy")


def _path(split: str, start: int) -> Path:
    return CACHE / f"{split}-{fingerprint()}-{start:06}.npz"


def draw(split: str, count: int, processes: int):
    """Draws what the cache lacks of the first `count` examples. Each process keeps to one thread."""
    CACHE.mkdir(parents=True, exist_ok=True)
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    began = time.monotonic()
    missing = [start for start in range(0, count, PART) if not _path(split, start).exists()]
    if not missing:
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for start in missing:
            rows = pool.map(_packed, [(split, k) for k in range(start, start + PART)], chunksize=10)
            unfinished = _path(split, start).with_suffix(".unfinished.npz")
            np.savez(unfinished, **{name: np.stack(column) for name, column in zip(NAMES, zip(*rows))})
            unfinished.rename(_path(split, start))
            print(f"  {split}: {start + PART} of {count} drawn, {time.monotonic() - began:.0f} s", flush=True)


class Examples:
    """A split's first `count` examples, or as many as the cache holds by now; 100 kB each."""

    def __init__(self, split: str, count: int):
        self._split, self._count, self._parts = split, count, []
        self.refresh()

    def refresh(self):
        """Takes in what was drawn since."""
        while (start := len(self._parts) * PART) < self._count and _path(self._split, start).exists():
            with np.load(_path(self._split, start)) as part:
                self._parts.append({name: part[name] for name in NAMES})

    def __len__(self) -> int:
        return min(len(self._parts) * PART, self._count)

    def __call__(self, name: str, chosen) -> np.ndarray:
        """One of NAMES for the chosen numbers; depth as float32, occupancy as n x 32 x 32 x 32 of 0 or 1."""
        values = np.stack([self._parts[k // PART][name][k % PART] for k in chosen])
        if name == "depth":
            return values * np.float32(_DEPTH_UNIT)
        if name == "occupancy":
            return np.unpackbits(values, axis=1).reshape(-1, grid.SIDE, grid.SIDE, grid.SIDE)
        return values

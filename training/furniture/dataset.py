"""Renders the splits on several processes; the training split is kept in a cache named after the renderer's sources."""

import hashlib
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np

import package
from rendering.pictures import LABELS, picture

CACHE = package.ROOT / ".cache" / "furniture"
STORED_SIDE = 104  # kept a little larger than the input, for random cuts
PART = 1000  # pictures in one file of the cache


def _stored(job: tuple[str, int]) -> np.ndarray:
    data, _, _ = picture(*job)
    return package.centre_square(package.decode(data), STORED_SIDE, STORED_SIDE)


def _prepared(job: tuple[str, int]) -> np.ndarray:
    data, _, _ = picture(*job)
    return package.tensor(data, package.load())


def _each(work, split: str, numbers: range, processes: int):
    """Yields the work's results in order. Each process keeps to one thread: numpy's own would only stand in the way."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(work, ((split, k) for k in numbers), chunksize=20)


def fingerprint(*more: str) -> str:
    """Of the sources that decide what the pictures look like, and of more files in this folder."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for source in sorted(here.glob("rendering/*.py")) + [here / name for name in ("package.py",) + more]:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def labels(count: int) -> np.ndarray:
    """The kinds take turns, see `picture`."""
    return np.arange(count) % len(LABELS)


def stored(split: str, count: int, processes: int) -> np.ndarray:
    """count x 104 x 104 x 3, uint8; what was drawn before with these very sources comes from the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    parts, began = [], time.monotonic()
    for start in range(0, count, PART):
        path = CACHE / f"{split}-{fingerprint()}-{start}.npy"
        if not path.exists():
            unfinished = path.with_suffix(".unfinished.npy")
            np.save(unfinished, np.stack(list(_each(_stored, split, range(start, start + PART), processes))))
            unfinished.rename(path)
            print(f"  {split}: {start + PART} of {count} pictures, {time.monotonic() - began:.0f} s", flush=True)
        parts.append(np.load(path))
    return np.concatenate(parts)[:count]


def prepared(split: str, count: int, processes: int) -> np.ndarray:
    """count x 3 x side x side, float32: encoded, decoded and prepared as the service does; never cached."""
    return np.stack(list(_each(_prepared, split, range(count), processes)))

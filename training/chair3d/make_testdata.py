"""Writes the stored case of `depth-to-occupancy` for the service's tests: python make_testdata.py

Small, so that it can be kept: a stool, 48 x 48 pixels, into 16^3 voxels. The pose is chosen such that no point lies
near a voxel's face and no voxel's centre near a pixel's edge, so float32 and float64 agree on where everything falls.
"""

import numpy as np

import grid
import projection
import raster
import scenes
from dataset import ROOT

FOLDER = ROOT / "src" / "model" / "testdata"
NUMBER, SIZE, SIDE = 5, 48, 16  # a stool of the split "preview"


def _steadiness(depth: np.ndarray, pose: np.ndarray) -> float:
    """The largest tried error of the pose, in any direction, under which everything falls where it fell."""
    still, held = projection.depth_to_occupancy(depth, pose, SIDE), 0.0
    for error in (1e-6, 3e-6, 1e-5, 3e-5, 1e-4):
        for nudge in np.concatenate([np.eye(4), -np.eye(4)]) * error:
            moved = projection.depth_to_occupancy(depth, pose + nudge, SIDE)
            if (moved[0] != still[0]).any() or np.abs(moved[1] - still[1]).max() > 100 * error:
                return held
        held = error
    return held


def main():
    _, _, shape, _, pitch, frame, camera = scenes.scene("preview", NUMBER)
    hits = raster.cast(shape.solids, camera, SIZE)
    along = np.tensordot(camera.axes[:, 2].astype(np.float32), hits.rays, axes=1)
    depth = np.where(hits.solid >= 0, hits.distance * along / frame.length, grid.FAR).astype(np.float32)
    at = (frame.centre - camera.position) @ camera.axes / frame.length
    rng, pose = np.random.default_rng(0), np.array([pitch, *at])
    tries = [(pose + rng.normal(0, 0.004, 4)).astype(np.float32) for _ in range(40)]
    pose = max(tries, key=lambda one: _steadiness(depth, one))
    print(f"pose {pose}: holds when moved by {_steadiness(depth, pose):.0e}")
    for name, values in (("depth", depth), ("pose", pose), ("out", projection.depth_to_occupancy(depth, pose, SIDE))):
        path = FOLDER / f"depth_to_occupancy_{name}.npy"
        np.save(path, values)
        print(f"{path.relative_to(ROOT)}: {values.shape} {values.dtype}, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

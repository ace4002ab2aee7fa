"""python -m unittest discover -s training/chair3d -p '*_test.py'"""

import unittest

import numpy as np
import torch

import grid
import lessons
import projection
import scenes
from dataset import ROOT


def _stored(name: str) -> np.ndarray:
    return np.load(ROOT / "src" / "model" / "testdata" / f"depth_to_occupancy_{name}.npy")


class DepthToOccupancy(unittest.TestCase):

    def test_gives_the_stored_answer(self):
        found = projection.depth_to_occupancy(_stored("depth"), _stored("pose"), side=16)
        np.testing.assert_array_equal(found[0], _stored("out")[0])
        np.testing.assert_allclose(found[1], _stored("out")[1], atol=1e-6)

    def test_puts_a_pixel_where_the_pinhole_says(self):
        depth = np.full((2, 2), grid.FAR, np.float32)
        depth[0, 1] = 1.0  # upper right: half the picture's half height above the axis, and as much to the right
        half = np.tan(grid.FIELD_OF_VIEW / 2) / 2
        seen = projection.depth_to_occupancy(depth, (0, 0, 0, 1))
        cell = np.floor(np.array([half, 0, half]) / (grid.CUBE / grid.SIDE) + grid.SIDE / 2).astype(int)
        self.assertEqual(np.argwhere(seen[0]).tolist(), [cell.tolist()])

    def test_knows_what_is_empty_what_is_hidden_and_what_is_outside(self):
        seen = projection.depth_to_occupancy(np.full((8, 8), 1.0, np.float32), (0, 0, 0, 1), cube=1.5)[1]
        middle = seen[grid.SIDE // 2, :, grid.SIDE // 2]
        self.assertEqual((middle[0], middle[-1]), (1, -1))
        self.assertTrue((np.diff(middle) <= 0).all())
        self.assertEqual(seen[0, 0, 0], 0)  # outside the picture

    def test_many_at_once_agree_with_the_reference_but_for_rounding_at_edges_of_pixels(self):
        drawn = [scenes.example("preview", k) for k in range(6)]
        depth, pose = (np.stack([getattr(e, name) for e in drawn]) for name in ("depth", "pose"))
        found = lessons.project(torch.from_numpy(depth)[:, None], torch.from_numpy(pose)).numpy()
        for k, e in enumerate(drawn):
            off = np.abs(found[k] - projection.depth_to_occupancy(e.depth, e.pose))
            self.assertLess((off > 1e-4).mean(), 1e-4)

    def test_surfaces_lie_in_or_beside_occupied_voxels(self):
        for k in range(9):
            e = scenes.example("preview", k)
            near = np.pad(e.occupancy, 1)
            near = np.any(
                [np.roll(near, (a, b, c), (0, 1, 2)) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)],
                axis=0)[1:-1, 1:-1, 1:-1]
            hit = projection.depth_to_occupancy(e.depth, e.pose)[0] > 0
            self.assertTrue((near | ~hit).all())
            rim = e.occupancy.copy()
            rim[1:-1, 1:-1, 1:-1] = False
            self.assertFalse(rim.any())  # the rim stays empty, so that a surface around the object closes


if __name__ == "__main__":
    unittest.main()

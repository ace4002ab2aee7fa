"""A depth map put into the cube of voxels: the reference of the service's operation `depth-to-occupancy`."""

import numpy as np

from grid import CUBE, FAR, FIELD_OF_VIEW, SIDE

TRUNCATION = 3.0  # voxels at which the signed distance is cut off


def depth_to_occupancy(depth: np.ndarray,
                       pose,
                       side: int = SIDE,
                       cube: float = CUBE,
                       fov: float = FIELD_OF_VIEW,
                       far: float = FAR,
                       truncation: float = TRUNCATION) -> np.ndarray:
    """A square depth map into the upright cube: 2 x side x side x side (up, away, right), float32.

    depth: S x S, distances along the optical axis (not along the rays); `far` and more is background.
    pose: how far the camera looks down (radians), then the cube's centre in the camera's axes: right, down, forward.
    Channel 0 is 1 where a pixel's point falls into the voxel, else 0. Channel 1 is the signed distance from the voxel's
    centre to the surface along the optical axis, in voxels over `truncation`, cut to -1..1: 1 is seen to be empty, -1
    lies hidden behind the surface; 0 also where the centre is outside the picture or behind the camera.
    The reference of the operation of the same name; everything is float64.
    """
    depth = np.asarray(depth, dtype=np.float64)
    pitch, x, y, z = (float(v) for v in pose)
    size, tangent, voxel = depth.shape[0], np.tan(fov / 2), cube / side
    c, s = np.cos(pitch), np.sin(pitch)
    out = np.zeros((2, side, side, side), dtype=np.float32)

    rows, columns = np.nonzero(depth < far)
    d = depth[rows, columns]
    right = ((columns + 0.5) * 2 / size - 1) * tangent * d - x
    down = ((rows + 0.5) * 2 / size - 1) * tangent * d - y
    forward = d - z
    point = np.stack([-forward * s - down * c, forward * c - down * s, right])  # up, away, right
    cell = np.floor(point / voxel + side / 2).astype(np.int64)
    cell = cell[:, ((cell >= 0) & (cell < side)).all(axis=0)]
    out[0, cell[0], cell[1], cell[2]] = 1

    along = (np.arange(side) + 0.5 - side / 2) * voxel
    up, away, right = np.meshgrid(along, along, along, indexing="ij")
    forward = away * c - up * s + z
    down = -away * s - up * c + y
    right = right + x
    ahead = forward > 1e-6
    reach = np.where(ahead, forward, 1.0) * tangent
    column = np.floor((right / reach + 1) * size / 2).astype(np.int64)
    row = np.floor((down / reach + 1) * size / 2).astype(np.int64)
    seen = ahead & (column >= 0) & (column < size) & (row >= 0) & (row < size)
    surface = depth[np.clip(row, 0, size - 1), np.clip(column, 0, size - 1)]
    out[1] = np.where(seen, np.clip((surface - forward) / (voxel * truncation), -1, 1), 0)
    return out

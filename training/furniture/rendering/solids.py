"""What a scene is made of: convex solids with materials.

Units are metres. The world is right-handed, z points up, the floor is z = 0, and furniture faces -y.
"""

from dataclasses import dataclass, field

import numpy as np

BOX, FRUSTUM, ELLIPSOID = range(3)


@dataclass
class Material:
    """Surface colours are sRGB in 0..1; `pattern` mixes `color` with `second`."""

    color: np.ndarray
    pattern: str = "plain"  # plain | wood | fabric | stripes | check
    second: np.ndarray = field(default_factory=lambda: np.zeros(3))
    frequency: float = 1.0  # features of the pattern per metre, relative to the pattern's own
    gloss: float = 0.0  # strength of the highlight
    glow: float = 0.0  # light of its own, as a lit lamp shade


@dataclass
class Solid:
    """A solid around `centre`; the columns of `axes` are its own x, y, z in the world.

    half: BOX and ELLIPSOID: half sizes along the axes. FRUSTUM: (radius at -z, radius at +z, half height).
    """

    shape: int
    centre: np.ndarray
    axes: np.ndarray
    half: np.ndarray
    material: Material
    rounding: float = 0.0  # BOX: radius of the edges
    hollow: bool = False  # FRUSTUM: a wall without lids, visible from inside

    def reach(self) -> np.ndarray:
        """Half sizes of the box in the solid's own axes that encloses it."""
        if self.shape == FRUSTUM:
            radius = max(self.half[0], self.half[1])
            return np.array([radius, radius, self.half[2]])
        return self.half

    def corners(self) -> np.ndarray:
        """The enclosing box's corners in the world, 8x3."""
        signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
        return self.centre + (signs * self.reach()) @ self.axes.T


def turn(axis: str, angle: float) -> np.ndarray:
    """Rotation by `angle` radians around a world axis."""
    c, s = np.cos(angle), np.sin(angle)
    if axis == "x":
        return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    if axis == "y":
        return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def axes_along(direction: np.ndarray) -> np.ndarray:
    """Axes whose z is `direction`, and whose x is as level as can be."""
    z = direction / np.linalg.norm(direction)
    x = np.cross([0.0, 1.0, 0.0] if abs(z[1]) < 0.9 else [1.0, 0.0, 0.0], z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)


class Shape:
    """A list of solids, with the few ways in which furniture adds to it."""

    def __init__(self):
        self.solids: list[Solid] = []

    def box(self, centre, size, material, rounding=0.0, axes=None):
        half = np.asarray(size, dtype=float) / 2
        rounding = min(rounding, 0.98 * half.min())
        axes = np.eye(3) if axes is None else axes
        self.solids.append(Solid(BOX, np.asarray(centre, dtype=float), axes, half, material, rounding=rounding))

    def panel(self, low, high, material, rounding=0.0):
        """A level box between two opposite corners."""
        low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        self.box((low + high) / 2, np.abs(high - low), material, rounding)

    def rod(self, start, end, start_radius, material, end_radius=None, hollow=False):
        """A round bar, or a cone's trunk, between two points."""
        start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        end_radius = start_radius if end_radius is None else end_radius
        half = np.array([start_radius, end_radius, np.linalg.norm(end - start) / 2])
        self.solids.append(Solid(FRUSTUM, (start + end) / 2, axes_along(end - start), half, material, hollow=hollow))

    def beam(self, start, end, width, depth, material, rounding=0.0):
        """A square bar between two points."""
        start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        size = (width, depth, np.linalg.norm(end - start))
        self.box((start + end) / 2, size, material, rounding, axes_along(end - start))

    def ball(self, centre, radii, material, axes=None):
        radii = np.broadcast_to(np.asarray(radii, dtype=float), (3,))
        axes = np.eye(3) if axes is None else axes
        self.solids.append(Solid(ELLIPSOID, np.asarray(centre, dtype=float), axes, radii, material))

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        corners = np.concatenate([solid.corners() for solid in self.solids])
        return corners.min(axis=0), corners.max(axis=0)

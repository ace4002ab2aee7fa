"""The furniture classifier's renderer, under one name. It stays where it is: its cache is named after its files."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "furniture"))  # last: this folder's own modules come first

from rendering import rooms, seating  # noqa: E402
from rendering.intersections import FAR, meet  # noqa: E402
from rendering.materials import Materials  # noqa: E402
from rendering.patterns import linear, surface_color  # noqa: E402
from rendering.raycast import Camera, Light, Plane, develop  # noqa: E402
from rendering.solids import BOX, ELLIPSOID, FRUSTUM, Shape, Solid, turn  # noqa: E402

__all__ = [
    "BOX", "Camera", "ELLIPSOID", "FAR", "FRUSTUM", "Light", "Materials", "Plane", "Shape", "Solid", "develop",
    "linear", "meet", "rooms", "seating", "surface_color", "turn"
]

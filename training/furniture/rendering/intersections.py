"""Where rays meet solids.

Each `_meet_...` takes the solid's half sizes and rays in the solid's own axes (3xN, or 3x1 for a shared origin or
direction; directions have unit length), and gives the distance to the first hit (FAR where there is none) and the
normal there.
"""

import numpy as np

from .solids import BOX, ELLIPSOID, FRUSTUM, Solid

NEAR = 1e-3
FAR = 1e9


def _slabs(half, origin, direction):
    inverse = 1.0 / np.where(np.abs(direction) < 1e-7, 1e-7, direction)
    half = half[:, None]
    first, second = (-half - origin) * inverse, (half - origin) * inverse
    enter, leave = np.minimum(first, second), np.maximum(first, second)
    return enter, enter.max(axis=0), leave.min(axis=0)


def _meet_box(half, origin, direction):
    enter, near, leave = _slabs(half, origin, direction)
    hit = (near < leave) & (near > NEAR)
    face = enter.argmax(axis=0)
    signs = -np.sign(np.broadcast_to(direction, enter.shape))
    normal = np.where(np.arange(3)[:, None] == face, signs, 0)
    return np.where(hit, near, FAR), normal


def _meet_rounded_box(half, rounding, origin, direction, steps=14):
    """Sphere tracing of the rounded box's distance field, started where the ray enters the sharp box."""
    _, near, leave = _slabs(half, origin, direction)
    candidates = np.flatnonzero((near < leave) & (near > NEAR))
    distance = np.full(near.shape, FAR, dtype=np.float32)
    normal = np.zeros((3,) + near.shape, dtype=np.float32)
    if candidates.size == 0:
        return distance, normal
    origin = np.broadcast_to(origin, (3,) + near.shape)[:, candidates]
    direction = np.broadcast_to(direction, (3,) + near.shape)[:, candidates]
    along, end = near[candidates], leave[candidates]
    inner = (half - rounding)[:, None]
    for _ in range(steps):
        point = origin + along * direction
        outside = np.maximum(np.abs(point) - inner, 0)
        gap = np.sqrt((outside * outside).sum(axis=0)) - rounding
        along = along + np.maximum(gap, 0)
    hit = (gap < 0.02 * rounding + 1e-3) & (along < end + 1e-4)
    outward = outside * np.sign(point)
    outward /= np.sqrt((outward * outward).sum(axis=0)) + 1e-9
    distance[candidates] = np.where(hit, along, FAR)
    normal[:, candidates] = outward
    return distance, normal


def _meet_frustum(half, hollow, origin, direction):
    low, high, height = half
    slope, middle = (high - low) / (2 * height), (low + high) / 2
    ox, oy, oz = origin
    dx, dy, dz = direction
    radius = middle + slope * oz
    a = dx * dx + dy * dy - slope * slope * dz * dz
    b = ox * dx + oy * dy - slope * dz * radius
    c = ox * ox + oy * oy - radius * radius
    a = np.where(np.abs(a) < 1e-9, 1e-9, a)
    root = b * b - a * c
    exists = root >= 0
    root = np.sqrt(np.maximum(root, 0))
    best = np.full(root.shape, FAR, dtype=np.float32)
    for t in ((-b - root) / a, (-b + root) / a):
        z = oz + t * dz
        valid = exists & (np.abs(z) <= height) & (t > NEAR) & (middle + slope * z >= 0)
        best = np.where(valid & (t < best), t, best)
    lid = np.zeros(root.shape, dtype=np.float32)
    if not hollow:
        safe = np.where(np.abs(dz) < 1e-7, 1e-7, dz)
        for level, limit, sign in ((-height, low, -1.0), (height, high, 1.0)):
            t = (level - oz) / safe
            x, y = ox + t * dx, oy + t * dy
            closer = (x * x + y * y <= limit * limit) & (t > NEAR) & (t < best)
            best = np.where(closer, t, best)
            lid = np.where(closer, sign, lid)
    reached = np.where(best < FAR, best, 0)
    x, y, z = ox + reached * dx, oy + reached * dy, oz + reached * dz
    normal = np.stack([x, y, -slope * (middle + slope * z)])
    normal /= np.sqrt((normal * normal).sum(axis=0)) + 1e-9
    normal = np.where(lid != 0, np.stack([np.zeros_like(lid), np.zeros_like(lid), lid]), normal)
    if hollow:
        facing = normal[0] * dx + normal[1] * dy + normal[2] * dz
        normal = np.where(facing > 0, -normal, normal)
    return best, normal


def _meet_ellipsoid(half, origin, direction):
    scale = half[:, None]
    o, d = origin / scale, direction / scale
    a, b, c = (d * d).sum(axis=0), (o * d).sum(axis=0), (o * o).sum(axis=0) - 1
    root = b * b - a * c
    t = (-b - np.sqrt(np.maximum(root, 0))) / a
    distance = np.where((root >= 0) & (t > NEAR), t, FAR)
    normal = (o + np.where(distance < FAR, t, 0) * d) / scale
    return distance, normal / (np.sqrt((normal * normal).sum(axis=0)) + 1e-9)


def meet(solid: Solid, origin, direction):
    """First hit of world rays (each 3xN or 3x1): distances, normals in the solid's axes, hit points in its axes."""
    axes = solid.axes.T.astype(np.float32)
    half = solid.half.astype(np.float32)
    o = axes @ (origin - solid.centre[:, None]).astype(np.float32)
    d = axes @ direction.astype(np.float32)
    if solid.shape == FRUSTUM:
        distance, normal = _meet_frustum(half, solid.hollow, o, d)
    elif solid.shape == ELLIPSOID:
        distance, normal = _meet_ellipsoid(half, o, d)
    elif solid.shape == BOX and solid.rounding > 0:
        distance, normal = _meet_rounded_box(half, np.float32(solid.rounding), o, d)
    else:
        distance, normal = _meet_box(half, o, d)
    return distance, normal, o + np.where(distance < FAR, distance, 0) * d

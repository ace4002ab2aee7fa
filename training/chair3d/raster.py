"""Pictures and depth maps of solids from one pass of rays, at a fifth of the cost of the furniture renderer's pictures.

It has one light with an optional hard shadow and no contact shadows. Rays are 3xN, colours linear.
"""

from dataclasses import dataclass

import numpy as np

from renderer import FAR, Camera, Light, Plane, Solid, meet, surface_color


@dataclass
class Hits:
    """What each ray meets first: `solid` is -1 and `distance` FAR where it meets nothing."""

    rays: np.ndarray  # 3 x height x width, unit directions
    distance: np.ndarray  # height x width, along the rays
    normal: np.ndarray  # 3 x height x width, in the world
    solid: np.ndarray  # height x width, indices


def _window(at: np.ndarray, height: int, width: int):
    """The rows and columns that points on the screen span, with a pixel around them."""
    left, top = np.maximum(np.floor(at.min(axis=0)).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(at.max(axis=0)).astype(int) + 1, (width, height))
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def cast(solids: list[Solid], camera: Camera, size: int) -> Hits:
    """Rays through the centres of size x size pixels; no solid may reach behind the camera."""
    line = ((np.arange(size, dtype=np.float32) + 0.5) / size - 0.5) / np.float32(camera.focal)
    local = np.stack([*np.meshgrid(line, line), np.ones((size, size), dtype=np.float32)])
    local /= np.sqrt((local * local).sum(axis=0))
    rays = np.tensordot(camera.axes.astype(np.float32), local, axes=1)
    hits = Hits(rays, np.full((size, size), FAR, np.float32), np.zeros_like(rays), np.full((size, size), -1, np.int16))
    origin = camera.position[:, None].astype(np.float32)
    for number, solid in enumerate(solids):
        corners = (solid.corners() - camera.position) @ camera.axes
        where = _window((corners[:, :2] / corners[:, 2:] * camera.focal + 0.5) * size, size, size)
        if where is None:
            continue
        window = rays[(slice(None),) + where]
        distance, normal, _ = meet(solid, origin, window.reshape(3, -1))
        mask = distance.reshape(window.shape[1:]) < hits.distance[where]
        if not mask.any():
            continue
        closer = mask.ravel()
        hits.distance[where][mask] = distance[closer]
        hits.normal[(slice(None),) + where][:, mask] = solid.axes.astype(np.float32) @ normal[:, closer]
        hits.solid[where][mask] = number
    return hits


class ShadowMap:
    """Distances to the solids along parallel rays from the light."""

    def __init__(self, solids: list[Solid], towards: np.ndarray, size: int):
        self.axes = np.linalg.qr(np.stack([towards, [0.31, 0.47, 0.83], [0.9, -0.4, 0.1]], axis=1))[0][:, [1, 2]]
        self.towards, self.size = towards, size
        corners = np.concatenate([solid.corners() for solid in solids])
        flat = corners @ self.axes
        self.low = flat.min(axis=0) - 0.02
        self.scale = size / (flat.max(axis=0) + 0.02 - self.low).max()
        self.start = (corners @ towards).max() + 1.0
        self.distance = np.full((size, size), FAR, dtype=np.float32)
        for solid in solids:
            where = _window((solid.corners() @ self.axes - self.low) * self.scale, size, size)
            if where is None:
                continue
            y, x = ((np.arange(size)[part] + 0.5) / self.scale + edge for part, edge in zip(where, self.low[::-1]))
            x, y = np.meshgrid(x, y)
            origin = self.axes @ np.stack([x.ravel(), y.ravel()]) + (towards * self.start)[:, None]
            part = self.distance[where]
            np.minimum(part, meet(solid, origin, -towards[:, None])[0].reshape(part.shape), out=part)

    def lit(self, point: np.ndarray) -> np.ndarray:
        """Share of the light that reaches each point, 0..1: the mean of four texels around it."""
        x, y = (self.axes.T @ point - self.low[:, None]) * self.scale
        depth = self.start - self.towards @ point - 1.5 / self.scale - 0.004
        share = np.zeros(point.shape[1], dtype=np.float32)
        for dx, dy in ((-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)):
            column, row = np.floor(x + dx).astype(np.int64), np.floor(y + dy).astype(np.int64)
            inside = (column >= 0) & (row >= 0) & (column < self.size) & (row < self.size)
            blocker = self.distance[np.clip(row, 0, self.size - 1), np.clip(column, 0, self.size - 1)]
            share += ~inside | (blocker > depth)
        return share / 4


def _planes(planes: list[Plane], hits: Hits, camera: Camera, distance, normal, albedo):
    """Draws floor and walls behind the solids, into copies of what the rays met."""
    for plane in planes:
        toward = np.tensordot(plane.normal.astype(np.float32), hits.rays, axes=1)
        toward = np.where(np.abs(toward) < 1e-6, 1e-6, toward)
        reach = np.float32(plane.offset - plane.normal @ camera.position) / toward
        seen = (reach > 1e-3) & (reach < distance) & (reach < 60)
        distance[seen] = reach[seen]
        point = camera.position[:, None].astype(np.float32) + reach[seen] * hits.rays[:, seen]
        along = point[0] * plane.normal[1] - point[1] * plane.normal[0]
        flat = point if plane.normal[2] > 0.5 else np.stack([point[2], along, np.zeros_like(along)])
        albedo[:, seen] = surface_color(plane.material, flat, 0)
        normal[:, seen] = plane.normal[:, None]


def shade(solids: list[Solid], planes: list[Plane], hits: Hits, camera: Camera, light: Light, shadow: int,
          backdrop: np.ndarray) -> np.ndarray:
    """Linear picture, size x size x 3; `shadow` is the shadow map's size, 0 for no shadow."""
    distance, normal = hits.distance.copy(), hits.normal.copy()
    albedo = np.zeros_like(normal)
    gloss = np.zeros_like(distance)
    origin = camera.position[:, None].astype(np.float32)
    for number in np.unique(hits.solid[hits.solid >= 0]):
        solid, mask = solids[number], hits.solid == number
        point = origin + distance[mask] * hits.rays[:, mask]
        own = solid.axes.T.astype(np.float32) @ (point - solid.centre[:, None].astype(np.float32))
        albedo[:, mask] = surface_color(solid.material, own, int(solid.reach().argmax()))
        gloss[mask] = solid.material.gloss
    _planes(planes, hits, camera, distance, normal, albedo)

    seen = distance < FAR
    ray, facing_out = hits.rays[:, seen], normal[:, seen]
    facing = np.maximum((facing_out * light.direction[:, None]).sum(axis=0), 0)
    if shadow:
        facing *= ShadowMap(solids, light.direction, shadow).lit(origin + distance[seen] * ray)
    up = 0.5 + 0.5 * facing_out[2]
    ambient = light.sky[:, None] * up + light.ground[:, None] * (1 - up)
    from_camera = light.fill * np.maximum(-(facing_out * ray).sum(axis=0), 0)
    halfway = light.direction[:, None] - ray
    halfway /= np.sqrt((halfway * halfway).sum(axis=0)) + 1e-9
    highlight = gloss[seen] * np.maximum((facing_out * halfway).sum(axis=0), 0)**40 * (facing > 0)
    picture = backdrop.astype(np.float32).copy()
    color = albedo[:, seen] * (ambient + from_camera + light.color[:, None] * facing) + light.color[:, None] * highlight
    picture[seen] = color.T
    return picture

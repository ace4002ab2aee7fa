"""What surrounds the furniture: a flat backdrop, or a floor with walls; other things; light."""

import numpy as np
from PIL import Image, ImageDraw

from .materials import Materials
from .patterns import NOISE, linear
from .raycast import Light, Plane
from .solids import Shape, turn


def backdrop(rng: np.random.Generator, pick: Materials, kind: str, width: int, height: int) -> np.ndarray:
    """A linear picture: plain | gradient | noise | clutter (flat shapes of random colours)."""
    first, second = linear(pick.color((0, 0.5), (0.3, 1.0))), linear(pick.color((0, 0.5), (0.2, 1.0)))
    if rng.random() < 0.35:
        first = np.full(3, rng.uniform(0.5, 1.0), dtype=np.float32)
    canvas = np.broadcast_to(first, (height, width, 3)).astype(np.float32)
    if kind == "gradient":
        angle = rng.uniform(0, 2 * np.pi)
        y, x = np.mgrid[0:height, 0:width]
        along = np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5) + 0.5
        canvas = canvas + (second - first) * np.clip(along, 0, 1)[..., None].astype(np.float32)
    elif kind == "noise":
        cells = rng.uniform(40, 250)
        row, column = rng.integers(0, 256, 2)
        v = (np.arange(height) * cells / height + row).astype(int) & 255
        u = (np.arange(width) * cells / width + column).astype(int) & 255
        canvas = canvas + (second - first) * NOISE[np.ix_(v, u)][..., None]
    elif kind == "clutter":
        image = Image.fromarray((canvas**(1 / 2.2) * 255).astype(np.uint8))
        draw = ImageDraw.Draw(image)
        for _ in range(rng.integers(4, 16)):
            x, y = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.1, 1.1) * height
            a, b = rng.uniform(0.03, 0.35, 2) * width
            fill = tuple(int(255 * c) for c in pick.color((0, 0.7), (0.15, 1.0)))
            shape = rng.integers(4)
            if shape == 0:
                draw.ellipse((x - a, y - b, x + a, y + b), fill=fill)
            elif shape == 1:
                draw.rectangle((x - a, y - b, x + a, y + b), fill=fill)
            elif shape == 2:
                draw.polygon([(x + a * rng.uniform(-1, 1), y + b * rng.uniform(-1, 1)) for _ in range(4)], fill=fill)
            else:
                draw.line((x, y, x + 4 * a * rng.uniform(-1, 1), y + 4 * b * rng.uniform(-1, 1)),
                          fill=fill,
                          width=int(rng.integers(1, 8)))
        canvas = linear(np.asarray(image) / 255)
    return canvas


def floor_material(rng: np.random.Generator, pick: Materials):
    choice = rng.random()
    if choice < 0.4:
        material = pick.wood()
        material.frequency *= 0.5
    elif choice < 0.65:
        material = pick.fabric()
        material.frequency *= 0.35
    else:
        material = pick.paint()
    material.gloss = 0.0
    return material


def wall_material(rng: np.random.Generator, pick: Materials):
    material = pick.paint()
    material.color = material.color * 0.5 + 0.5 * rng.uniform(0.4, 0.95)
    material.gloss = 0.0
    if rng.random() < 0.15:
        material.pattern, material.second, material.frequency = "stripes", material.color * 0.93, rng.uniform(0.3, 1)
    return material


def room(rng: np.random.Generator, pick: Materials, low, high, azimuth: float, walls: int) -> list[Plane]:
    """Floor, and walls behind the bounds low..high as seen from `azimuth` (of the viewer, radians from -y)."""
    planes = [Plane(np.array([0.0, 0.0, 1.0]), 0.0, floor_material(rng, pick))]
    material, facing = wall_material(rng, pick), azimuth + rng.uniform(-0.45, 0.45)
    corners = np.array([[x, y] for x in (low[0], high[0]) for y in (low[1], high[1])])
    for k in range(walls):
        angle = facing + (0 if k == 0 else rng.choice([-1, 1]) * np.pi / 2)
        normal = np.array([np.sin(angle), -np.cos(angle), 0.0])
        gap = rng.uniform(0.03, 1.2) if k == 0 else rng.uniform(0.3, 1.5)
        planes.append(Plane(normal, (corners @ normal[:2]).min() - gap, material))
    return planes


def other_things(rng: np.random.Generator, pick: Materials, low, high, azimuth: float, wall: Plane | None) -> Shape:
    """Boxes, balls, plants and a rug near the furniture, pictures on the wall: nothing that is furniture."""
    shape = Shape()
    away = np.array([-np.sin(azimuth), np.cos(azimuth)])
    aside = np.array([np.cos(azimuth), np.sin(azimuth)])
    middle, reach = (low[:2] + high[:2]) / 2, np.linalg.norm(high[:2] - low[:2]) / 2
    tall = high[2] - low[2]
    if rng.random() < 0.35:
        size = reach * rng.uniform(1.6, 2.6)
        shape.box((*middle, 0.004), (size, size * rng.uniform(0.6, 1), 0.008),
                  pick.fabric(),
                  axes=turn("z", rng.uniform(0, 3)))
    for _ in range(rng.integers(0, 4)):
        at = middle + aside * rng.choice([-1, 1]) * reach * rng.uniform(0.8, 2.0) + away * reach * rng.uniform(0.3, 1.5)
        size, thing = tall * rng.uniform(0.08, 0.3), rng.integers(4)
        if thing == 0:
            shape.box((*at, size / 2), (size * rng.uniform(0.6, 1.3), size, size),
                      pick.paint(),
                      axes=turn("z", rng.uniform(0, 3)))
        elif thing == 1:
            shape.ball((*at, size * 0.6), size * 0.6, pick.paint())
        elif thing == 2:
            shape.rod((*at, 0), (*at, size * 0.8), size * 0.35, pick.paint(), size * 0.45)
            leaf = pick.color((0.4, 0.8), (0.25, 0.6)) * [0.5, 1.0, 0.4]
            material = pick.paint()
            material.color, material.gloss = leaf, 0.0
            for _ in range(5):
                offset = rng.normal(0, 0.35, 3) * size
                shape.ball((at[0] + offset[0], at[1] + offset[1], size * 1.7 + offset[2]),
                           size * rng.uniform(0.25, 0.5, 3), material)
        else:
            shape.rod((*at, 0), (*at, size * 1.2), size * 0.4, pick.paint(), size * rng.uniform(0.2, 0.5))
    if wall is not None:
        along = np.array([-wall.normal[1], wall.normal[0], 0.0])
        foot = np.append(middle, 0) + wall.normal * (wall.offset - wall.normal[:2] @ middle)
        axes = np.stack([along, wall.normal, [0, 0, 1.0]], axis=1)
        for _ in range(rng.integers(0, 3)):
            centre = foot + along * rng.uniform(-1.6, 1.6) * reach + np.array([0, 0, high[2] * rng.uniform(0.7, 1.5)])
            width, height = rng.uniform(0.2, 0.7, 2) * max(reach, 0.4)
            shape.box(centre, (width, 0.03, height), pick.hard(), axes=axes)
            shape.box(centre + wall.normal * 0.008, (width * 0.8, 0.03, height * 0.8), pick.soft(), axes=axes)
    return shape


def light(rng: np.random.Generator, azimuth: float) -> Light:
    """A sun from the viewer's half of the sky, mostly, and a tinted sky."""
    angle, rise = azimuth + rng.uniform(-2.0, 2.0), rng.uniform(0.5, 1.35)
    direction = np.array([np.sin(angle) * np.cos(rise), -np.cos(angle) * np.cos(rise), np.sin(rise)])
    warm = rng.uniform(-0.15, 0.15)
    sun = np.array([1 + warm, 1.0, 1 - warm]) * rng.uniform(0.35, 1.0)
    sky = np.array([1 - warm / 2, 1.0, 1 + warm / 2]) * rng.uniform(0.25, 0.6)
    return Light(direction.astype(np.float32), sun.astype(np.float32), sky.astype(np.float32),
                 (sky * rng.uniform(0.4, 0.8)).astype(np.float32), rng.uniform(0.05, 0.3), rng.uniform(0.8, 2.5))

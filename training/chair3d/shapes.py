"""Chairs, armchairs and stools with random parts: convex solids in metres, z up, floor at z = 0, facing -y.

About half of each kind is put together here from a base, a seat, a back and arms; the rest are the furniture
classifier's own shapes.
"""

import numpy as np

from renderer import Materials, Shape, seating, turn


def _corners(width: float, depth: float, inset: float):
    return [(sx * (width / 2 - inset), sy * (depth / 2 - inset)) for sx in (-1, 1) for sy in (-1, 1)]


def _turned_leg(shape, rng, foot, head, thick, material, profile):
    """A leg from the lathe: cones' trunks end to end, with a ball at the widest ring."""
    foot, head = np.asarray(foot, dtype=float), np.asarray(head, dtype=float)
    at = np.linspace(0, 1, len(profile))
    for k in range(len(profile) - 1):
        start, end = foot + (head - foot) * at[k], foot + (head - foot) * at[k + 1]
        shape.rod(start, end, thick * profile[k], material, thick * profile[k + 1])
    widest = int(np.argmax(profile))
    shape.ball(foot + (head - foot) * at[widest], thick * profile[widest] * 1.15, material)


def _legs(shape, rng, width, depth, under, material, style):
    """Four legs to the height `under`: straight | splayed | turned; sometimes with stretchers between them."""
    thick, inset = rng.uniform(0.016, 0.028), rng.uniform(0.02, 0.06)
    splay = rng.uniform(0.04, 0.12) if style == "splayed" else rng.uniform(0, 0.02)
    square = rng.random() < 0.5
    taper, profile = rng.uniform(0.5, 1.0), rng.uniform(0.6, 1.35, rng.integers(5, 8))
    reach = 1 + splay / (min(width, depth) / 2)
    corners = _corners(width, depth, inset)
    for x, y in corners:
        foot, head = (x * reach, y * reach, 0), (x, y, under)
        if style == "turned":
            _turned_leg(shape, rng, foot, head, thick, material, profile)
        elif square:
            shape.beam(foot, head, 2 * thick * rng.uniform(0.98, 1.02), 2 * thick, material)
        else:
            shape.rod(foot, head, thick * taper, material, thick)
    if rng.random() < 0.35:
        height = rng.uniform(0.25, 0.6) * under
        spread = reach + (1 - reach) * height / under
        feet = [np.array([x * spread, y * spread, height]) for x, y in corners]
        for a, b in ((0, 1), (2, 3), (0, 2), (1, 3)) if rng.random() < 0.5 else ((0, 1), (2, 3)):
            shape.rod(feet[a], feet[b], thick * 0.6, material)


def _pedestal(shape, rng, width, under, material, style):
    """A column on a disc, on a trumpet, or on a star of three to six spokes with or without castors."""
    radius = rng.uniform(0.02, 0.04)
    reach = width * rng.uniform(0.42, 0.62)
    if style == "disc":
        shape.rod((0, 0, 0), (0, 0, rng.uniform(0.015, 0.04)), reach, material, reach * rng.uniform(0.85, 1))
        shape.rod((0, 0, 0.01), (0, 0, under), radius, material)
    elif style == "trumpet":
        waist = under * rng.uniform(0.45, 0.65)
        shape.rod((0, 0, 0), (0, 0, 0.03), reach, material, reach * 0.75)
        shape.rod((0, 0, 0.03), (0, 0, under * 0.2), reach * 0.75, material, radius * 1.6)
        shape.rod((0, 0, under * 0.2), (0, 0, waist), radius * 1.6, material, radius)
        shape.rod((0, 0, waist), (0, 0, under), radius, material, radius * rng.uniform(1.0, 2.5))
    else:
        count, start, castors = int(rng.integers(3, 7)), rng.uniform(0, 2 * np.pi), rng.random() < 0.6
        hub = rng.uniform(0.08, 0.12)
        shape.rod((0, 0, hub - 0.03), (0, 0, under), radius, material)
        for k in range(count):
            angle = start + 2 * np.pi * k / count
            end = np.array([np.cos(angle) * reach, np.sin(angle) * reach, 0.06 if castors else 0.02])
            shape.rod((0, 0, hub), end, 0.024, material, 0.016)
            if castors:
                shape.ball(end - [0, 0, 0.03], 0.03, material)


def _runners(shape, rng, width, depth, under, material, style):
    """Bent tube: a cantilever is open at the rear, a sled is closed."""
    radius, x, y = rng.uniform(0.011, 0.017), width / 2 - 0.02, depth / 2 - 0.02
    for sx in (-1, 1):
        shape.rod((sx * x, -y, radius), (sx * x, -y, under), radius, material)
        shape.rod((sx * x, -y, radius), (sx * x, y, radius), radius, material)
        if style == "sled":
            shape.rod((sx * x, y, radius), (sx * x, y, under), radius, material)
        else:
            shape.rod((sx * x, -y, under - radius), (sx * x, y, under - radius), radius, material)
    shape.rod((-x, y, radius), (x, y, radius), radius, material)


def _base(shape, rng, size, under, pick, material, odds):
    """Anything that carries a seat whose underside is at `under`; `odds` weigh legs, pedestals and runners."""
    width, depth = size
    group = rng.choice(["legs", "pedestal", "runners"], p=odds)
    if group == "legs":
        _legs(shape, rng, width, depth, under, material, rng.choice(["straight", "splayed", "turned"], p=[.4, .35,
                                                                                                          .25]))
    elif group == "pedestal":
        _pedestal(shape, rng, width, under, pick.metal(), rng.choice(["star", "disc", "trumpet"], p=[0.5, 0.25, 0.25]))
    else:
        _runners(shape, rng, width, depth, under, pick.metal(), rng.choice(["cantilever", "sled"]))


def _seat(shape, rng, size, height, cover, padded, is_round):
    """Returns the height of its underside."""
    width, depth = size
    thick = rng.uniform(0.05, 0.10) if padded else rng.uniform(0.022, 0.045)
    if is_round:
        shape.rod((0, 0, height - thick), (0, 0, height - 0.3 * thick), width / 2 * rng.uniform(0.88, 1), cover,
                  width / 2)
        top = 0.5 * thick if padded else 0.3 * thick
        shape.ball((0, 0, height - 0.3 * thick), (width / 2 * 0.98, width / 2 * 0.98, top), cover)
    else:
        shape.box((0, 0, height - thick / 2), (width, depth, thick), cover, 0.03 if padded else rng.choice([0, 0.01]))
    return height - thick


class _BackSurface:
    """Where a back rest runs: leaning, and bent around the sitter by `bend` radians to either side."""

    def __init__(self, width, low, rear, lean, bend):
        self.low, self.rear, self.lean, self.half = low, rear, lean, width / 2
        self.bend = max(bend, 1e-3)
        self.radius = self.half / np.sin(self.bend)

    def at(self, across, z):
        """The point at `across` in -1..1 and height z."""
        angle = across * self.bend
        y = self.rear - self.radius * (1 - np.cos(angle)) + np.tan(self.lean) * (z - self.low)
        return np.array([self.radius * np.sin(angle), y, z])

    def axes(self, across):
        return turn("z", -across * self.bend) @ turn("x", -self.lean)

    def band(self, shape, low, high, thick, material, rounding=0.0, reach=1.0):
        """A solid strip between two heights; one box where it is straight, a row of them where it is bent."""
        count = 1 if self.bend < 0.05 else int(np.ceil(self.bend * reach / 0.13))
        middle, tall = (low + high) / 2, (high - low) / np.cos(self.lean)
        wide = 2 * self.radius * np.tan(self.bend * reach / count) + (0 if count == 1 else 0.004)
        for k in range(count):
            across = reach * (2 * (k + 0.5) / count - 1)
            shape.box(self.at(across, middle), (wide, thick, tall), material, rounding, self.axes(across))


def _back(shape, rng, back, high, frame, panel, padded):
    low = back.low
    style = "solid" if padded else rng.choice(["slats", "spindles", "ladder", "solid", "rail", "open"],
                                              p=[0.22, 0.2, 0.15, 0.25, 0.1, 0.08])
    thick = rng.uniform(0.05, 0.09) if padded else rng.uniform(0.018, 0.03)
    if style == "solid":
        start = low if rng.random() < 0.5 else low + rng.uniform(0.05, 0.18)
        if start > low:
            for sx in (-0.7, 0.7):
                shape.beam(back.at(sx, low - 0.03), back.at(sx, start + 0.05), 0.035, 0.02, frame)
        back.band(shape, start, high, thick, panel, 0.025 if padded else rng.choice([0, 0.008]))
        return
    post = rng.uniform(0.012, 0.02)
    square = rng.random() < 0.5
    for sx in (-0.96, 0.96):
        if square:
            shape.beam(back.at(sx, low - 0.03), back.at(sx, high), 2 * post, 2 * post, frame)
        else:
            shape.rod(back.at(sx, low - 0.03), back.at(sx, high), post, frame)
    top = rng.uniform(0.05, 0.14)
    if style == "rail":
        top = rng.uniform(0.12, 0.22)
    back.band(shape, high - top, high, thick, panel, reach=0.97)
    if style in ("slats", "spindles"):
        if rng.random() < 0.5:
            back.band(shape, low + 0.06, low + 0.10, thick, panel, reach=0.95)
        count = int(rng.integers(3, 8))
        for k in range(count):
            across = 2 * (k + 1) / (count + 1) - 1
            if style == "slats":
                shape.beam(back.at(across, low - 0.01), back.at(across, high - top / 2), rng.uniform(0.03, 0.05), 0.016,
                           panel)
            else:
                shape.rod(back.at(across, low - 0.01), back.at(across, high - top / 2), 0.010, panel)
    elif style == "ladder":
        count = int(rng.integers(1, 4))
        for k in range(count):
            z = low + (high - top - low) * (k + 0.7) / (count + 0.7)
            back.band(shape, z - 0.025, z + 0.025, thick * 0.8, panel, reach=0.95)
    elif style == "open":
        back.band(shape, low + 0.08, low + 0.12, thick, panel, reach=0.95)


def _arms(shape, rng, back, size, seat, frame):
    """Arm rests from the back forward, each on a post, a panel or free."""
    width, depth = size
    height = seat + rng.uniform(0.16, 0.26)
    across, front = width / 2 + rng.uniform(-0.01, 0.04), -depth / 2 + rng.uniform(0.0, 0.15)
    wide, support = rng.uniform(0.03, 0.07), rng.choice(["post", "panel", "free"], p=[0.6, 0.25, 0.15])
    for sx in (-1, 1):
        rear = back.at(sx * 0.96, height)
        start, end = np.array([sx * across, front, height]), np.array([rear[0], rear[1], height])
        shape.beam(start, end, wide, 0.03, frame, rng.choice([0, 0.01]))
        if support == "post":
            shape.rod((sx * (across - 0.01), front + 0.03, seat - 0.03), start + [0, 0.03, 0], 0.014, frame)
        elif support == "panel":
            shape.panel((sx * across - 0.015, front, seat - 0.05), (sx * across + 0.015, rear[1], height), frame)


def _put_together(rng, width, arms: float) -> Shape:
    shape, pick = Shape(), Materials(rng)
    size = (width, width * rng.uniform(0.85, 1.12))
    frame = pick.frame()
    padded = rng.random() < 0.4
    cover = pick.soft() if padded else (frame if rng.random() < 0.5 else pick.hard())
    is_round, height = rng.random() < 0.3, rng.uniform(0.40, 0.50)
    if is_round:
        size = (width, width)
    under = _seat(shape, rng, size, height, cover, padded, is_round)
    inner = (width * 0.72, width * 0.72) if is_round else size
    _base(shape, rng, inner, under, pick, frame, [0.66, 0.22, 0.12])
    bend = rng.uniform(0.25, 1.1) if rng.random() < 0.45 or is_round else 0.0
    back = _BackSurface(width * (0.92 if is_round else 0.98), height - 0.01, size[1] / 2 - 0.02, rng.uniform(0.0, 0.3),
                        bend)
    panel = cover if rng.random() < 0.7 else pick.hard()
    _back(shape, rng, back, height + rng.uniform(0.28, 0.62), frame, panel, padded and rng.random() < 0.7)
    if rng.random() < arms:
        _arms(shape, rng, back, size, height, frame)
    return shape


def chair(rng: np.random.Generator) -> Shape:
    return seating.chair(rng) if rng.random() < 0.35 else _put_together(rng, rng.uniform(0.38, 0.52), 0.15)


def armchair(rng: np.random.Generator) -> Shape:
    return seating.armchair(rng) if rng.random() < 0.6 else _put_together(rng, rng.uniform(0.48, 0.64), 1.0)


def stool(rng: np.random.Generator) -> Shape:
    if rng.random() < 0.45:
        return seating.stool(rng)
    shape, pick = Shape(), Materials(rng)
    width, padded, is_round = rng.uniform(0.28, 0.44), rng.random() < 0.45, rng.random() < 0.55
    size = (width, width if is_round else width * rng.uniform(0.75, 1.0))
    frame = pick.frame()
    cover = pick.soft() if padded else (frame if rng.random() < 0.5 else pick.hard())
    under = _seat(shape, rng, size, rng.uniform(0.40, 0.80), cover, padded, is_round)
    inner = (width * 0.72, width * 0.72) if is_round else size
    _base(shape, rng, inner, under, pick, frame, [0.58, 0.36, 0.06])
    return shape


KINDS = {"chair": chair, "armchair": armchair, "stool": stool}
LABELS = list(KINDS)

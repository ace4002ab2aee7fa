"""Chair, armchair, stool and sofa.

What tells them apart: a stool has no back; a chair has a back and no arms; an armchair has arms and one seat;
a sofa is two to four seats wide.
"""

import numpy as np

from .materials import Materials
from .solids import Shape, turn


def _four_legs(shape, rng, width, depth, top, material, splay=(0.0, 0.06)):
    """Legs under the corners of a level plate whose underside is at `top`."""
    spread, thick = rng.uniform(*splay), rng.uniform(0.014, 0.026)
    round_legs, taper = rng.random() < 0.5, rng.uniform(0.5, 1.0)
    for sx in (-1, 1):
        for sy in (-1, 1):
            head = (sx * (width / 2 - 0.03), sy * (depth / 2 - 0.03), top)
            foot = (sx * (width / 2 - 0.03 + spread), sy * (depth / 2 - 0.03 + spread), 0)
            if round_legs:
                shape.rod(foot, head, thick * taper, material, thick)
            else:
                shape.beam(foot, head, 2 * thick, 2 * thick, material)
    return spread


def _stretchers(shape, rng, width, depth, height, material):
    for sx in (-1, 1):
        shape.rod((sx * width / 2, -depth / 2, height), (sx * width / 2, depth / 2, height), 0.009, material)
    if rng.random() < 0.6:
        shape.rod((-width / 2, 0, height), (width / 2, 0, height), 0.009, material)


def _star_base(shape, rng, top, material):
    """An office chair's foot: five spokes on castors and a column."""
    arms, reach, turn_by = 5, rng.uniform(0.26, 0.33), rng.uniform(0, 2)
    shape.rod((0, 0, 0.08), (0, 0, top), 0.025, material)
    for k in range(arms):
        angle = turn_by + 2 * np.pi * k / arms
        end = np.array([np.cos(angle) * reach, np.sin(angle) * reach, 0.065])
        shape.rod((0, 0, 0.10), end, 0.022, material, 0.014)
        shape.ball(end - [0, 0, 0.033], 0.03, material)


def _back(shape, rng, width, low, high, y, lean, frame, panel, style):
    """A leaning back rest between two heights; `y` is where it meets the seat."""

    def at(x, z):
        return np.array([x, y + np.tan(lean) * (z - low), z])

    half = width / 2 - 0.02
    axes = turn("x", -lean)
    middle, tall = at(0, (low + high) / 2), (high - low) / np.cos(lean)
    if style in ("slats", "ladder", "spindles", "frame"):
        for sx in (-1, 1):
            shape.beam(at(sx * half, low - 0.03), at(sx * half, high), 0.03, 0.03, frame)
        shape.box(at(0, high - 0.03), (width - 0.02, 0.022, rng.uniform(0.05, 0.10)), panel, axes=axes)
    if style == "slats" or style == "spindles":
        count = rng.integers(3, 7)
        shape.box(at(0, low + 0.08), (width - 0.04, 0.02, 0.035), panel, axes=axes)
        for k in range(count):
            x = half * (2 * (k + 1) / (count + 1) - 1)
            if style == "slats":
                shape.beam(at(x, low + 0.08), at(x, high - 0.03), 0.035, 0.014, panel)
            else:
                shape.rod(at(x, low), at(x, high - 0.03), 0.008, panel)
    elif style == "ladder":
        count = rng.integers(2, 4)
        for k in range(count):
            shape.box(at(0, low + (high - low) * (k + 0.6) / (count + 0.5)), (width - 0.05, 0.018, 0.05),
                      panel,
                      axes=axes)
    elif style == "frame":
        shape.box(at(0, (low + high) / 2 + 0.02), (width - 0.09, 0.03, tall * 0.6), panel, 0.012, axes)
    elif style == "panel":
        shape.box(middle, (width, 0.02, tall), panel, axes=axes)
    elif style == "padded":
        shape.box(middle + [0, 0, 0.02], (width, rng.uniform(0.05, 0.08), tall), panel, 0.03, axes)
    elif style == "half":
        for sx in (-1, 1):
            shape.rod(at(sx * half * 0.7, low - 0.03), at(sx * half * 0.7, high - 0.05), 0.011, frame)
        shape.box(at(0, high - 0.1), (width, 0.03, 0.2), panel, 0.014, axes)


def chair(rng: np.random.Generator) -> Shape:
    shape, pick = Shape(), Materials(rng)
    width, depth = rng.uniform(0.40, 0.50), rng.uniform(0.40, 0.50)
    seat, top = rng.uniform(0.42, 0.48), rng.uniform(0.80, 1.05)
    frame = pick.frame()
    padded = rng.random() < 0.45
    cover = pick.soft() if padded else (frame if rng.random() < 0.6 else pick.hard())
    thick = rng.uniform(0.05, 0.09) if padded else rng.uniform(0.02, 0.035)
    if not padded and rng.random() < 0.2:
        shape.rod((0, 0, seat - thick), (0, 0, seat), width / 2, cover)
    else:
        shape.box((0, 0, seat - thick / 2), (width, depth, thick), cover, 0.03 if padded else rng.choice([0, 0.008]))
    base = rng.choice(["legs", "star", "sled", "cantilever"], p=[0.70, 0.12, 0.10, 0.08])
    if base == "legs":
        spread = _four_legs(shape, rng, width, depth, seat - thick, frame)
        if rng.random() < 0.35:
            _stretchers(shape, rng, width - 0.04 + spread, depth - 0.04 + spread, rng.uniform(0.12, 0.25), frame)
    elif base == "star":
        _star_base(shape, rng, seat - thick, pick.metal())
    else:
        radius = rng.uniform(0.010, 0.014)
        for sx in (-1, 1):
            x, front, rear = sx * (width / 2 - 0.02), -depth / 2 + 0.02, depth / 2 - 0.02
            shape.rod((x, front, 0.015), (x, front, seat - thick), radius, frame)
            shape.rod((x, front, 0.015), (x, rear, 0.015), radius, frame)
            if base == "sled":
                shape.rod((x, rear, 0.015), (x, rear, seat - thick), radius, frame)
        shape.rod((-width / 2 + 0.02, depth / 2 - 0.02, 0.015), (width / 2 - 0.02, depth / 2 - 0.02, 0.015), radius,
                  frame)
    styles = ["slats", "ladder", "spindles", "frame", "panel", "half"]
    if padded or base == "star":
        styles = ["padded", "half", "panel"]
    panel = cover if rng.random() < 0.75 else pick.hard()
    low = seat - 0.01 if base != "star" else seat + 0.04
    _back(shape, rng, width, low, top, depth / 2 - 0.02, rng.uniform(0.05, 0.24), frame, panel, rng.choice(styles))
    if base == "star":
        shape.beam((0, depth / 2 - 0.1, seat - thick), (0, depth / 2 + 0.04, low + 0.15), 0.06, 0.015, pick.metal())
    return shape


def stool(rng: np.random.Generator) -> Shape:
    """Taller than wide by a fifth at least; that is what tells a plain one from a small table."""
    shape, pick = Shape(), Materials(rng)
    width = rng.uniform(0.28, 0.40)
    height = width * rng.uniform(1.25, 2.1)
    frame = pick.frame()
    padded = rng.random() < 0.4
    cover = pick.soft() if padded else (frame if rng.random() < 0.5 else pick.hard())
    thick = rng.uniform(0.05, 0.10) if padded else rng.uniform(0.02, 0.045)
    is_round = rng.random() < 0.6
    if is_round and padded:
        shape.rod((0, 0, height - thick), (0, 0, height - 0.02), width / 2, cover)
        shape.ball((0, 0, height - 0.022), (width / 2 * 0.98, width / 2 * 0.98, 0.03), cover)
    elif is_round:
        shape.rod((0, 0, height - thick), (0, 0, height), width / 2 * rng.uniform(0.9, 1), cover, width / 2)
    else:
        depth = width * rng.uniform(0.75, 1.0)
        shape.box((0, 0, height - thick / 2), (width, depth, thick), cover, 0.03 if padded else rng.choice([0, 0.01]))
    base = rng.choice(["four", "three", "column"], p=[0.55, 0.25, 0.20])
    under = height - thick
    if base == "column":
        shape.rod((0, 0, 0), (0, 0, 0.025), width * rng.uniform(0.45, 0.6), frame)
        shape.rod((0, 0, 0.02), (0, 0, under), 0.025, frame)
        if rng.random() < 0.5:
            shape.rod((0, 0, height * 0.35), (0, 0, height * 0.35 + 0.02), width * 0.4, frame, hollow=True)
        return shape
    count, start = (4, np.pi / 4) if base == "four" else (3, np.pi / 2)
    inner = width * (0.36 if is_round or base == "three" else 0.5)
    outer, radius = inner + rng.uniform(0.0, 0.10), rng.uniform(0.012, 0.024)
    ring = height * rng.uniform(0.2, 0.45)
    feet = []
    for k in range(count):
        direction = np.array([np.cos(start + 2 * np.pi * k / count), np.sin(start + 2 * np.pi * k / count), 0])
        shape.rod(direction * outer, direction * inner + [0, 0, under], radius * 0.75, frame, radius)
        feet.append(direction * (outer + (inner - outer) * ring / under) + [0, 0, ring])
    if rng.random() < 0.65:
        for k in range(count):
            shape.rod(feet[k], feet[(k + 1) % count], radius * 0.6, frame)
    return shape


def _upholstered(rng, seats: int) -> Shape:
    """A padded seat with arms: one seat makes an armchair, more a sofa."""
    shape, pick = Shape(), Materials(rng)
    cover = pick.soft()
    cushion = cover if rng.random() < 0.75 else pick.soft()
    seat_width = rng.uniform(0.52, 0.64) if seats == 1 else rng.uniform(0.56, 0.68)
    arm, inner = rng.uniform(0.09, 0.22), seats * seat_width
    depth, seat, top = rng.uniform(0.75, 0.95), rng.uniform(0.38, 0.46), rng.uniform(0.72, 0.95)
    arm_top, clear = seat + rng.uniform(0.12, 0.24), rng.uniform(0.04, 0.16)
    soft = rng.uniform(0.02, 0.07)
    front, rear = -depth / 2, depth / 2
    back = rng.uniform(0.14, 0.22)
    shape.panel((-inner / 2, front + 0.02, clear), (inner / 2, rear - 0.05, seat - 0.12), cover, 0.015)
    shape.panel((-inner / 2 - arm * 0.9, rear - back, clear), (inner / 2 + arm * 0.9, rear, top), cover, soft)
    for sx in (-1, 1):
        shape.panel((sx * inner / 2, front, clear), (sx * (inner / 2 + arm), rear - 0.03, arm_top), cover, soft)
        if seats == 1 and rng.random() < 0.12 and arm > 0.1:
            shape.panel((sx * (inner / 2 + 0.02), 0.0, arm_top - 0.1), (sx * (inner / 2 + arm), rear, top), cover, soft)
        for y in (front + 0.06, rear - 0.08):
            shape.rod((sx * (inner / 2 + arm / 2), y, 0), (sx * (inner / 2 + arm / 2), y, clear + 0.02), 0.018,
                      pick.frame(), 0.028)
    for k in range(seats):
        x0 = -inner / 2 + k * seat_width
        shape.panel((x0 + 0.005, front - 0.01, seat - 0.13), (x0 + seat_width - 0.005, rear - back, seat + 0.02),
                    cushion, 0.045)
        if rng.random() < 0.85:
            shape.box((x0 + seat_width / 2, rear - back - 0.05, (seat + top) / 2 + 0.03),
                      (seat_width - 0.01, 0.16, top - seat - 0.02), cushion, 0.06, turn("x", -0.2))
    for _ in range(rng.integers(0, 3)):
        x = rng.uniform(-0.4, 0.4) * (inner - 0.3)
        shape.box((x, rear - back - 0.2, seat + 0.2), (0.38, 0.12, 0.38), pick.soft(), 0.055,
                  turn("z", rng.uniform(-0.4, 0.4)) @ turn("x", -0.4))
    return shape


def _framed(rng, seats: int) -> Shape:
    """Open arms of wood or metal around loose cushions."""
    shape, pick = Shape(), Materials(rng)
    frame, cushion = pick.frame(), pick.soft()
    seat_width = rng.uniform(0.52, 0.62)
    inner, depth = seats * seat_width, rng.uniform(0.62, 0.80)
    seat, top, arm_top = rng.uniform(0.36, 0.44), rng.uniform(0.75, 0.98), rng.uniform(0.56, 0.66)
    thick, lean = rng.uniform(0.03, 0.05), rng.uniform(0.12, 0.35)
    front, rear = -depth / 2, depth / 2 - 0.06
    for sx in (-1, 1):
        x = sx * (inner / 2 + thick / 2)
        shape.beam((x, front, 0), (x, front, arm_top), thick, thick, frame)
        shape.beam((x, rear + 0.08, 0), (x, rear, arm_top), thick, thick, frame)
        shape.beam((x, front - 0.04, arm_top), (x, rear + 0.1, arm_top), thick * 1.6, 0.03, frame, 0.008)
        shape.beam((x, front, seat - 0.12), (x, rear, seat - 0.14), thick * 0.8, 0.05, frame)
    for y in (front, rear):
        shape.panel((-inner / 2, y - 0.015, seat - 0.15), (inner / 2, y + 0.015, seat - 0.09), frame)
    axes = turn("x", -lean)
    for k in range(seats):
        x = -inner / 2 + (k + 0.5) * seat_width
        shape.box((x, -0.03, seat - 0.03), (seat_width - 0.01, depth - 0.06, 0.13), cushion, 0.045, turn("x", -0.06))
        middle = np.array([x, rear - 0.05 + np.tan(lean) * (top - seat) / 2, (seat + top) / 2])
        shape.box(middle, (seat_width - 0.01, 0.12, top - seat), cushion, 0.045, axes)
    return shape


def _tub(rng) -> Shape:
    """A round armchair: one curved wall is both back and arms."""
    shape, pick = Shape(), Materials(rng)
    cover, frame = pick.soft(), pick.frame()
    radius, seat = rng.uniform(0.32, 0.38), rng.uniform(0.40, 0.46)
    top, arm_top, clear = rng.uniform(0.70, 0.85), rng.uniform(0.58, 0.66), rng.uniform(0.08, 0.2)
    shape.rod((0, 0, clear), (0, 0, seat - 0.1), radius * 0.95, cover, radius)
    shape.rod((0, -0.02, seat - 0.1), (0, -0.02, seat), radius * 0.92, cover)
    steps = 11
    for k in range(steps):
        angle = np.pi * (-0.12 + 1.24 * k / (steps - 1))
        high = arm_top + (top - arm_top) * np.clip(1.4 * np.sin(angle) - 0.2, 0, 1)
        middle = np.array([np.cos(angle) * radius, np.sin(angle) * radius, (clear + high) / 2])
        shape.box(middle, (0.10, 0.15, high - clear), cover, 0.04, turn("z", angle))
    for angle in np.pi * np.array([0.25, 0.75, 1.25, 1.75]):
        foot = np.array([np.cos(angle), np.sin(angle), 0]) * radius * 0.9
        shape.rod(foot, foot * 0.8 + [0, 0, clear], 0.013, frame, 0.02)
    return shape


def armchair(rng: np.random.Generator) -> Shape:
    style = rng.random()
    return _upholstered(rng, 1) if style < 0.55 else _framed(rng, 1) if style < 0.80 else _tub(rng)


def sofa(rng: np.random.Generator) -> Shape:
    seats = int(rng.choice([2, 3, 4], p=[0.4, 0.45, 0.15]))
    return _upholstered(rng, seats) if rng.random() < 0.82 else _framed(rng, seats)

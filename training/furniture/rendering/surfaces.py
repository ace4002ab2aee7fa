"""Table, desk, bed and lamp.

What tells a desk from a table: a desk has drawers under its top and is closed on a side or at the back.
"""

import numpy as np

from .materials import Materials
from .solids import Shape, turn


def _things_on_top(shape, rng, pick, width, depth, height):
    for _ in range(rng.integers(0, 3)):
        x, y = rng.uniform(-0.35, 0.35) * width, rng.uniform(-0.3, 0.3) * depth
        size, material = rng.uniform(0.04, 0.09), pick.paint()
        thing = rng.integers(3)
        if thing == 0:
            shape.rod((x, y, height), (x, y, height + 2.2 * size), size * 0.6, material, size * rng.uniform(0.4, 0.9))
        elif thing == 1:
            shape.ball((x, y, height + size * 0.5), (size * 1.4, size * 1.4, size * 0.5), material)
        else:
            shape.box((x, y, height + 0.02), (0.2, 0.15, 0.04), material, axes=turn("z", rng.uniform(0, 3)))


def table(rng: np.random.Generator) -> Shape:
    """Wider than high by a quarter at least."""
    shape, pick = Shape(), Materials(rng)
    top, frame = pick.hard(), pick.frame()
    low = rng.random() < 0.3
    height = rng.uniform(0.36, 0.48) if low else rng.uniform(0.70, 0.78)
    is_round = rng.random() < 0.35
    width = height * rng.uniform(1.4, 2.4 if low else 2.0) if is_round or low else rng.uniform(1.0, 2.0)
    depth = width if is_round else width * rng.uniform(0.5, 0.9)
    depth = depth if is_round else np.clip(depth, 0.45, 1.0)
    thick = rng.uniform(0.02, 0.06)
    under = height - thick
    if is_round:
        shape.rod((0, 0, under), (0, 0, height), width / 2, top)
    else:
        shape.panel((-width / 2, -depth / 2, under), (width / 2, depth / 2, height), top, rng.choice([0, 0.012]))
    base = rng.choice(["legs", "column", "trestle"], p=[0.6, 0.2, 0.2])
    if base == "trestle" and is_round:
        base = "column"
    if base == "column" and not is_round and width > 1.5:
        base = "legs"
    if base == "legs":
        count = 3 if is_round and rng.random() < 0.3 else 4
        thin, splay = rng.uniform(0.018, 0.045), rng.uniform(0, 0.08)
        square = rng.random() < 0.5
        for k in range(count):
            if is_round:
                angle = np.pi / 4 + 2 * np.pi * k / count
                corner = np.array([np.cos(angle), np.sin(angle), 0]) * width * 0.36
            else:
                corner = np.array([(-1, -1, 1, 1)[k] * (width / 2 - 0.07), (-1, 1, 1, -1)[k] * (depth / 2 - 0.07), 0])
            foot = corner * (1 + splay / np.linalg.norm(corner))
            if square:
                shape.beam(foot, corner + [0, 0, under], 2 * thin, 2 * thin, frame)
            else:
                shape.rod(foot, corner + [0, 0, under], thin * rng.uniform(0.6, 1), frame, thin)
        if not is_round and rng.random() < 0.6:
            skirt, x, y = rng.uniform(0.05, 0.10), width / 2 - 0.07, depth / 2 - 0.07
            for sy in (-1, 1):
                shape.panel((-x, sy * y - 0.01, under - skirt), (x, sy * y + 0.01, under), frame)
            for sx in (-1, 1):
                shape.panel((sx * x - 0.01, -y, under - skirt), (sx * x + 0.01, y, under), frame)
        if low and not is_round and rng.random() < 0.4:
            shape.panel((-width / 2 + 0.06, -depth / 2 + 0.06, 0.12), (width / 2 - 0.06, depth / 2 - 0.06, 0.14), top)
    elif base == "column":
        shape.rod((0, 0, 0.02), (0, 0, under), rng.uniform(0.03, 0.09), frame, rng.uniform(0.03, 0.07))
        if rng.random() < 0.5:
            shape.rod((0, 0, 0), (0, 0, 0.03), min(width, depth) * 0.32, frame)
        else:
            for k in range(4):
                angle = np.pi / 4 + np.pi / 2 * k
                end = np.array([np.cos(angle) * depth * 0.36, np.sin(angle) * depth * 0.36, 0.03])
                shape.rod((0, 0, 0.16), end, 0.03, frame, 0.02)
    else:
        x, crossed = width / 2 - rng.uniform(0.1, 0.25), rng.random() < 0.5
        for sx in (-1, 1):
            for sy in (-1, 1):
                head = (sx * x, (-sy if crossed else sy * 0.3) * depth * 0.38, under)
                shape.beam((sx * x, sy * depth * 0.38, 0), head, 0.05, 0.05, frame)
            shape.beam((sx * x, -depth * 0.4, under - 0.02), (sx * x, depth * 0.4, under - 0.02), 0.05, 0.04, frame)
        shape.beam((-x, 0, height * 0.35), (x, 0, height * 0.35), 0.04, 0.04, frame)
    _things_on_top(shape, rng, pick, width, depth, height)
    return shape


def _drawers(shape, low, high, count, front, knob, style):
    """Drawer fronts on the face y = low[1] of a box, from its bottom to its top."""
    step = (high[2] - low[2]) / count
    for k in range(count):
        z0, z1 = low[2] + k * step + 0.006, low[2] + (k + 1) * step - 0.006
        shape.panel((low[0] + 0.008, low[1] - 0.016, z0), (high[0] - 0.008, low[1] + 0.002, z1), front)
        handle(shape, ((low[0] + high[0]) / 2, low[1] - 0.016, (z0 + z1) / 2),
               high[0] - low[0],
               knob,
               style,
               level=True)


def handle(shape, at, width, material, style, level):
    """A knob, a bar or a rail on a front that faces -y."""
    x, y, z = at
    if style == "knob":
        shape.ball((x, y - 0.018, z), 0.02, material)
    elif style == "bar":
        reach = min(0.09, width * 0.25)
        along = np.array([reach, 0, 0]) if level else np.array([0, 0, reach])
        shape.rod(np.array([x, y - 0.022, z]) - along, np.array([x, y - 0.022, z]) + along, 0.009, material)
    elif style == "rail":
        half = (width * 0.3, 0.01, 0.01) if level else (0.01, 0.01, width * 0.3)
        shape.box((x, y - 0.012, z), 2 * np.array(half), material)


def desk(rng: np.random.Generator) -> Shape:
    shape, pick = Shape(), Materials(rng)
    body = pick.hard()
    top = body if rng.random() < 0.6 else pick.hard()
    front = body if rng.random() < 0.55 else pick.hard()
    frame, knob = pick.frame(), pick.metal()
    style = rng.choice(["knob", "bar", "rail"])
    width, depth, height = rng.uniform(1.05, 1.65), rng.uniform(0.52, 0.72), rng.uniform(0.72, 0.78)
    thick = rng.uniform(0.02, 0.04)
    under = height - thick
    shape.panel((-width / 2, -depth / 2, under), (width / 2, depth / 2, height), top)
    plan = rng.choice(["left", "right", "both", "strip"], p=[0.32, 0.32, 0.24, 0.12])
    inset = 0.03
    for name, sx in (("left", -1), ("right", 1)):
        outer = sx * (width / 2 - inset)
        if plan in (name, "both"):
            wide = rng.uniform(0.32, 0.42)
            floor = rng.choice([0.0, 0.05, rng.uniform(0.1, 0.3)])
            low = np.array([min(outer, outer - sx * wide), -depth / 2 + 0.03, floor])
            high = np.array([max(outer, outer - sx * wide), depth / 2 - 0.03, under])
            shape.panel(low, high, body)
            _drawers(shape, low, high, int(rng.integers(2, 5)), front, knob, style)
            if floor > 0:
                for x in (low[0] + 0.03, high[0] - 0.03):
                    for y in (low[1] + 0.03, high[1] - 0.03):
                        shape.rod((x, y, 0), (x, y, floor), 0.018, frame)
        elif plan == "strip" or rng.random() < 0.45:
            shape.panel((outer - 0.015, -depth / 2 + 0.02, 0), (outer + 0.015, depth / 2 - 0.02, under), body)
        else:
            for sy in (-1, 1):
                shape.beam((outer, sy * (depth / 2 - 0.05), 0), (outer, sy * (depth / 2 - 0.05), under), 0.04, 0.04,
                           frame)
    if plan == "strip" or (plan != "both" and rng.random() < 0.4):
        count = int(rng.integers(2, 4))
        low, high = np.array([-width / 2 + 0.05, -depth / 2 + 0.02,
                              under - 0.14]), np.array([width / 2 - 0.05, depth / 2 - 0.04, under])
        shape.panel(low, high, body)
        for k in range(count):
            x0, x1 = (low[0] + (high[0] - low[0]) * (k + e) / count for e in (0, 1))
            _drawers(shape, (x0, low[1], low[2]), (x1, high[1], high[2]), 1, front, knob, style)
    if plan == "strip" or rng.random() < 0.7:
        rise = rng.uniform(0.05, 0.4)
        shape.panel((-width / 2 + 0.03, depth / 2 - 0.08, rise), (width / 2 - 0.03, depth / 2 - 0.06, under), body)
    if rng.random() < 0.4:
        _screen(shape, rng, pick, depth, height)
    return shape


def _screen(shape, rng, pick, depth, height):
    """A monitor on a foot, or an open laptop."""
    dark, x = pick.metal(), rng.uniform(-0.25, 0.25)
    if rng.random() < 0.5:
        shape.box((x, depth * 0.15, height + 0.32), (0.55, 0.03, 0.33), dark)
        shape.rod((x, depth * 0.18, height), (x, depth * 0.18, height + 0.2), 0.02, dark)
        shape.box((x, depth * 0.16, height + 0.006), (0.24, 0.16, 0.012), dark)
    else:
        shape.box((x, -0.02, height + 0.01), (0.34, 0.24, 0.018), dark)
        shape.box((x, 0.14, height + 0.12), (0.34, 0.012, 0.23), dark, axes=turn("x", -0.3))


def bed(rng: np.random.Generator) -> Shape:
    """The head is at +y, so that a viewer in front sees the foot first."""
    shape, pick = Shape(), Materials(rng)
    frame, sheet = pick.hard(), pick.soft()
    cover, pillow = pick.soft(), pick.soft()
    width, length = rng.choice([rng.uniform(0.9, 1.1), rng.uniform(1.35, 1.9)]), rng.uniform(1.9, 2.1)
    base, mattress = rng.uniform(0.24, 0.36), rng.uniform(0.18, 0.26)
    head, foot, top = length / 2, -length / 2, base + mattress
    clear = rng.choice([0.0, 0.08, 0.16])
    shape.panel((-width / 2 - 0.02, foot, clear), (width / 2 + 0.02, head, base), frame)
    shape.panel((-width / 2 + 0.01, foot + 0.02, base - 0.02), (width / 2 - 0.01, head - 0.02, top), sheet, 0.05)
    if clear > 0:
        for sx in (-1, 1):
            for y in (foot + 0.06, head - 0.06):
                shape.rod((sx * (width / 2 - 0.05), y, 0), (sx * (width / 2 - 0.05), y, clear), 0.03, frame)
    if rng.random() < 0.85:
        reach, hang = rng.uniform(0.45, 0.75) * length, rng.uniform(0.08, mattress + 0.1)
        shape.panel((-width / 2 - 0.02, foot - 0.01, top - hang), (width / 2 + 0.02, foot + reach, top + 0.035), cover,
                    0.03)
    pillows = 1 if width < 1.2 else 2
    rows = int(rng.integers(1, 3))
    wide = (width - 0.1) / pillows
    for row in range(rows):
        for k in range(pillows):
            x = -width / 2 + 0.05 + (k + 0.5) * wide
            shape.box((x, head - 0.28 - 0.22 * row, top + 0.07), (min(wide - 0.04, 0.7), 0.42, 0.15),
                      pillow if row == 0 else cover, 0.07, turn("x", rng.uniform(0.1, 0.5)))
    tall = rng.uniform(0.85, 1.3)
    style = rng.choice(["panel", "padded", "slats", "posts"], p=[0.35, 0.3, 0.2, 0.15])
    if style == "panel":
        shape.panel((-width / 2 - 0.04, head, 0), (width / 2 + 0.04, head + 0.05, tall), frame)
    elif style == "padded":
        shape.panel((-width / 2 - 0.05, head - 0.01, 0.1), (width / 2 + 0.05, head + 0.10, tall), pick.soft(), 0.045)
    else:
        count = int(rng.integers(5, 9))
        post = rng.uniform(1.7, 2.1) if style == "posts" and rng.random() < 0.5 else tall + 0.05
        for sx in (-1, 1):
            shape.rod((sx * width / 2, head + 0.02, 0), (sx * width / 2, head + 0.02, post), 0.03, frame)
        shape.panel((-width / 2, head + 0.005, tall - 0.07), (width / 2, head + 0.035, tall), frame)
        for k in range(count):
            x = width * ((k + 0.5) / count - 0.5)
            shape.rod((x, head + 0.02, base), (x, head + 0.02, tall - 0.03), 0.014, frame)
        if post > 1.5:
            for sx in (-1, 1):
                shape.rod((sx * width / 2, foot, 0), (sx * width / 2, foot, post), 0.03, frame)
                shape.rod((sx * width / 2, foot, post), (sx * width / 2, head, post), 0.02, frame)
            for y in (foot, head):
                shape.rod((-width / 2, y, post), (width / 2, y, post), 0.02, frame)
    if rng.random() < 0.3:
        shape.panel((-width / 2 - 0.03, foot - 0.05, 0), (width / 2 + 0.03, foot, rng.uniform(0.5, 0.8)), frame)
    return shape


def _shade(shape, rng, pick, low, size):
    """A cone or drum of cloth around a bulb, open at both ends, or a globe; `low` is the middle of its lower rim."""
    glow = rng.choice([0.0, rng.uniform(0.3, 1.2)])
    cloth = pick.glowing(glow) if glow > 0 or rng.random() < 0.4 else pick.soft()
    low = np.asarray(low, dtype=float)
    if rng.random() < 0.18:
        shape.ball(low + [0, 0, size * 0.5], size * 0.6, cloth)
        return size * 1.1
    tall = size * rng.uniform(0.7, 1.1)
    lower = size * rng.uniform(0.55, 0.8)
    upper = lower * rng.choice([rng.uniform(0.85, 1.0), rng.uniform(0.35, 0.7)])
    shape.rod(low, low + [0, 0, tall], lower, cloth, upper, hollow=True)
    shape.ball(low + [0, 0, tall * 0.45], size * 0.16, pick.glowing(max(glow, 0.2) * 1.5))
    return tall


def lamp(rng: np.random.Generator) -> Shape:
    shape, pick = Shape(), Materials(rng)
    frame = pick.frame()
    style = rng.choice(["floor", "table", "arc", "jointed", "pendant", "tripod"], p=[0.25, 0.27, 0.1, 0.16, 0.10, 0.12])
    if style == "floor":
        height, size = rng.uniform(1.2, 1.6), rng.uniform(0.26, 0.36)
        shape.rod((0, 0, 0), (0, 0, 0.03), rng.uniform(0.12, 0.18), frame)
        shape.rod((0, 0, 0.02), (0, 0, height + 0.2), 0.014, frame)
        _shade(shape, rng, pick, (0, 0, height), size)
    elif style == "table":
        height, size, body = rng.uniform(0.24, 0.40), rng.uniform(0.20, 0.28), pick.paint()
        if rng.random() < 0.5:
            shape.ball((0, 0, height * 0.42), (height * 0.30, height * 0.30, height * 0.42), body)
            shape.rod((0, 0, 0), (0, 0, 0.03), height * 0.28, body)
        else:
            shape.rod((0, 0, 0), (0, 0, height * 0.8), height * rng.uniform(0.2, 0.4), body,
                      height * rng.uniform(0.06, 0.2))
        shape.rod((0, 0, height * 0.6), (0, 0, height + 0.1), 0.012, frame)
        _shade(shape, rng, pick, (0, 0, height), size)
    elif style == "arc":
        reach, height = rng.uniform(0.6, 0.9), rng.uniform(1.5, 1.8)
        shape.rod((0, 0, 0), (0, 0, 0.05), 0.17, frame)
        points = [(0, 0, 0.05)] + [
            (reach * (1 - np.cos(a)) / 2, 0, height * (0.6 + 0.4 * np.sin(a))) for a in np.linspace(0, np.pi * 0.85, 8)
        ]
        for start, end in zip(points, points[1:]):
            shape.rod(start, end, 0.014, frame)
        end = np.array(points[-1])
        _shade(shape, rng, pick, end - [0, 0, 0.24], rng.uniform(0.24, 0.32))
    elif style == "jointed":
        grow = rng.choice([1.0, 2.4])  # on a table, or standing on the floor
        knee = np.array([-rng.uniform(0.05, 0.16), 0, rng.uniform(0.26, 0.36)]) * grow
        head = knee + np.array([rng.uniform(0.16, 0.28), 0, rng.uniform(0.06, 0.20)]) * grow
        shape.rod((0, 0, 0), (0, 0, 0.025), 0.09 * grow**0.6, frame)
        shape.rod((0, 0, 0.02), knee, 0.010 * grow**0.5, frame)
        shape.rod(knee, head, 0.010 * grow**0.5, frame)
        shape.ball(knee, 0.018 * grow**0.5, frame)
        aim = np.array([rng.uniform(0.3, 0.9), 0, -1.0])
        aim *= 0.15 * grow**0.7 / np.linalg.norm(aim)
        shape.rod(head - aim * 0.1, head + aim, 0.03 * grow**0.7, pick.paint(), 0.085 * grow**0.7, hollow=True)
        shape.ball(head + aim * 0.6, 0.035 * grow**0.7, pick.glowing(rng.choice([0.2, 1.5])))
    elif style == "pendant":
        drop, size = rng.uniform(0.4, 0.8), rng.uniform(0.25, 0.4)
        tall = _shade(shape, rng, pick, (0, 0, 1.4), size)
        shape.rod((0, 0, 1.4 + tall * 0.5), (0, 0, 1.4 + tall + drop), 0.007, frame)
        shape.rod((0, 0, 1.4 + tall + drop - 0.03), (0, 0, 1.4 + tall + drop), 0.05, frame)
    else:
        height, size = rng.uniform(0.9, 1.3), rng.uniform(0.26, 0.36)
        if rng.random() < 0.3:
            height, size = height * 0.4, size * 0.6
        for k in range(3):
            angle = 0.4 + 2 * np.pi * k / 3
            foot = np.array([np.cos(angle), np.sin(angle), 0]) * height * rng.uniform(0.22, 0.26)
            shape.rod(foot, (0, 0, height), 0.014, frame)
        shape.rod((0, 0, height - 0.03), (0, 0, height + 0.12), 0.016, frame)
        _shade(shape, rng, pick, (0, 0, height + 0.02), size)
    return shape

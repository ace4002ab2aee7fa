"""Shelf and cabinet: a shelf is open, with things in its bays; a cabinet is closed by doors and drawers."""

import numpy as np

from .materials import Materials
from .solids import Shape
from .surfaces import handle


def _fill_bay(shape, rng, pick, low, high):
    """Books, boxes or vases on the board of one bay, given as opposite corners."""
    width, depth, tall = high - low
    choice = rng.random()
    if choice < 0.55:
        x = low[0] + 0.01
        end = low[0] + width * rng.uniform(0.35, 0.98)
        while x < end and len(shape.solids) < 110:
            thick, height = rng.uniform(0.025, 0.06), tall * rng.uniform(0.55, 0.9)
            if x + thick > high[0] - 0.01:
                break
            shape.panel((x, low[1] + 0.03, low[2]), (x + thick * 0.94, low[1] + depth * 0.8, low[2] + height),
                        pick.paint())
            x += thick
    elif choice < 0.70:
        size = min(tall * 0.6, width * 0.7, depth)
        shape.box(((low[0] + high[0]) / 2, low[1] + depth / 2, low[2] + size / 2),
                  (min(width * 0.8, size * 1.4), depth * 0.8, size), pick.soft())
    elif choice < 0.85:
        x, radius = rng.uniform(low[0] + width * 0.25, high[0] - width * 0.25), min(0.08, width * 0.2, tall * 0.25)
        shape.rod((x, low[1] + depth / 2, low[2]), (x, low[1] + depth / 2, low[2] + tall * 0.6), radius, pick.paint(),
                  radius * 0.5)


def shelf(rng: np.random.Generator) -> Shape:
    shape, pick = Shape(), Materials(rng)
    body = pick.hard()
    style = rng.choice(["bookcase", "frame", "wall"], p=[0.62, 0.25, 0.13])
    width, depth = rng.uniform(0.6, 1.5), rng.uniform(0.24, 0.38)
    height = rng.choice([rng.uniform(0.75, 1.1), rng.uniform(1.4, 2.1)])
    rows = max(2, int(round(height / rng.uniform(0.28, 0.42))))
    columns = max(1, int(round(width / rng.uniform(0.38, 0.85))))
    board, front, rear = rng.uniform(0.018, 0.035), -depth / 2, depth / 2
    left, right = -width / 2, width / 2
    bottom = 0.0
    if style == "bookcase":
        bottom = rng.choice([0.0, 0.06, 0.14])
        for sx in (-1, 1):
            shape.panel((sx * right, front, 0 if bottom < 0.1 else bottom), (sx * (right - board), rear, height), body)
            if bottom > 0.1:
                for y in (front + 0.03, rear - 0.03):
                    shape.rod((sx * (right - 0.04), y, 0), (sx * (right - 0.04), y, bottom), 0.015, body)
        for k in range(1, columns):
            x = left + width * k / columns
            shape.panel((x - board / 2, front + 0.004, bottom), (x + board / 2, rear, height), body)
        if rng.random() < 0.6:
            back = body if rng.random() < 0.6 else pick.hard()
            shape.panel((left, rear - 0.008, bottom), (right, rear, height), back)
    elif style == "frame":
        metal, columns = pick.frame(), 1
        bottom = rng.uniform(0.06, 0.2)
        for sx in (-1, 1):
            for y in (front + 0.015, rear - 0.015):
                shape.beam((sx * right, y, 0), (sx * right, y, height + 0.03), 0.03, 0.03, metal)
            if rng.random() < 0.5:
                shape.beam((sx * right, front, bottom), (sx * right, rear, height * 0.5), 0.012, 0.012, metal)
    else:
        rows, columns, bottom = int(rng.integers(2, 5)), 1, 1.0
        height = bottom + rows * rng.uniform(0.28, 0.36)
    for k in range(rows + (style != "wall")):
        z = bottom + (height - bottom - board) * k / rows
        shape.panel((left, front, z), (right, rear, z + board), body)
    tall = (height - bottom - board) / rows - board
    for row in range(rows):
        for column in range(columns):
            x0, x1 = left + width * column / columns + board, left + width * (column + 1) / columns - board
            z = bottom + (height - bottom - board) * row / rows + board
            if rng.random() < 0.75:
                _fill_bay(shape, rng, pick, np.array([x0, front, z]), np.array([x1, rear, z + tall]))
    return shape


def _door(shape, low, high, material, inner, knob, style, relief, hinge_left):
    """A door on the face y = low[1]; the handle stands away from the hinge."""
    x0, x1, z0, z1 = low[0] + 0.006, high[0] - 0.006, low[2] + 0.006, high[2] - 0.006
    y = low[1]
    shape.panel((x0, y - 0.018, z0), (x1, y + 0.002, z1), material)
    if relief == "frame":
        edge = min(0.07, (x1 - x0) * 0.2)
        shape.panel((x0, y - 0.028, z0), (x0 + edge, y - 0.016, z1), material)
        shape.panel((x1 - edge, y - 0.028, z0), (x1, y - 0.016, z1), material)
        shape.panel((x0, y - 0.028, z0), (x1, y - 0.016, z0 + edge), material)
        shape.panel((x0, y - 0.028, z1 - edge), (x1, y - 0.016, z1), material)
    elif relief == "inlay":
        edge = min(0.08, (x1 - x0) * 0.2)
        shape.panel((x0 + edge, y - 0.024, z0 + edge), (x1 - edge, y - 0.016, z1 - edge), inner)
    at_x = x1 - 0.045 if hinge_left else x0 + 0.045
    handle(shape, (at_x, y - 0.02 - 0.01 * (relief == "frame"), (z0 + z1) / 2),
           min(0.5, z1 - z0),
           knob,
           style,
           level=False)


def _chest(shape, low, high, count, material, knob, style):
    step = (high[2] - low[2]) / count
    for k in range(count):
        z0, z1 = low[2] + k * step + 0.007, low[2] + (k + 1) * step - 0.007
        shape.panel((low[0] + 0.007, low[1] - 0.018, z0), (high[0] - 0.007, low[1] + 0.002, z1), material)
        wide = high[0] - low[0]
        places = (0.25, 0.75) if wide > 0.6 and style != "rail" else (0.5,)
        for share in places:
            handle(shape, (low[0] + wide * share, low[1] - 0.02, (z0 + z1) / 2), wide, knob, style, level=True)


def cabinet(rng: np.random.Generator) -> Shape:
    shape, pick = Shape(), Materials(rng)
    body, knob = pick.hard(), pick.metal()
    front = body if rng.random() < 0.55 else pick.hard()
    inner, frame = pick.hard(), pick.frame()
    style, relief = rng.choice(["knob", "bar", "rail"]), rng.choice(["plain", "frame", "inlay"])
    plan = rng.choice(["sideboard", "wardrobe", "chest", "cupboard"], p=[0.28, 0.27, 0.25, 0.20])
    width, height, depth = {
        "sideboard": (rng.uniform(1.1, 1.8), rng.uniform(0.65, 0.9), 0.45),
        "wardrobe": (rng.uniform(0.8, 1.7), rng.uniform(1.75, 2.1), 0.58),
        "chest": (rng.uniform(0.45, 1.0), rng.uniform(0.6, 1.2), 0.45),
        "cupboard": (rng.uniform(0.7, 1.1), rng.uniform(1.0, 1.7), 0.42),
    }[plan]
    bottom = rng.choice([0.0, 0.06, rng.uniform(0.1, 0.2)])
    low, high = np.array([-width / 2, -depth / 2, bottom]), np.array([width / 2, depth / 2, height])
    shape.panel(low, high, body)
    if rng.random() < 0.5:
        shape.panel((low[0] - 0.015, low[1] - 0.03, height), (high[0] + 0.015, high[1], height + 0.025), body)
    if bottom > 0.09:
        for sx in (-1, 1):
            for sy in (-1, 1):
                shape.rod((sx * (width / 2 - 0.06), sy * (depth / 2 - 0.06), 0),
                          (sx * (width / 2 - 0.06), sy * (depth / 2 - 0.06), bottom), 0.014, frame, 0.024)
    elif bottom > 0:
        shape.panel((low[0] + 0.02, low[1] + 0.03, 0), (high[0] - 0.02, high[1], bottom), body)
    face_low, face_high = low + [0.015, 0, 0.015], high - [0.015, 0, 0.015]
    if plan == "chest":
        _chest(shape, face_low, face_high, int(rng.integers(3, 7 if height > 0.8 else 5)), front, knob, style)
    else:
        doors = max(2, int(round(width / rng.uniform(0.38, 0.52))))
        split = face_low[2]
        if rng.random() < 0.45:
            share = rng.uniform(0.2, 0.35)
            if plan == "sideboard":  # drawers above the doors
                split = face_high[2] - share * (face_high[2] - face_low[2])
                for k in range(doors):
                    x0, x1 = (face_low[0] + (face_high[0] - face_low[0]) * (k + e) / doors for e in (0, 1))
                    _chest(shape, np.array([x0, low[1], split]), np.array([x1, low[1], face_high[2]]), 1, front,
                           knob, style)
                face_high = np.array([face_high[0], face_high[1], split])
                split = face_low[2]
            else:  # drawers below the doors
                split = face_low[2] + share * (face_high[2] - face_low[2])
                _chest(shape, face_low, np.array([face_high[0], low[1], split]), int(rng.integers(1, 3)), front,
                       knob, style)
        for k in range(doors):
            x0, x1 = (face_low[0] + (face_high[0] - face_low[0]) * (k + e) / doors for e in (0, 1))
            _door(shape, np.array([x0, low[1], split]), np.array([x1, low[1], face_high[2]]), front, inner, knob,
                  style, relief, k % 2 == 0)
    if plan in ("sideboard", "chest") and rng.random() < 0.35:
        x = rng.uniform(-0.3, 0.3) * width
        shape.rod((x, 0, height), (x, 0, height + 0.22), 0.06, pick.paint(), 0.04)
    return shape

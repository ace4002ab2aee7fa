"""Random materials. Every kind of furniture may wear any of them, so that colour says little about the kind."""

import colorsys

import numpy as np

from .solids import Material

_WOODS = [(0.78, 0.60, 0.40), (0.62, 0.42, 0.25), (0.45, 0.28, 0.17), (0.30, 0.19, 0.12), (0.86, 0.74, 0.56),
          (0.55, 0.33, 0.20), (0.70, 0.50, 0.35), (0.90, 0.82, 0.70)]


class Materials:
    """Draws materials from one random generator; a scene owns one."""

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def color(self, saturation=(0.0, 0.8), value=(0.2, 0.97)):
        rng = self.rng
        return np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value)))

    def wood(self):
        rng = self.rng
        color = np.clip(np.array(_WOODS[rng.integers(len(_WOODS))]) * rng.uniform(0.85, 1.15, 3), 0, 1)
        grain, frequency = color * rng.uniform(0.6, 0.88), rng.uniform(0.6, 1.4)
        return Material(color, "wood", grain, frequency, rng.choice([0, 0.1, 0.25]))

    def paint(self):
        rng = self.rng
        if rng.random() < 0.5:
            color = np.full(3, rng.choice([rng.uniform(0.85, 0.98), rng.uniform(0.08, 0.3), rng.uniform(0.3, 0.8)]))
            return Material(color * rng.uniform(0.96, 1.0, 3), gloss=rng.choice([0, 0.15, 0.3]))
        return Material(self.color(), gloss=rng.choice([0, 0.15, 0.3]))

    def metal(self):
        rng = self.rng
        base = [(0.12, 0.12, 0.13), (0.70, 0.71, 0.73), (0.45, 0.46, 0.48), (0.80, 0.63, 0.32), (0.90, 0.90, 0.90)]
        return Material(np.array(base[rng.integers(len(base))]), gloss=rng.uniform(0.3, 0.8))

    def fabric(self):
        rng = self.rng
        color = self.color((0.0, 0.7), (0.25, 0.95))
        kind = rng.random()
        if kind < 0.70:
            return Material(color, "fabric", color * 0.75, rng.uniform(0.5, 1.5))
        if kind < 0.82:
            return Material(color, gloss=rng.uniform(0.05, 0.3))
        second = np.clip(color + rng.uniform(-0.35, 0.35, 3), 0.03, 1)
        return Material(color, rng.choice(["stripes", "check"]), second, rng.uniform(0.6, 1.6))

    def hard(self):
        return self.wood() if self.rng.random() < 0.6 else self.paint()

    def frame(self):
        """For legs and thin parts."""
        choice = self.rng.random()
        return self.wood() if choice < 0.5 else self.metal() if choice < 0.8 else self.paint()

    def soft(self):
        return self.fabric() if self.rng.random() < 0.85 else self.paint()

    def glowing(self, strength):
        shade = np.array([1.0, 0.93, 0.80]) * self.rng.uniform(0.8, 1.0)
        return Material(shade, glow=strength)

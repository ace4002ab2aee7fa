"""Draws the sample pictures that ship with the model: python make_samples.py

They come from a split of their own and are drawn finely. Those in PNG have the chair's alpha and nothing around it.
"""

import numpy as np
from PIL import Image

import package
import scenes
from shapes import LABELS

SAMPLES = [(1, "png"), (12, "png"), (5, "png"), (9, "png"), (16, "jpg"), (7, "jpg"), (2, "jpg"), (15, "jpg")]
SIDE = 320


def main():
    folder = package.FOLDER / "samples"
    folder.mkdir(parents=True, exist_ok=True)
    made = dict.fromkeys(LABELS, 0)
    for number, ending in SAMPLES:
        e = scenes.example("samples", number, SIDE, 3, 640)
        made[LABELS[e.kind]] += 1
        path = folder / f"{LABELS[e.kind]}_{made[LABELS[e.kind]]}.{ending}"
        if ending == "png":
            color = np.where(e.alpha[..., None] > 0, e.picture, 0)
            Image.fromarray(np.dstack([color, e.alpha])).save(path, optimize=True)
        else:
            Image.fromarray(e.picture).save(path, quality=90)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

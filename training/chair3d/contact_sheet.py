"""Draws a sheet of training pictures: each chair as it is shown, cut out, and its depth.

    python contact_sheet.py sheet.png --rows 8
"""

import argparse
import time

import numpy as np
from PIL import Image

import grid
import scenes
from shapes import LABELS


def _row(e: scenes.Example) -> np.ndarray:
    alpha = e.alpha[..., None] / 255
    cut = (e.picture * alpha + 255 * (1 - alpha)).astype(np.uint8)
    near, far = e.depth.min(), e.depth[e.depth < grid.FAR].max()
    shade = np.where(e.depth < grid.FAR, 255 - 200 * (e.depth - near) / (far - near + 1e-6), 0).astype(np.uint8)
    return np.concatenate([e.picture, cut, np.repeat(shade[..., None], 3, axis=2)], axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--split", default="preview", choices=scenes.SPLITS)
    parser.add_argument("--fine", action="store_true", help="draw as the samples are drawn")
    options = parser.parse_args()
    count, began = options.rows * len(LABELS), time.perf_counter()
    fine = {"oversampling": 3, "shadow": 640} if options.fine else {}
    cells = [_row(scenes.example(options.split, k, **fine)) for k in range(count)]
    rows = [np.concatenate(cells[k:k + len(LABELS)], axis=1) for k in range(0, count, len(LABELS))]
    Image.fromarray(np.concatenate(rows)).save(options.output)
    print(f"{count} chairs, {1000 * (time.perf_counter() - began) / count:.0f} ms each")


if __name__ == "__main__":
    main()

"""Draws the sample pictures that ship with the model: python make_samples.py

They come from a split of their own, are drawn finely (nine rays a pixel, large shadow maps) and without faults. The
numbers were chosen by eye on a contact sheet.
"""

import package
from rendering.pictures import LABELS, encode, fine_picture

# The last digit of a number is its kind.
SAMPLES = [(30, "jpg"), (50, "png"), (31, "jpg"), (2, "webp"), (3, "jpg"), (43, "webp"), (4, "jpg"), (5, "jpg"),
           (6, "webp"), (36, "jpg"), (47, "jpg"), (18, "png"), (58, "jpg"), (49, "jpg")]


def main():
    folder = package.FOLDER / "samples"
    folder.mkdir(exist_ok=True)
    made, total = dict.fromkeys(LABELS, 0), 0
    for number, ending in SAMPLES:
        image, label = fine_picture("samples", number)
        made[LABELS[label]] += 1
        path = folder / f"{LABELS[label]}_{made[LABELS[label]]}.{ending}"
        path.write_bytes(encode(image, ending, 90))
        total += path.stat().st_size
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    print(f"{len(SAMPLES)} samples, {total:,} bytes")


if __name__ == "__main__":
    main()

"""Draws a sheet of pictures, one column a kind."""

import argparse
import io
import time

from PIL import Image

from rendering.pictures import LABELS, fine_picture, picture


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--split", default="preview")
    parser.add_argument("--start", type=int, default=0, help="row to begin with")
    parser.add_argument("--fine", action="store_true", help="draw as the samples are drawn")
    parser.add_argument("--cell", type=int, default=150, help="pixels along a side")
    options = parser.parse_args()
    cell, count = options.cell, options.rows * len(LABELS)
    sheet, began = Image.new("RGB", (cell * len(LABELS), cell * options.rows), "white"), time.perf_counter()
    for k in range(count):
        number = options.start * len(LABELS) + k
        if options.fine:
            image = fine_picture(options.split, number)[0]
        else:
            image = Image.open(io.BytesIO(picture(options.split, number)[0])).convert("RGB")
        image.thumbnail((cell, cell))
        sheet.paste(image, (k % len(LABELS) * cell, k // len(LABELS) * cell))
    sheet.save(options.output)
    print(f"{count} pictures, {1000 * (time.perf_counter() - began) / count:.0f} ms each")


if __name__ == "__main__":
    main()

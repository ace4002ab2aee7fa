#!/usr/bin/env python3
"""usage: compare_with_pillow.py PHOTO CROP.raw FILTER

Compares a 224x224 RGB crop (shorter side to 256, middle of that) with what Pillow makes of the same photograph. Exit
status 1 when the mean absolute difference is above 1 of 255."""

import sys

from PIL import Image, ImageOps

photo, raw, name = sys.argv[1:]
image = ImageOps.exif_transpose(Image.open(photo)).convert("RGB")
width, height = image.size
shorter = min(width, height)
image = image.resize((256 * width // shorter, 256 * height // shorter), Image.Resampling[name])
left, top = round((image.width - 224) / 2), round((image.height - 224) / 2)
theirs = image.crop((left, top, left + 224, top + 224)).tobytes()
with open(raw, "rb") as file:
    ours = file.read()
assert len(ours) == len(theirs)
differences = [abs(a - b) for a, b in zip(ours, theirs)]
mean = sum(differences) / len(differences)
print(f"{photo} {name}: mean absolute difference {mean:.4f} of 255, largest {max(differences)}")
sys.exit(0 if mean <= 1 else 1)

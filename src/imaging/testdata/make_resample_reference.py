#!/usr/bin/env python3
"""Prints resample_reference.inc: SHA-256 digests of what Pillow makes of a computed picture. Needs Pillow."""

import hashlib

from PIL import Image

CASES = [
    # from, to, filter
    ((64, 48), (32, 24), "Bilinear"),
    ((64, 48), (31, 17), "Bilinear"),
    ((301, 199), (97, 64), "Bilinear"),
    ((301, 199), (97, 64), "Bicubic"),
    ((301, 199), (97, 64), "Nearest"),
    ((33, 57), (160, 120), "Bilinear"),
    ((33, 57), (160, 120), "Bicubic"),
    ((33, 57), (160, 120), "Nearest"),
    ((97, 64), (50, 140), "Nearest"),
    ((640, 5), (7, 224), "Bilinear"),
    ((640, 5), (7, 224), "Bicubic"),
    ((1, 1), (8, 3), "Bicubic"),
    ((50, 40), (50, 20), "Bilinear"),
    ((50, 40), (50, 40), "Bicubic"),
]


def pattern(width, height, channels):
    data = bytes((x * 7 + y * 13 + c * 29 + x * y) % 256 for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes("RGB" if channels == 3 else "RGBX", (width, height), data)


for source, target, name in CASES:
    for channels in (3, 4):
        made = pattern(*source, channels).resize(target, getattr(Image.Resampling, name.upper()))
        digest = hashlib.sha256(made.tobytes()).hexdigest()
        print(f'{{{{{source[0]}, {source[1]}}}, {{{target[0]}, {target[1]}}}, Filter::k{name}, {channels},\n "{digest}"}},')

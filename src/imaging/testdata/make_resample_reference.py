#!/usr/bin/env python3
"""usage: make_resample_reference.py [reduced]

Prints resample_reference.inc, or resample_reduced_reference.inc: SHA-256 digests of what Pillow makes of a computed
picture. Needs Pillow."""

import hashlib
import sys

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


REDUCED_CASES = [
    # picture, reduced by, columns and rows that the first pixels reach beyond its edge, to, filter
    ((123, 77), 2, (0, 0), (41, 19), "Bilinear"),
    ((123, 77), 2, (1, 1), (41, 19), "Bicubic"),
    ((1001, 667), 8, (7, 5), (97, 64), "Bilinear"),
    ((1001, 667), 8, (7, 0), (97, 64), "Bicubic"),
    ((1001, 667), 4, (0, 1), (60, 80), "Bilinear"),
    ((64, 48), 4, (0, 0), (5, 5), "Bilinear"),
]


def digest(picture):
    return hashlib.sha256(picture.tobytes()).hexdigest()


def print_whole():
    for source, target, name in CASES:
        for channels in (3, 4):
            made = pattern(*source, channels).resize(target, getattr(Image.Resampling, name.upper()))
            print(f'{{{{{source[0]}, {source[1]}}}, {{{target[0]}, {target[1]}}}, Filter::k{name}, {channels},\n "{digest(made)}"}},')


def print_reduced():
    for (width, height), by, (left, top), target, name in REDUCED_CASES:
        stored = (-(-width // by), -(-height // by))
        box = (left / by, top / by, (left + width) / by, (top + height) / by)
        made = pattern(*stored, 3).resize(target, getattr(Image.Resampling, name.upper()), box=box)
        print(f'{{{{{stored[0]}, {stored[1]}}}, {{{by}, {{{width}, {height}}}, {left}, {top}}}, {{{target[0]}, {target[1]}}}, Filter::k{name},\n "{digest(made)}"}},')


print_reduced() if sys.argv[1:] == ["reduced"] else print_whole()

"""Transforms against Pillow and NumPy: compare_with_pillow.py APPLY_TRANSFORMS

Every transform is done by the program, then by Pillow (where it has none, by NumPy) from the resolved list that the
program answers, to pictures of noise, of smooth colours and of every edge in between. BOUNDS says by how many levels
of 255 a byte may be off; docs/transforms.md says the same. References compute from definitions, not from our code.
"""

import io
import json
import math
import statistics
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps
except ImportError as error:
    print(f"SKIP: Pillow or NumPy is not installed ({error}); ./dev test installs them")
    sys.exit(77)

BOUNDS = {
    "resize": 0, "crop": 0, "pad": 0, "flip": 0, "rotate": 0, "affine": 1, "perspective": 0, "brightness": 0,
    "contrast": 0, "saturation": 0, "hue": 0, "grayscale": 0, "blur": 0, "sharpen": 0, "noise": 0, "jpeg": 0,
    "cutout": 0,
}

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC,
           "nearest": Image.Resampling.NEAREST}


def pictures():
    """Name and picture: white noise, smooth, hard edges, one pixel, odd sides."""
    random = numpy.random.default_rng(7)
    yield "noise", Image.fromarray(random.integers(0, 256, (64, 97, 3), dtype=numpy.uint8))
    y, x = numpy.mgrid[0:75, 0:120]
    smooth = numpy.stack([x * 2, y * 3, 255 - x - y], axis=-1).clip(0, 255).astype(numpy.uint8)
    yield "smooth", Image.fromarray(smooth)
    edges = (((x // 7 + y // 5) % 2)[..., None] * numpy.array([255, 200, 31])).astype(numpy.uint8)
    yield "edges", Image.fromarray(edges)
    yield "column", Image.fromarray(random.integers(0, 256, (33, 1, 3), dtype=numpy.uint8))
    yield "pixel", Image.new("RGB", (1, 1), (250, 3, 120))


# References: picture and resolved transform to picture.

def pad(image, t):
    top, bottom, left, right = t["top"], t["bottom"], t["left"], t["right"]
    if t["mode"] == "color":
        return ImageOps.expand(image, (left, top, right, bottom), t["fill"])
    around = ((top, bottom), (left, right), (0, 0))
    return Image.fromarray(numpy.pad(numpy.asarray(image), around, mode=t["mode"]))


def exact(value):
    """To 15 decimals, as Pillow's rotate rounds, so that right angles are right."""
    return round(value, 15)


def warped(image, method, back, t):
    """Where a nearest point falls on the border between two pixels, the last bit of `back` decides: both are right."""
    def picture(dx, dy):
        nudged = [*back[:2], back[2] + dx, *back[3:5], back[5] + dy, *back[6:]]
        return image.transform(image.size, method, nudged, FILTERS[t["filter"]], fillcolor=t["fill"])

    nudges = (0, 1e-9, -1e-9) if t["filter"] == "nearest" else (0,)
    return [picture(dx, dy) for dx in nudges for dy in nudges]


def affine(image, t):
    """Composed as matrices and inverted by NumPy; Pillow does the pixels."""
    width, height = image.size
    angle, sx, sy = -math.radians(t["angle"]), math.radians(t["shear_x"]), math.radians(t["shear_y"])
    cosine, sine = exact(math.cos(angle)), exact(math.sin(angle))

    def move(x, y):
        return numpy.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])

    turn = numpy.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    shear_y = numpy.array([[1, 0, 0], [-exact(math.tan(sy)), 1, 0], [0, 0, 1]])
    shear_x = numpy.array([[1, -exact(math.tan(sx)), 0], [0, 1, 0], [0, 0, 1]])
    scale = numpy.diag([t["scale"], t["scale"], 1])
    shift = move(round(t["dx"] * width), round(t["dy"] * height))
    forward = shift @ move(width / 2, height / 2) @ turn @ shear_y @ shear_x @ scale @ move(-width / 2, -height / 2)
    back = numpy.linalg.inv(forward).flatten()[:6].tolist()

    return warped(image, Image.Transform.AFFINE, back, t)


def perspective(image, t):
    """Pillow's eight coefficients from the four pairs of points, as a linear system."""
    width, height = image.size
    corners = numpy.array(t["corners"]).reshape(4, 2) * [width, height]
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, [(0, 0), (width, 0), (width, height), (0, height)]):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    coefficients = numpy.linalg.solve(numpy.array(rows), numpy.array(right)).tolist()
    return warped(image, Image.Transform.PERSPECTIVE, coefficients, t)


def hue(image, t):
    """torchvision's adjust_hue for PIL pictures, by its documentation: a shift of the 8-bit hue, modulo 256."""
    h, s, v = image.convert("HSV").split()
    turned = (numpy.asarray(h).astype(int) + int(t["shift"] * 255)) % 256
    return Image.merge("HSV", (Image.fromarray(turned.astype(numpy.uint8)), s, v)).convert("RGB")


def split_mix(seed, n):
    mask = 2**64 - 1
    z = (seed + (n + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def noise(image, t):
    """Quantiles by Python's own implementation."""
    quantile = statistics.NormalDist().inv_cdf
    pixels = numpy.asarray(image).astype(float)
    samples = [quantile(((split_mix(t["seed"], n) >> 32) + 0.5) / 2**32) for n in range(pixels.size)]
    noisy = numpy.floor(pixels + t["sigma"] * numpy.array(samples).reshape(pixels.shape) + 0.5)
    return Image.fromarray(noisy.clip(0, 255).astype(numpy.uint8))


def jpeg(image, t):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=t["quality"])
    return Image.open(file).convert("RGB")


def cutout(image, t):
    image = image.copy()
    for x, y in zip(t["boxes"][::2], t["boxes"][1::2]):
        image.paste(t["fill"], (x, y, x + t["width"], y + t["height"]))
    return image


REFERENCES = {
    "resize": lambda image, t: image.resize((t["width"], t["height"]), FILTERS[t["filter"]]),
    "crop": lambda image, t: image.crop((t["x"], t["y"], t["x"] + t["width"], t["y"] + t["height"])),
    "pad": pad,
    "flip": lambda image, t: ImageOps.mirror(image) if t["direction"] == "horizontal" else ImageOps.flip(image),
    "rotate": lambda image, t: image.rotate(t["angle"], FILTERS[t["filter"]], t["expand"], fillcolor=t["fill"]),
    "affine": affine,
    "perspective": perspective,
    "brightness": lambda image, t: ImageEnhance.Brightness(image).enhance(t["factor"]),
    "contrast": lambda image, t: ImageEnhance.Contrast(image).enhance(t["factor"]),
    "saturation": lambda image, t: ImageEnhance.Color(image).enhance(t["factor"]),
    "hue": hue,
    "grayscale": lambda image, t: image.convert("L").convert("RGB"),
    "blur": lambda image, t: image.filter(ImageFilter.GaussianBlur(t["sigma"])),
    "sharpen": lambda image, t: ImageEnhance.Sharpness(image).enhance(t["factor"]),
    "noise": noise,
    "jpeg": jpeg,
    "cutout": cutout,
}

CASES = {
    "resize": ["resize:31x17", "resize:200x150:bicubic", "resize:50x140:nearest", "resize:shorter=20"],
    "crop": ["crop:1x1", "crop:40x30", "crop:41x31:random", "crop:20x10:x=3:y=9"],
    "pad": ["pad:5", "pad:7x3:fill=#ff8001", "pad:left=9:bottom=4:mode=edge", "pad:130x90:reflect", "pad:2:reflect"],
    "flip": ["flip:horizontal", "flip:vertical", "flip:horizontal:p=0.5"],
    "rotate": [f"rotate:{angle}:filter={kind}:expand={expand}:fill=#112233" for kind in ("bilinear", "nearest")
               for expand in ("true", "false") for angle in ("0", "90", "180", "-90", "270", "30", "-7.3", "-180..180")],
    "affine": [f"affine:{rest}:filter={kind}:fill=#fe0102" for kind in ("bilinear", "nearest") for rest in (
        "angle=20", "scale=1.7", "scale=0.3", "dx=0.2:dy=-0.11", "shear_x=20", "shear_y=-13",
        "angle=-30..30:dx=-0.2..0.2:dy=-0.2..0.2:scale=0.5..2:shear_x=-20..20:shear_y=-20..20", "angle=180:scale=20")],
    "perspective": [f"perspective:{rest}:filter={kind}" for kind in ("bilinear", "nearest") for rest in (
        "0.5", "0.1", "0.6", "corners=0.1/0/0.9/0.1/1.2/1/-0.1/0.8", "corners=1/0/0/0/0/1/1/1")],
    "brightness": [f"brightness:{factor}" for factor in ("0", "0.37", "1", "1.9", "10", "0.5..1.5")],
    "contrast": [f"contrast:{factor}" for factor in ("0", "0.37", "1", "1.9", "10", "0.5..1.5")],
    "saturation": [f"saturation:{factor}" for factor in ("0", "0.37", "1", "1.9", "10", "0.5..1.5")],
    "hue": [f"hue:{shift}" for shift in ("0", "0.5", "-0.5", "0.1", "-0.27", "-0.5..0.5")],
    "grayscale": ["grayscale"],
    "blur": [f"blur:{sigma}" for sigma in ("0", "0.1", "0.5", "1", "1.5", "2.7", "10", "40", "100", "0.1..3")],
    "sharpen": [f"sharpen:{factor}" for factor in ("0", "0.37", "1", "1.9", "10", "0..2")],
    "noise": ["noise:1", "noise:25", "noise:128", "noise:0..20", "noise:8:seed=5"],
    "jpeg": [f"jpeg:{quality}" for quality in ("1", "10", "30", "50", "75", "90", "95", "100", "20..90")],
    "cutout": ["cutout:1x1", "cutout:20x10:3:fill=#00ff80", "cutout:16x16:64"],
}


class Transforms(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.program = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tearDown(self):
        self.program.stdin.close()
        self.program.wait()
        self.program.stdout.close()
        self.folder.cleanup()

    def apply(self, image, transforms, seed):
        """The resolved list and the picture, or an error and nothing."""
        source, target = Path(self.folder.name, "in.png"), Path(self.folder.name, "out.png")
        image.save(source)
        print(source, target, seed, transforms, sep="\t", file=self.program.stdin, flush=True)
        answer = self.program.stdout.readline().strip()
        if answer.startswith("error: "):
            return answer, None
        with Image.open(target) as made:
            return json.loads(answer), made.convert("RGB")

    def difference(self, ours, theirs, about):
        """Of each pixel to the nearest of the pictures that are right."""
        self.assertEqual({ours.size}, {each.size for each in theirs}, about)
        pixels = numpy.asarray(ours).astype(int)
        return numpy.min([numpy.abs(pixels - numpy.asarray(each)).max(axis=-1) for each in theirs], axis=0)

    def check(self, op):
        largest, wrong, count = 0, 0, 0
        for name, image in pictures():
            for seed, transforms in enumerate(CASES[op]):
                resolved, ours = self.apply(image, transforms, seed)
                if ours is None and "does not fit" in resolved:
                    continue
                about = f"{name} {transforms} {resolved}"
                self.assertIsNotNone(ours, about)
                (transform,) = resolved
                theirs = image if transform.get("p") == 0 else REFERENCES[op](image, transform)
                difference = self.difference(ours, theirs if isinstance(theirs, list) else [theirs], about)
                if "-v" in sys.argv and difference.max() > 0:
                    print("   ", about, difference.max(), numpy.count_nonzero(difference), difference.size)
                largest, count = max(largest, int(difference.max())), count + difference.size
                wrong += numpy.count_nonzero(difference)
                self.assertLessEqual(difference.max(), BOUNDS[op] if "-v" not in sys.argv else 255, about)
        print(f"{op}: off by at most {largest} levels of 255; {wrong} of {count} pixels are off at all")

    def test_a_resolved_list_does_the_same_again(self):
        _, image = next(pictures())
        transforms = ("crop:60x50:random,rotate:-20..20,affine:angle=0..9:dx=0..0.1,perspective:0.4,brightness:0.5..2,"
                      "hue:-0.2..0.2:p=0.5,noise:0..9,jpeg:30..90,cutout:9x9:4,flip:vertical:p=0.5")
        resolved, first = self.apply(image, transforms, 99)
        again, second = self.apply(image, json.dumps(resolved), 100)
        self.assertEqual(resolved, again)
        self.assertEqual(first.tobytes(), second.tobytes())
        other, third = self.apply(image, transforms, 100)
        self.assertNotEqual(resolved, other)
        self.assertNotEqual(first.tobytes(), third.tobytes())


for each in CASES:
    setattr(Transforms, f"test_{each}", lambda self, op=each: self.check(op))

if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    assert set(BOUNDS) == set(REFERENCES) == set(CASES)
    unittest.main()

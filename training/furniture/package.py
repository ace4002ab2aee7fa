"""Reads the model package and does to a picture what its model.toml says, as the service does."""

import io
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "furniture"


@dataclass(frozen=True)
class Package:
    folder: Path
    labels: list[str]
    input_name: str
    output_name: str
    side: int  # of the square input
    resize_to: int
    mean: np.ndarray
    scale: np.ndarray


def load(folder: Path = FOLDER) -> Package:
    stated = tomllib.loads((folder / "model.toml").read_text())
    entry, prepare = stated["input"], stated["preprocess"]
    assert (prepare["resize"], prepare["filter"], prepare["color"]) == ("shorter", "bilinear", "RGB")
    assert (entry["layout"], entry["type"]) == ("NCHW", "float32") and entry["width"] == entry["height"]
    return Package(folder, (folder / stated["model"]["labels"]).read_text().split(), entry["name"],
                   stated["output"]["name"], entry["width"], prepare["resize_to"],
                   np.array(prepare["mean"], dtype=np.float32), np.array(prepare["scale"], dtype=np.float32))


def decode(data: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def centre_square(image: Image.Image, resize_to: int, side: int) -> np.ndarray:
    """Scales the shorter side to `resize_to` and cuts the middle out: side x side x 3, uint8."""
    ratio = resize_to / min(image.size)
    width, height = (max(resize_to, round(length * ratio)) for length in image.size)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    left, top = (width - side) // 2, (height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side)))


def tensor(data: bytes, package: Package) -> np.ndarray:
    """The model's input for one encoded picture: 3 x side x side."""
    pixels = centre_square(decode(data), package.resize_to, package.side).astype(np.float32)
    return ((pixels - package.mean) * package.scale).transpose(2, 0, 1)

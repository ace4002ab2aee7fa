"""The two networks: a picture to depth and pose, and a half-seen cube of voxels to a whole one."""

import torch
from torch import nn
from torch.nn import functional

import grid


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, width: int):
        super().__init__()
        self.path = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
                                  nn.ReLU(inplace=True), nn.Conv2d(width, width, 3, 1, 1, bias=False),
                                  nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(self.path(x) + x)


def _entry(entry: int, width: int, stride: int):
    return nn.Sequential(nn.Conv2d(entry, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width),
                         nn.ReLU(inplace=True))


def _places(size: int):
    """Where each pixel is, 1 x 2 x size x size, -1..1: perspective and the cube's rim depend on it."""
    line = (torch.arange(size) + 0.5) * 2 / size - 1
    return torch.stack(torch.meshgrid(line, line, indexing="xy"))[None]


class UNet(nn.Module):
    """Three scales with residual blocks; each scale's way up adds the same scale's way down."""

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...]):
        super().__init__()
        pairs = list(zip(widths, widths[1:]))
        self.first = nn.Sequential(*(Block(widths[0]) for _ in range(blocks[0])))
        self.down = nn.ModuleList(
            nn.Sequential(_entry(a, b, 2), *(Block(b)
                                             for _ in range(count)))
            for (a, b), count in zip(pairs, blocks[1:]))
        self.narrow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairs)
        self.up = nn.ModuleList(Block(a) if a > 32 else _entry(a, a, 1) for a, _ in pairs)

    def forward(self, x):
        """The finest scale, and the coarsest one on the way down."""
        scales = [self.first(x)]
        for down in self.down:
            scales.append(down(scales[-1]))
        x = scales[-1]
        for k in reversed(range(len(self.up))):
            x = functional.interpolate(self.narrow[k](x), scale_factor=2.0, mode="nearest")
            x = self.up[k](x + scales[k])
        return x, scales[-1]


class DepthNet(nn.Module):
    """N x 4 x 128 x 128 (red, green, blue, alpha; 0..1) to depth N x 1 x 128 x 128 and pose N x 4, see README.md."""

    def __init__(self, widths=(24, 48, 96, 128), blocks=(0, 1, 1, 2)):
        super().__init__()
        self.entry = _entry(4 * 4 + 2, widths[0], 1)
        self.body = UNet(widths, blocks)
        self.head = nn.Conv2d(widths[0], 2 * 4, 3, 1, 1)
        self.pose = nn.Sequential(nn.Conv2d(widths[-1] + 2, 32, 1), nn.ReLU(inplace=True), nn.Flatten(),
                                  nn.Linear(32 * 64, 64), nn.ReLU(inplace=True), nn.Linear(64, 4))
        self.register_buffer("places", _places(64), persistent=False)
        self.register_buffer("coarse_places", _places(8), persistent=False)
        self.register_buffer("usual", torch.tensor([0.4, 0.0, 0.0, 1.6]), persistent=False)

    def parts(self, picture):
        """Depth relative to the cube's centre, the silhouette's logits, pose."""
        color, alpha = picture[:, :3], picture[:, 3:]
        x = functional.pixel_unshuffle(torch.cat([color * alpha, alpha], dim=1) * 2 - 1, 2)
        x = torch.cat([x, self.places.expand(x.shape[0], -1, -1, -1)], dim=1)
        fine, coarse = self.body(self.entry(x))
        pose = self.pose(torch.cat([coarse, self.coarse_places.expand(x.shape[0], -1, -1, -1)], dim=1)) + self.usual
        out = functional.pixel_shuffle(self.head(fine), 2)
        return out[:, :1], out[:, 1:] + 12 * (alpha - 1), pose  # what is transparent is not the object

    def forward(self, picture):
        relative, silhouette, pose = self.parts(picture)
        depth = relative + pose[:, 3].view(-1, 1, 1, 1)
        return torch.where(silhouette > 0, depth, torch.full_like(depth, grid.FAR)), pose


class CompleteNet(nn.Module):
    """N x 2 x 32 x 32 x 32 (projection.py's channels) to logits N x 1 x 32 x 32 x 32.

    The cube is upright, so a height means the same in every picture: heights are channels of a flat network, which
    costs a fraction of a 3D one.
    """

    def __init__(self, widths=(48, 96, 144), blocks=(1, 1, 2)):
        super().__init__()
        self.entry = _entry(2 * grid.SIDE + 2, widths[0], 1)
        self.body = UNet(widths, blocks)
        self.head = nn.Conv2d(widths[0], grid.SIDE, 3, 1, 1)
        self.register_buffer("places", _places(grid.SIDE), persistent=False)

    def forward(self, seen):
        x = seen.flatten(1, 2)
        x = torch.cat([x, self.places.expand(x.shape[0], -1, -1, -1)], dim=1)
        return self.head(self.body(self.entry(x))[0])[:, None]

"""A small residual network for 96x96 pictures: 0.7 million weights, 52 million multiplications a picture."""

import torch
from torch import nn


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; the first may halve the picture."""

    def __init__(self, entry: int, width: int, stride: int):
        super().__init__()
        self.path = nn.Sequential(nn.Conv2d(entry, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width),
                                  nn.ReLU(inplace=True), nn.Conv2d(width, width, 3, 1, 1, bias=False),
                                  nn.BatchNorm2d(width))
        self.shortcut = nn.Identity()
        if stride != 1 or entry != width:
            self.shortcut = nn.Sequential(nn.Conv2d(entry, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        return torch.relu(self.path(x) + self.shortcut(x))


class FurnitureNet(nn.Module):
    """N x 3 x 96 x 96, normalised as model.toml states, to N x kinds logits."""

    def __init__(self, kinds: int):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 24, 5, 2, 2, bias=False), nn.BatchNorm2d(24), nn.ReLU(inplace=True))
        self.stages = nn.Sequential(Block(24, 32, 2), Block(32, 64, 2), Block(64, 64, 1), Block(64, 128, 2),
                                    Block(128, 128, 1))
        self.head = nn.Sequential(nn.Dropout(0.15), nn.Linear(128, kinds))

    def forward(self, x):
        x = self.stages(self.stem(x))
        return self.head(x.mean(dim=(2, 3)))

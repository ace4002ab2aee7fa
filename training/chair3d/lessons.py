"""What the two networks are shown, and how their answers are judged."""

import numpy as np
import torch
from torch.nn import functional

import grid
from projection import TRUNCATION


class Batch:
    """Chosen examples as tensors on a device, some of them mirrored."""

    def __init__(self, examples, chosen, rng, device, mirror: bool = True):
        self.rng, self.device, self.count = rng, device, len(chosen)
        self._examples, self._chosen = examples, chosen
        self.flips = rng.random(len(chosen)) < (0.5 if mirror else 0.0)

    def __call__(self, name: str) -> torch.Tensor:
        """One of dataset.NAMES; pictures get their channels first, pictures and depths a channel if they have none."""
        values = self._examples(name, self._chosen)
        if name == "pose":
            values[self.flips, 1] *= -1
        else:
            values = values.transpose(0, 3, 1, 2) if name == "picture" else values
            values = values[:, None] if values.ndim == 3 else values
            values = np.ascontiguousarray(values)
            values[self.flips] = values[self.flips][..., ::-1]
        return torch.from_numpy(values).to(self.device)

    def uniform(self, low: float, high: float, channels: int = 1) -> torch.Tensor:
        """A random number an example and channel, count x channels x 1 x 1."""
        return self._here(self.rng.uniform(low, high, (self.count, channels, 1, 1)))

    def normal(self, spread: float, shape: tuple) -> torch.Tensor:
        return self._here(self.rng.normal(0, spread, shape))

    def _here(self, values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values.astype(np.float32)).to(self.device)

    def pictures(self, spoil: bool) -> torch.Tensor:
        """count x 4 x 128 x 128 in 0..1. Even places have the object's alpha, odd ones are opaque."""
        color, alpha = self("picture").float() / 255, self("alpha").float() / 255
        color, alpha = self._spoilt(color, alpha) if spoil else (color, alpha)
        opaque = torch.arange(self.count, device=self.device).view(-1, 1, 1, 1) % 2 == 1
        whole = torch.cat([color, torch.where(opaque, torch.ones_like(alpha), alpha)], dim=1)
        return whole.contiguous(memory_format=torch.channels_last)

    def _spoilt(self, color, alpha):
        draw = self.uniform
        soft = (draw(0, 1) < 0.6) * draw(0, 1)  # drawn edges are hard, those of photographs are not
        both = torch.cat([color, alpha], dim=1)
        both = both + soft * (functional.avg_pool2d(functional.pad(both, (1, 1, 1, 1), mode="replicate"), 3, 1) - both)
        color, alpha = both[:, :3], both[:, 3:]
        bare = torch.where(draw(0, 1) < 0.6, draw(0.85, 1.0).expand(-1, 3, -1, -1), draw(0, 1, 3))
        color = torch.where(draw(0, 1) < 0.3, color * alpha + bare * (1 - alpha), color)
        color = color * draw(0.8, 1.2) * draw(0.9, 1.1, 3)
        color = color.clamp(1e-4, 1)**draw(0.8, 1.25)
        color = color + torch.randn_like(color) * draw(0, 0.04) * (draw(0, 1) < 0.5)
        return color.clamp(0, 1), alpha


def depth_loss(network, batch: Batch):
    """Errors of depth and pose in voxels, and the silhouette's cross-entropy."""
    depth, pose = batch("depth"), batch("pose")
    relative, silhouette, guess = network.parts(batch.pictures(spoil=True))
    mask = (depth < grid.FAR).float()
    off = ((relative -
            (depth - pose[:, 3].view(-1, 1, 1, 1))).abs() * mask).sum(dim=(1, 2, 3)) / mask.sum(dim=(1, 2, 3))
    off = off.mean() * grid.FILL
    # A radian of pitch moves the cube's rim by half its side; the distance is the least certain and matters least.
    weight = torch.tensor([0.5, 1.0, 1.0, 0.5], device=pose.device) * grid.FILL
    pose_off = ((guess - pose).abs() * weight).mean()
    outline = functional.binary_cross_entropy_with_logits(silhouette, mask)
    parts = {"depth": off.detach(), "pose": pose_off.detach(), "silhouette": outline.detach()}
    return off + pose_off + 5 * outline, parts


def project(depth: torch.Tensor, pose: torch.Tensor) -> torch.Tensor:
    """projection.depth_to_occupancy for n x 1 x S x S depths and n x 4 poses at once, in float32."""
    n, size, side = len(depth), depth.shape[-1], grid.SIDE
    tangent, voxel = float(np.tan(grid.FIELD_OF_VIEW / 2)), grid.CUBE / side
    d, device = depth[:, 0], depth.device
    pitch, x, y, z = (pose[:, k].view(n, 1, 1) for k in range(4))
    c, s = torch.cos(pitch), torch.sin(pitch)
    line = ((torch.arange(size, device=device) + 0.5) * 2 / size - 1) * tangent
    right, down, forward = line * d - x, line[:, None] * d - y, d - z
    point = torch.stack([-forward * s - down * c, forward * c - down * s, right], dim=1)
    cell = torch.floor(point / voxel + side / 2).long()
    valid = ((cell >= 0) & (cell < side)).all(dim=1) & (d < grid.FAR)
    index = ((torch.arange(n, device=device).view(n, 1, 1) * side + cell[:, 0]) * side + cell[:, 1]) * side + cell[:, 2]
    hit = torch.zeros(n * side**3, device=device)
    hit[index[valid]] = 1

    along = (torch.arange(side, device=device) + 0.5 - side / 2) * voxel
    up, away = along.view(1, side, 1), along.view(1, 1, side)
    forward, down = away * c - up * s + z, -away * s - up * c + y  # n x up x away: the right does not matter
    ahead = forward > 1e-6
    reach = torch.where(ahead, forward, torch.ones_like(forward)) * tangent
    row = torch.floor((down / reach + 1) * size / 2).long()
    column = torch.floor(((along + x.view(n, 1, 1, 1)) / reach[..., None] + 1) * size / 2).long()
    seen = (ahead & (row >= 0) & (row < size))[..., None] & (column >= 0) & (column < size)
    place = row.clamp(0, size - 1)[..., None] * size + column.clamp(0, size - 1)
    surface = torch.gather(d.reshape(n, -1), 1, place.view(n, -1)).view(n, side, side, side)
    signed = ((surface - forward[..., None]) / (voxel * TRUNCATION)).clamp(-1, 1)
    return torch.stack([hit.view(n, side, side, side), torch.where(seen, signed, torch.zeros_like(signed))], dim=1)


def _disturbed(batch: Batch):
    """The true depth and pose with errors like a network's: smooth ones in depth, and a pose that is a little off."""
    depth, pose = batch("depth"), batch("pose")

    def smooth(cells, spread):
        field = batch.normal(spread, (batch.count, 1, cells, cells))
        return functional.interpolate(field, size=depth.shape[-1], mode="bilinear", align_corners=False)

    strength = float(batch.rng.uniform(0, 1.5))
    shift = batch.normal(1, (batch.count, 4)) * torch.tensor([0.02, 0.006, 0.006, 0.03], device=pose.device)
    moved = depth + strength * (smooth(4, 0.01) + smooth(12, 0.006) + shift[:, 3].view(-1, 1, 1, 1))
    return torch.where(depth < grid.FAR, moved.clamp(max=grid.FAR - 0.01), depth), pose + strength * shift


def half_seen(batch: Batch, depth_network, spoil=True):
    """The second network's input: from the first one's answers, or where there is none, from the disturbed truth."""
    with torch.no_grad():
        return project(*(_disturbed(batch) if depth_network is None else depth_network(batch.pictures(spoil))))


def overlap(chance, whole):
    """Intersection over union of each example; `chance` may be a probability."""
    both = (chance * whole).flatten(1).sum(dim=1)
    return both / (chance.flatten(1).sum(dim=1) + whole.flatten(1).sum(dim=1) - both).clamp(min=1e-6)


def complete_loss(depth_network):
    """Each chair's own soft overlap, so that thin ones weigh as much as bulky ones, and cross-entropy beside it."""

    def loss(network, batch: Batch):
        whole = batch("occupancy").float()
        logits = network(half_seen(batch, depth_network))[:, 0]
        soft = 1 - overlap(torch.sigmoid(logits), whole).mean()
        crossed = functional.binary_cross_entropy_with_logits(logits, whole)
        with torch.no_grad():
            hard = overlap((logits > 0).float(), whole).mean()
        return soft + 3 * crossed, {"soft": soft.detach(), "entropy": crossed.detach(), "overlap": hard}

    return loss

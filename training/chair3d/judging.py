"""How the networks do on the validation split, while they learn."""

import numpy as np
import torch

import grid
import lessons

AT_ONCE = 50
LEVELS = np.arange(0.3, 0.71, 0.05)  # thresholds to choose from


def _batches(examples, network):
    device = next(network.parameters()).device
    for start in range(0, len(examples), AT_ONCE):
        chosen = np.arange(start, min(start + AT_ONCE, len(examples)))
        yield lessons.Batch(examples, chosen, np.random.default_rng(start), device, mirror=False)


def judge_depth(examples):
    """A function of the network that tells in words how far off depth, silhouette and pose are."""

    def judge(network) -> str:
        errors = []
        for batch in _batches(examples, network):
            depth, pose = batch("depth"), batch("pose")
            with torch.inference_mode():
                relative, silhouette, guess = network.parts(batch.pictures(spoil=False))
            mask, found = depth < grid.FAR, silhouette > 0
            off = (relative - (depth - pose[:, 3].view(-1, 1, 1, 1))).abs() * grid.FILL * mask
            off = off.flatten(1).sum(dim=1) / mask.flatten(1).sum(dim=1)
            both = (mask & found).flatten(1).sum(dim=1) / (mask | found).flatten(1).sum(dim=1)
            units = torch.tensor([180 / np.pi, grid.FILL, grid.FILL, grid.FILL], device=pose.device)
            errors.append(torch.cat([off[:, None], both[:, None], (guess - pose).abs() * units], dim=1).cpu())
        errors, shown = torch.cat(errors), []
        for name, part in (("alpha", errors[0::2]), ("opaque", errors[1::2])):
            depth, outline, pitch, x, y, z = part.mean(dim=0).tolist()
            shown.append(f"{name}: depth off {depth:.2f} voxels, silhouette {outline:.3f}, "
                         f"pitch off {pitch:.1f} degrees, centre off {x:.2f} {y:.2f} {z:.2f} voxels")
        return "; ".join(shown)

    return judge


def judge_complete(examples, depth_network):
    """A function of the network that tells in words how far what it completes overlaps with the truth."""

    def judge(network) -> str:
        found = []
        for batch in _batches(examples, network):
            whole = batch("occupancy").float()
            with torch.inference_mode():
                chance = torch.sigmoid(network(lessons.half_seen(batch, depth_network, spoil=False))[:, 0])
                found.append(torch.stack([lessons.overlap((chance > level).float(), whole) for level in LEVELS], dim=1))
        found = torch.cat(found).cpu()
        best = int(found.mean(dim=0).argmax())
        return (f"IoU {found.mean(dim=0)[best]:.3f} at threshold {LEVELS[best]:.2f}; "
                f"alpha {found[0::2, best].mean():.3f}, opaque {found[1::2, best].mean():.3f}")

    return judge

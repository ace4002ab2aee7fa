"""Draws the chairs, trains the two networks, exports models/chair3d/*.onnx and evaluates those files.

    python train.py                  everything, from nothing or from where a stopped run was
    python train.py draw             one part alone: draw | depth | complete | export | evaluate
"""

import argparse
import os
import time

import numpy as np

import dataset
import grid

PARTS = ("draw", "depth", "complete", "export", "evaluate")
HELD = 500  # validation examples
TAUGHT_ANEW = 500  # steps after which the second network takes up what the first has learned meanwhile


def _judge_depth(examples):
    import torch
    import lessons

    def judge(network) -> str:
        errors = []
        for start in range(0, len(examples), 50):
            chosen, rng = np.arange(start, start + 50), np.random.default_rng(start)
            flips = np.zeros(50, dtype=bool)
            depth, pose = lessons.truth(examples, chosen, rng, flips)
            with torch.inference_mode():
                relative, silhouette, guess = network.parts(lessons.pictures(examples, chosen, rng, flips, spoil=False))
            mask, found = depth < grid.FAR, silhouette > 0
            off = (relative - (depth - pose[:, 3].view(-1, 1, 1, 1))).abs() * grid.FILL
            both = (mask & found).flatten(1).sum(dim=1) / (mask | found).flatten(1).sum(dim=1)
            place = (guess - pose).abs() * torch.tensor([180 / np.pi, grid.FILL, grid.FILL, grid.FILL])
            errors.append(
                torch.cat([(off * mask).flatten(1).sum(1, True) / mask.flatten(1).sum(1, True), both[:, None], place],
                          dim=1))
        errors = torch.cat(errors)
        shown = []
        for name, part in (("alpha", errors[0::2]), ("opaque", errors[1::2])):
            depth, outline, pitch, x, y, z = part.mean(dim=0).tolist()
            shown.append(
                f"{name}: depth off {depth:.2f} voxels, silhouette {outline:.3f}, pitch off {pitch:.1f} degrees, "
                f"centre off {x:.2f} {y:.2f} {z:.2f} voxels")
        return "; ".join(shown)

    return judge


def _judge_complete(examples, depth_network):
    import torch
    import lessons

    def judge(network) -> str:
        levels, found = np.arange(0.3, 0.71, 0.05), []
        for start in range(0, len(examples), 50):
            chosen, rng = np.arange(start, start + 50), np.random.default_rng(start)
            flips = np.zeros(50, dtype=bool)
            seen = lessons.half_seen(examples, chosen, rng, flips, depth_network, spoil=False)
            whole = torch.from_numpy(examples("occupancy", chosen)).float()
            with torch.inference_mode():
                chance = torch.sigmoid(network(seen)[:, 0])
                found.append(torch.stack([lessons.overlap((chance > level).float(), whole) for level in levels], dim=1))
        found = torch.cat(found)
        best = int(found.mean(dim=0).argmax())
        return (f"IoU {found.mean(dim=0)[best]:.3f} at threshold {levels[best]:.2f}; "
                f"alpha {found[0::2, best].mean():.3f}, opaque {found[1::2, best].mean():.3f}")

    return judge


def learn_depth(options):
    import learning
    import lessons
    from network import DepthNet

    examples, held = dataset.Examples("train", options.chairs), dataset.Examples("validation", HELD)
    learner = learning.Learner("depth", DepthNet())
    learner.restore()
    plan = learning.Plan(options.depth_steps, options.depth_steps, options.batch, options.seed)
    learner.learn(plan, examples, lessons.depth_loss, _judge_depth(held))


def learn_complete(options):
    """The first half is learned from disturbed truth, the rest from what the depth network says by then."""
    import learning
    import lessons
    from network import CompleteNet, DepthNet

    examples, held = dataset.Examples("train", options.chairs), dataset.Examples("validation", HELD)
    learner, depth = learning.Learner("complete", CompleteNet()), learning.Learner("depth", DepthNet())
    learner.restore()
    half = options.complete_steps // 2
    for stop in [half, *range(half + TAUGHT_ANEW, options.complete_steps, TAUGHT_ANEW), options.complete_steps]:
        teacher = depth.mean if stop > half and depth.restore() else None
        plan = learning.Plan(stop, options.complete_steps, options.batch, options.seed)
        learner.learn(plan, examples, lessons.complete_loss(teacher), _judge_complete(held, teacher))


def export():
    import learning
    import package
    from network import CompleteNet, DepthNet

    learners = [learning.Learner("depth", DepthNet()), learning.Learner("complete", CompleteNet())]
    for learner in learners:
        if not learner.restore():
            raise SystemExit(f"{learner.path} is missing: train it first (python train.py {learner.path.stem})")
    package.export(*(learner.mean for learner in learners))


def evaluate(options) -> float:
    import evaluation

    dataset.draw("validation", HELD, options.threads)
    dataset.draw("test", options.test_chairs, options.threads)
    threshold = evaluation.choose_threshold(dataset.Examples("validation", HELD), options.threads)
    return evaluation.evaluate(dataset.Examples("test", options.test_chairs), threshold, options.threads)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--chairs", type=int, default=20000, help="to train on")
    parser.add_argument("--test-chairs", type=int, default=1000)
    parser.add_argument("--depth-steps", type=int, default=6000)
    parser.add_argument("--complete-steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the batches; the chairs have their own")
    options = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # on a busy machine, spinning costs more than the work itself
    import torch
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    parts, began = [options.part] if options.part else PARTS, time.monotonic()
    if "draw" in parts:
        dataset.draw("validation", HELD, options.threads)
        dataset.draw("train", options.chairs, options.threads)
    if "depth" in parts:
        learn_depth(options)
    if "complete" in parts:
        learn_complete(options)
    if "export" in parts:
        export()
    if "evaluate" not in parts:
        return 0
    overlap = evaluate(options)
    print(f"all of it {time.monotonic() - began:.0f} s")
    return 0 if overlap >= 0.70 else 1


if __name__ == "__main__":
    raise SystemExit(main())

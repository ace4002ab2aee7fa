"""Draws the chairs, trains the two networks, exports models/chair3d/*.onnx and evaluates those files.

    python train.py                  everything, from nothing or from where a stopped run was
    python train.py draw             one part alone: draw | depth | complete | export | evaluate
"""

import argparse
import os
import time

import dataset

PARTS = ("draw", "depth", "complete", "export", "evaluate")
HELD = 500  # validation examples
TAUGHT_ANEW = 500  # steps after which the second network takes up what the first has learned meanwhile


def learn_depth(options):
    import judging
    import learning
    import lessons
    from network import DepthNet

    examples, held = dataset.Examples("train", options.chairs), dataset.Examples("validation", HELD)
    learner = learning.Learner("depth", DepthNet(), options.device)
    learner.restore()
    plan = learning.Plan(options.depth_steps, options.depth_steps, options.batch, options.seed)
    learner.learn(plan, examples, lessons.depth_loss, judging.judge_depth(held))


def learn_complete(options):
    """The first third is learned from disturbed truth, the rest from what the depth network says by then."""
    import judging
    import learning
    import lessons
    from network import CompleteNet, DepthNet

    examples, held = dataset.Examples("train", options.chairs), dataset.Examples("validation", HELD)
    learner = learning.Learner("complete", CompleteNet(), options.device)
    depth = learning.Learner("depth", DepthNet(), options.device)
    learner.restore()
    truth = options.complete_steps // 3
    for stop in [truth, *range(truth + TAUGHT_ANEW, options.complete_steps, TAUGHT_ANEW), options.complete_steps]:
        teacher = depth.mean if stop > truth and depth.restore() else None
        plan = learning.Plan(stop, options.complete_steps, options.batch, options.seed)
        learner.learn(plan, examples, lessons.complete_loss(teacher), judging.judge_complete(held, teacher))


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
    parser.add_argument("--device", default="cpu", help="cuda, where there is one")
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

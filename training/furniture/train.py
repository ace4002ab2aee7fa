"""Draws the pictures, trains the network, exports models/furniture/model.onnx and evaluates that file.

    python train.py              everything, from nothing
    python train.py --evaluate   only the evaluation of the model in the package
"""

import argparse
import os
import time

import numpy as np

import dataset
import package


def evaluate(count: int, processes: int) -> float:
    """Runs the package's ONNX file on `count` pictures of the test split, which training never draws."""
    import onnxruntime

    shipped = package.load()
    began = time.monotonic()
    inputs, truth = dataset.prepared("test", count, processes), dataset.labels(count)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = processes
    session = onnxruntime.InferenceSession(shipped.folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    logits = np.concatenate(
        [session.run([shipped.output_name], {shipped.input_name: inputs[k:k + 64]})[0] for k in range(0, count, 64)])
    answers = logits.argmax(axis=1)
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    confidence = (chances / chances.sum(axis=1, keepdims=True)).max(axis=1)
    confusion = np.zeros((len(shipped.labels),) * 2, dtype=int)
    np.add.at(confusion, (truth, answers), 1)
    accuracy = (answers == truth).mean()
    print(f"\n{count} fresh pictures, rows: what it is, columns: what the model says")
    print(" " * 10 + "".join(f"{label[:8]:>9}" for label in shipped.labels) + "    right")
    for label, row, k in zip(shipped.labels, confusion, range(len(shipped.labels))):
        print(f"{label:10}" + "".join(f"{n if n else '.':>9}" for n in row) + f"{row[k] / row.sum():9.1%}")
    print(
        f"\naccuracy {accuracy:.2%}   top 2 {(np.argsort(-logits)[:, :2] == truth[:, None]).any(axis=1).mean():.2%}   "
        f"mean confidence {confidence.mean():.1%}   {time.monotonic() - began:.0f} s")
    return accuracy


def _batches(pixels, truth, size: int, rng, side: int, shipped):
    """Shuffled training batches with random cuts, mirroring and colour, as the network's input."""
    import torch
    from torch.nn import functional

    order = rng.permutation(len(truth))
    mean, scale = (torch.from_numpy(v).view(1, 3, 1, 1) for v in (shipped.mean, shipped.scale))
    slack = dataset.STORED_SIDE - shipped.side + 1
    for start in range(0, len(order) - size + 1, size):
        chosen = order[start:start + size]
        cuts = np.empty((size, shipped.side, shipped.side, 3), dtype=np.uint8)
        for k, number in enumerate(chosen):
            top, left = rng.integers(0, slack, 2)
            cut = pixels[number, top:top + shipped.side, left:left + shipped.side]
            cuts[k] = cut[:, ::-1] if rng.random() < 0.5 else cut
        x = torch.from_numpy(cuts).permute(0, 3, 1, 2).float()
        gain = torch.from_numpy(rng.uniform(0.85, 1.15, (size, 3, 1, 1)).astype(np.float32))
        x = ((x * gain).clamp(0, 255) - mean) * scale
        if side != shipped.side:
            x = functional.interpolate(x, size=(side, side), mode="area" if shipped.side % side == 0 else "bilinear")
        yield x.contiguous(memory_format=torch.channels_last), torch.from_numpy(truth[chosen])


def _side(progress: float, full: int) -> int:
    """Small pictures first: most lessons are the same there and cost a quarter."""
    return full // 2 if progress < 0.3 else full * 2 // 3 if progress < 0.78 else full


def _right(network, pixels, truth, shipped) -> float:
    import torch

    edge, found = (dataset.STORED_SIDE - shipped.side) // 2, []
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(truth), 200):
            cut = pixels[start:start + 200, edge:edge + shipped.side, edge:edge + shipped.side].astype(np.float32)
            x = torch.from_numpy((cut - shipped.mean) * shipped.scale).permute(0, 3, 1, 2)
            found.append(network(x).argmax(dim=1).numpy())
    return (np.concatenate(found) == truth).mean()


class Progress:
    """What a stopped run needs to go on after its last whole epoch; a file in the cache, gone when the run is done."""

    def __init__(self, options, **parts):
        sources = dataset.fingerprint("network.py", "train.py")
        self.path = dataset.CACHE / f"run-{sources}-{options.pictures}-{options.epochs}-{options.seed}.pt"
        self.parts = parts

    def restore(self) -> int:
        """The number of whole epochs done."""
        import torch

        if not self.path.exists():
            return 0
        saved = torch.load(self.path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        return saved["epochs"]

    def save(self, epochs: int):
        import torch

        unfinished = self.path.with_suffix(".unfinished")
        torch.save({"epochs": epochs} | {name: part.state_dict() for name, part in self.parts.items()}, unfinished)
        unfinished.rename(self.path)


def train(options):
    import torch
    from torch import nn

    from network import FurnitureNet

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    shipped = package.load()
    truth, held_truth = dataset.labels(options.pictures), dataset.labels(1000)
    network = FurnitureNet(len(shipped.labels)).to(memory_format=torch.channels_last)  # twice as fast on a CPU
    print(f"{sum(p.numel() for p in network.parameters()):,} weights", flush=True)
    pixels = dataset.stored("train", options.pictures, options.threads)
    held = dataset.stored("validation", 1000, options.threads)

    size, began = 64, time.monotonic()
    steps = len(truth) // size
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=options.epochs * steps, pct_start=0.15)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    progress = Progress(options, network=network, optimizer=optimizer, schedule=schedule)
    for epoch in range(progress.restore(), options.epochs):
        torch.manual_seed(options.seed * 1000 + epoch)
        rng = np.random.default_rng([options.seed, epoch])
        side, total = _side(epoch / options.epochs, shipped.side), 0.0
        network.train()
        for x, y in _batches(pixels, truth, size, rng, side, shipped):
            loss = loss_of(network(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        progress.save(epoch + 1)
        judged = f"validation {_right(network, held, held_truth, shipped):.1%}, " if side == shipped.side else ""
        print(
            f"  epoch {epoch + 1:2}: {side} pixels, loss {total / steps:.3f}, {judged}"
            f"{time.monotonic() - began:.0f} s",
            flush=True)
    export(network, shipped)
    progress.path.unlink()


def export(network, shipped):
    import torch

    network = network.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(network, (torch.zeros(1, 3, shipped.side, shipped.side),),
                      shipped.folder / "model.onnx",
                      input_names=[shipped.input_name],
                      output_names=[shipped.output_name],
                      opset_version=17,
                      dynamic_axes={
                          shipped.input_name: {
                              0: "N"
                          },
                          shipped.output_name: {
                              0: "N"
                          }
                      },
                      dynamo=False)
    print(f"{shipped.folder.name}/model.onnx: {(shipped.folder / 'model.onnx').stat().st_size:,} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluate", action="store_true", help="evaluate the shipped model, train nothing")
    parser.add_argument("--pictures", type=int, default=20000, help="pictures to train on")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--test-pictures", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed",
                        type=int,
                        default=1,
                        help="of the weights and the batches; the pictures have their own")
    options = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # on a busy machine, spinning costs four times the work itself
    began = time.monotonic()
    if not options.evaluate:
        train(options)
    accuracy = evaluate(options.test_pictures, options.threads)
    print(f"all of it {time.monotonic() - began:.0f} s")
    return 0 if accuracy >= 0.95 else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The loop that both networks learn by. It can be stopped at any moment and goes on from its last checkpoint."""

import copy
import time
from dataclasses import dataclass

import numpy as np
import torch

import dataset
import lessons

PEAK = 2e-3  # learning rate
KEPT_EVERY = 50  # steps
JUDGED_EVERY = 1000


def rate(step: int, total: int) -> float:
    """Share of the peak: a short rise, a plateau, a straight line to nothing over the last 40 %."""
    return min((step + 1) / 200, 1.0, max((total - step) / (0.4 * total), 1e-3))


@dataclass
class Plan:
    stop: int  # the step at which to stop
    total: int  # the step at which the learning rate is down
    batch: int
    seed: int


class Learner:
    """A network, its optimizer, and the running mean of its weights, which is what gets judged and exported."""

    def __init__(self, name: str, network: torch.nn.Module, device: str = "cpu"):
        self.path = dataset.CACHE / f"{name}.pt"
        self.device = device
        self.network = network.to(device, memory_format=torch.channels_last)
        self.mean = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.optimizer = torch.optim.AdamW(network.parameters(), lr=PEAK, weight_decay=0.02)
        self.step = 0

    def restore(self) -> bool:
        if not self.path.exists():
            return False
        saved = torch.load(self.path, map_location=self.device, weights_only=True)
        self.step = saved["step"]
        for name in ("network", "mean", "optimizer"):
            getattr(self, name).load_state_dict(saved[name])
        return True

    def save(self):
        unfinished = self.path.with_suffix(".unfinished")
        parts = {name: getattr(self, name).state_dict() for name in ("network", "mean", "optimizer")}
        torch.save({"step": self.step} | parts, unfinished)
        unfinished.rename(self.path)

    def _follow(self):
        keep = min(0.998, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.mean.parameters(), self.network.parameters()):
                mean.lerp_(now, 1 - keep)
            for mean, now in zip(self.mean.buffers(), self.network.buffers()):
                mean.copy_(now)

    def learn(self, plan: Plan, examples: dataset.Examples, loss_of, judge):
        """loss_of(network, batch) -> loss, dict of its parts; judge(mean network) -> text."""
        total, seed = plan.total, plan.seed
        began, sums, count = time.monotonic(), {}, 0
        self.network.train()
        while self.step < plan.stop:
            rng = np.random.default_rng([seed, self.step])
            torch.manual_seed(seed * 1_000_003 + self.step)
            for group in self.optimizer.param_groups:
                group["lr"] = PEAK * rate(self.step, total)
            chosen = rng.integers(0, len(examples), plan.batch)
            loss, parts = loss_of(self.network, lessons.Batch(examples, chosen, rng, self.device))
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
            self.optimizer.step()
            self.step += 1
            self._follow()
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value
            count += 1
            if self.step % KEPT_EVERY == 0 or self.step == plan.stop:
                self.save()
                examples.refresh()
                shown = ", ".join(f"{name} {value / count:.3f}" for name, value in sums.items())
                print(
                    f"  {self.path.stem} {self.step}/{total} of {len(examples)}: {shown}, "
                    f"{time.monotonic() - began:.0f} s",
                    flush=True)
                sums, count = {}, 0
            if self.step % JUDGED_EVERY == 0 or self.step == plan.stop:
                print(f"  {self.path.stem} {self.step}: {judge(self.mean)}", flush=True)

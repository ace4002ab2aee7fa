"""The exported networks: how they are written, and how the service's chain runs them."""

from pathlib import Path

import numpy as np

import grid
import projection
from dataset import ROOT

FOLDER = ROOT / "models" / "chair3d"


def _tidy(path: Path, answers: dict[str, tuple[int, ...]]):
    """States the shapes of the outputs, and keeps large weights as float16 with a Cast before their use: the arithmetic
    stays float32, the file is half as large."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(path)
    casts = []
    for weights in model.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size < 1024:
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + "_half"))
        casts.append(onnx.helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT))
    for answer in model.graph.output:
        for dimension, length in zip(answer.type.tensor_type.shape.dim[1:], answers[answer.name], strict=True):
            dimension.dim_value = length
    nodes = casts + list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def export(depth_network, complete_network):
    """Writes depth.onnx and complete.onnx; both take any batch."""
    import torch

    class Chances(torch.nn.Module):

        def __init__(self):
            super().__init__()
            self.network = complete_network

        def forward(self, seen):
            return torch.sigmoid(self.network(seen))

    FOLDER.mkdir(parents=True, exist_ok=True)
    cube = (grid.SIDE,) * 3
    for name, network, entry, given, answers in (
        ("depth", depth_network, "picture", (1, 4, 128, 128), {
            "depth": (1, 128, 128),
            "pose": (4,)
        }),
        ("complete", Chances(), "seen", (1, 2, *cube), {
            "occupancy": (1, *cube)
        }),
    ):
        path = FOLDER / f"{name}.onnx"
        network = network.eval().to(memory_format=torch.contiguous_format)
        torch.onnx.export(network, (torch.zeros(given),),
                          path,
                          input_names=[entry],
                          output_names=list(answers),
                          opset_version=17,
                          dynamic_axes={n: {
                              0: "N"
                          } for n in (entry, *answers)},
                          dynamo=False)
        _tidy(path, answers)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", flush=True)


class Chain:
    """Picture to depth, depth to half a cube, half a cube to a whole one."""

    def __init__(self, threads: int):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._depth, self._complete = (onnxruntime.InferenceSession(FOLDER / f"{name}.onnx",
                                                                    options,
                                                                    providers=["CPUExecutionProvider"])
                                       for name in ("depth", "complete"))

    def __call__(self, picture: np.ndarray):
        """4 x 128 x 128, float32 in 0..1, to depth 128 x 128, pose 4 and chances 32 x 32 x 32."""
        depth, pose = self._depth.run(["depth", "pose"], {"picture": picture[None]})
        seen = projection.depth_to_occupancy(depth[0, 0], pose[0])
        chances = self._complete.run(["occupancy"], {"seen": seen[None]})[0]
        return depth[0, 0], pose[0], chances[0, 0]


def tensor(picture: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """The first network's input from 128 x 128 x 3 bytes, and the alpha's if there is one."""
    alpha = np.full(picture.shape[:2], 255, np.uint8) if alpha is None else alpha
    return np.concatenate([picture.transpose(2, 0, 1), alpha[None]]).astype(np.float32) / 255

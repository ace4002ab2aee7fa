#!/usr/bin/env python3
"""Writes the tiny networks of the tests of model/ beside this file. Standard library only: ONNX is protobuf, and the few
messages that are needed (onnx.proto3, ModelProto and below) are encoded by hand."""

import pathlib
import struct

FLOAT, UINT8, INT64, BOOL = 1, 2, 7, 9  # TensorProto.DataType


def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if value == 0:
            return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def ints(name, values):
    return data(5, data(1, name) + b"".join(number(8, v) for v in values) + number(20, 7))


def integer(name, value):
    return data(5, data(1, name) + number(3, value) + number(20, 2))


def subgraph(name, value):
    return data(5, data(1, name) + data(6, value) + number(20, 5))


def node(op, inputs, outputs, *attributes):
    return data(1, b"".join(data(1, i) for i in inputs) + b"".join(data(2, o) for o in outputs) + data(4, op) + b"".join(attributes))


def value(field, name, element_type, shape):
    sides = b"".join(data(1, data(2, s) if isinstance(s, str) else number(1, s)) for s in shape)
    return data(field, data(1, name) + data(2, data(1, number(1, element_type) + data(2, sides))))


def constant(name, element_type, raw, sides=()):
    return data(5, b"".join(number(1, s) for s in sides) + number(2, element_type) + data(8, name) + data(9, raw))


def floats(name, sides, numbers):
    return constant(name, FLOAT, struct.pack(f"<{len(numbers)}f", *numbers), sides)


def operators(domain, version):
    return data(8, data(1, domain) + number(2, version))


def write(name, *graph, sets=operators("", 13), ir=8):
    model = number(1, ir) + data(2, "darkroom") + data(7, b"".join(graph) + data(2, name)) + sets
    (pathlib.Path(__file__).parent / f"{name}.onnx").write_bytes(model)


scores = value(12, "scores", FLOAT, ["N", 3])

# Scores are the means of the three channels: they show order of colours, mean, scale and layout.
write("means",
      node("ReduceMean", ["image"], ["scores"], ints("axes", [2, 3]), integer("keepdims", 0)),
      value(11, "image", FLOAT, ["N", 3, 8, 8]), scores)
write("means_nhwc",
      node("ReduceMean", ["image"], ["scores"], ints("axes", [1, 2]), integer("keepdims", 0)),
      value(11, "image", FLOAT, ["N", 8, 8, 3]), scores)
write("means_uint8",
      node("Cast", ["image"], ["float"], integer("to", FLOAT)),
      node("ReduceMean", ["float"], ["scores"], ints("axes", [2, 3]), integer("keepdims", 0)),
      value(11, "image", UINT8, ["N", 3, "H", "W"]), scores)
# Not a number as soon as a channel's mean is negative.
write("root_of_means",
      node("ReduceMean", ["image"], ["means"], ints("axes", [2, 3]), integer("keepdims", 0)),
      node("Sqrt", ["means"], ["scores"]),
      value(11, "image", FLOAT, ["N", 3, 8, 8]), scores)
write("two_outputs",
      node("ReduceMean", ["image"], ["scores"], ints("axes", [2, 3]), integer("keepdims", 0)),
      node("Neg", ["scores"], ["negative"]),
      value(11, "image", FLOAT, ["N", 3, 8, 8]), scores, value(12, "negative", FLOAT, ["N", 3]))
# Runs for as many thousand million rounds as the picture's brightest value says: none for a blank one, for ever else.
write("endless",
      node("ReduceMean", ["image"], ["means"], ints("axes", [2, 3]), integer("keepdims", 0)),
      node("ReduceMax", ["image"], ["brightest"], integer("keepdims", 0)),
      node("Mul", ["brightest", "thousand_million"], ["rounds"]),
      node("Cast", ["rounds"], ["trips"], integer("to", INT64)),
      node("Loop", ["trips", "true", "means"], ["scores"], subgraph("body",
           node("Identity", ["go_on"], ["still"]) + node("Relu", ["in"], ["out"]) + data(2, "round")
           + value(11, "i", INT64, []) + value(11, "go_on", BOOL, []) + value(11, "in", FLOAT, ["N", 3])
           + value(12, "still", BOOL, []) + value(12, "out", FLOAT, ["N", 3]))),
      constant("thousand_million", FLOAT, struct.pack("<f", 1e9)), constant("true", BOOL, b"\x01"),
      value(11, "image", FLOAT, ["N", 3, 8, 8]), scores)
image = value(11, "image", FLOAT, ["N", 3, 8, 8])
# The picture itself: scores of three classes, or a picture again.
write("identity", node("Identity", ["image"], ["same"]), image, value(12, "same", FLOAT, ["N", 3, 8, 8]))
# One number a pixel, and a side that only a run tells.
write("gray",
      node("ReduceMean", ["image"], ["gray"], ints("axes", [1]), integer("keepdims", 1)),
      image, value(12, "gray", FLOAT, ["N", 1, "H", 8]))
write("halves",  # takes what gray gives, or anything else of one channel
      node("Mul", ["gray", "half"], ["halved"]), floats("half", [], [0.5]),
      value(11, "gray", FLOAT, ["N", 1, 8, 8]), value(12, "halved", FLOAT, ["N", 1, 8, 8]))
write("sums",
      node("Add", ["left", "right"], ["sum"]), value(11, "left", FLOAT, [1, 1, 8, 8]),
      value(11, "right", FLOAT, [1, 1, 8, 8]), value(12, "sum", FLOAT, [1, 1, 8, 8]))
# Two boxes that overlap by more than half, one apart; as many scores for two classes.
corners = [1, 1, 5, 5, 1, 1, 5, 6, 6, 6, 8, 8]
write("boxes",
      node("Identity", ["b"], ["boxes"]), node("Identity", ["s"], ["scores"]), image,
      floats("b", [1, 3, 4], corners), floats("s", [1, 3, 2], [0.9, 0.1, 0.6, 0.2, 0.1, 0.8]),
      value(12, "boxes", FLOAT, [1, 3, 4]), value(12, "scores", FLOAT, [1, 3, 2]))
write("boxes_classed",
      node("Identity", ["b"], ["boxes"]), node("Identity", ["s"], ["scores"]), node("Identity", ["c"], ["labels"]),
      image, floats("b", [3, 4], corners), floats("s", [3], [0.9, 0.6, 0.8]),
      constant("c", INT64, struct.pack("<3q", 0, 0, 1), [3]),
      value(12, "boxes", FLOAT, ["N", 4]), value(12, "scores", FLOAT, ["N"]), value(12, "labels", INT64, ["N"]))
centres = [3, 3, 4, 4, 3, 3.5, 4, 5, 7, 7, 2, 2]
rows = [centres[i * 4:i * 4 + 4] for i in range(3)]
write("yolov5",
      node("Identity", ["all"], ["output0"]), image,
      floats("all", [1, 3, 7], rows[0] + [1, 0.9, 0.1] + rows[1] + [1, 0.6, 0.2] + rows[2] + [0.8, 0.1, 1]),
      value(12, "output0", FLOAT, [1, 3, 7]))
columns = [list(c) for c in zip(*[rows[0] + [0.9, 0.1], rows[1] + [0.6, 0.2], rows[2] + [0.1, 0.8]])]
write("yolov8",
      node("Identity", ["all"], ["output0"]), image, floats("all", [1, 6, 3], sum(columns, [])),
      value(12, "output0", FLOAT, [1, 6, 3]))
# A block of 2×2×2 within 4×4×4, and a depth map.
write("cube",
      node("Identity", ["c"], ["occupancy"]), image,
      floats("c", [1, 1, 4, 4, 4], [1.0 if {x, y, z} <= {1, 2} else 0.0 for z in range(4) for y in range(4) for x in range(4)]),
      value(12, "occupancy", FLOAT, [1, 1, 4, 4, 4]))
write("halfs",  # answers in a type that no stage takes
      node("Cast", ["image"], ["small"], integer("to", 10)), image, value(12, "small", 10, ["N", 3, 8, 8]))

# What cannot be loaded, or cannot be run.
write("operator_unknown", node("Shine", ["image"], ["scores"]), image, scores)
write("operator_foreign", node("Shine", ["image"], ["scores"], data(7, "org.example")), image, scores,
      sets=operators("", 13) + operators("org.example", 1))
means = node("ReduceMean", ["image"], ["scores"], ints("axes", [2, 3]), integer("keepdims", 0))
write("operators_of_tomorrow", means, image, scores, sets=operators("", 99))
write("format_of_tomorrow", means, image, scores, ir=99)
write("weights_elsewhere",  # in a file that is not there
      node("Mul", ["image", "weights"], ["same"]), image, value(12, "same", FLOAT, ["N", 3, 8, 8]),
      data(5, number(1, 1) + number(2, FLOAT) + data(8, "weights") + data(13, data(1, "location") + data(2, "model.onnx.data"))
           + number(14, 1)))
# Sides that are open in words but not in deed, and an input that a package cannot give.
write("open_sides",
      node("Reshape", ["image", "sides"], ["square"]), node("ReduceMean", ["square"], ["scores"], ints("axes", [2, 3]), integer("keepdims", 0)),
      constant("sides", INT64, struct.pack("<4q", 1, 3, 8, 8), [4]),
      value(11, "image", FLOAT, ["N", 3, "H", "W"]), scores)
write("wants_a_size",
      node("ReduceMean", ["image"], ["means"], ints("axes", [2, 3]), integer("keepdims", 0)),
      node("Cast", ["size"], ["length"], integer("to", FLOAT)), node("Mul", ["means", "length"], ["scores"]),
      value(11, "image", FLOAT, ["N", 3, "H", "W"]), value(11, "size", INT64, ["S"]), scores)

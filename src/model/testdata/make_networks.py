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


def constant(name, element_type, raw):
    return data(5, number(2, element_type) + data(8, name) + data(9, raw))


def write(name, *graph):
    model = number(1, 8) + data(2, "darkroom") + data(7, b"".join(graph) + data(2, name)) + data(8, data(1, "") + number(2, 13))
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

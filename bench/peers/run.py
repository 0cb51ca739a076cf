"""Runs the cases of bench/cases.json through mixc and through its peers, in turn, in one process.

    ./dev bench peers [--cases REGEX] [--peers REGEX] [--threads T] [--rounds R] [--write]

mixc runs as a bundle of `mixc compile`, on the same inputs as the peers. Every output is compared with float64 on sampled
rows; what is wrong or cannot be expressed is listed with the reason and not ranked. In each round every contender
gets an untimed call, which warms the caches, then a sample of the f32 peak (of a plain read of K and V where bytes are what
counts), the timed call, and a second sample. `--write` puts a file into bench/results/ and its table into bench/README.md.
"""

import argparse
import ctypes
import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
TOLERANCE = {"f32": 5e-4, "f16": 1e-2, "bf16": 4e-2}  # of the largest value
IDLE = 0.015  # seconds after which the threads of OpenMP no longer spin


class Absent(Exception):
    """A contender that is not there, or cannot express the case."""


def load_host():
    host = ctypes.CDLL(str(BUILD / "lib" / "libMixcBenchPeers.so"))
    host.bench_pool.restype = ctypes.c_void_p
    host.bench_arithmetic.restype = host.bench_read.restype = ctypes.c_double
    host.bench_read.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint]
    return host


class Attention:
    """An entry of the table, with its inputs and what the result has to be."""

    kind = "attention"

    def __init__(self, entry):
        self.entry, self.name, self.dtype = entry, entry["name"], entry["dtype"]
        dims, work = entry["dims"], entry["work"]
        self.B, self.H, self.N, self.M, self.D = (dims[x] for x in "BHNMD")
        self.G = dims.get("G", self.H)
        self.mask, self.score = work.get("mask"), work.get("score")
        self.weights, self.size, self.cap = work.get("weights", "softmax"), work.get("size"), work.get("cap")
        pairs = int(self.allowed(np.arange(self.N)).sum())
        self.flops = 4.0 * self.B * self.H * self.D * pairs
        draw = np.random.default_rng(7).standard_normal
        self.arrays = {
            "q": draw((self.B, self.H, self.N, self.D), np.float32),
            "k": draw((self.B, self.G, self.M, self.D), np.float32),
            "v": draw((self.B, self.G, self.M, self.D), np.float32),
        }
        if self.score == "alibi":
            self.arrays["slope"] = (2.0 ** (-8 * np.arange(1, self.H + 1) / self.H)).astype(np.float32)
        if self.score == "bias":
            self.arrays["bias"] = draw((self.H, self.N, self.M), np.float32)
        if self.dtype != "f32":
            kind = self.storage()
            self.arrays = {x: a.astype(kind) if x in "qkv" else a for x, a in self.arrays.items()}
        self.bytes = self.arrays["k"].nbytes + self.arrays["v"].nbytes

    def storage(self):
        if self.dtype == "bf16":
            import ml_dtypes

            return np.dtype(ml_dtypes.bfloat16)
        return np.dtype({"f32": np.float32, "f16": np.float16}[self.dtype])

    def allowed(self, rows):
        i, j = np.asarray(rows)[:, None], np.arange(self.M)[None]
        if self.mask == "causal":
            return j <= i
        if self.mask == "window":
            return (j <= i) & (j > i - self.size)
        if self.mask == "documents":
            return i // self.size == j // self.size
        return np.ones((len(rows), self.M), bool)

    def error(self, out):
        """The largest error on sampled rows, relative to the largest value there."""
        rows = np.unique(np.linspace(0, self.N - 1, 12).astype(int))
        worst = largest = 0.0
        for b, h in {(0, 0), (self.B - 1, self.H - 1)}:
            g = h // (self.H // self.G)
            q, k, v = (a.astype(np.float64) for x, a in zip("qkv", (self.arrays["q"][b, h, rows], self.arrays["k"][b, g], self.arrays["v"][b, g])))
            s = q @ k.T / math.sqrt(self.D)
            if self.score == "alibi":
                s -= self.arrays["slope"][h] * np.abs(rows[:, None] - np.arange(self.M))
            if self.score == "softcap":
                s = self.cap * np.tanh(s / self.cap)
            if self.score == "bias":
                s += self.arrays["bias"][h, rows]
            if self.weights == "sigmoid":
                p = 1 / (1 + np.exp(math.log(self.M) - s))
            else:
                s = np.where(self.allowed(rows), s, -np.inf)
                p = np.exp(s - s.max(-1, keepdims=True))
                p /= p.sum(-1, keepdims=True)
            want = p @ v
            worst = max(worst, float(np.abs(np.asarray(out)[b, h, rows].astype(np.float64) - want).max()))
            largest = max(largest, float(np.abs(want).max()))
        return worst / largest


class Layer:
    """A linear layer: y[b,n,f] = sum[d](x[b,n,d] * w[f,d])."""

    kind = "layer"
    storage = Attention.storage

    def __init__(self, entry):
        self.entry, self.name, self.dtype = entry, entry["name"], entry["dtype"]
        B, N, D, F = (entry["dims"][x] for x in "BNDF")
        self.flops = 2.0 * B * N * D * F
        draw = np.random.default_rng(7).standard_normal
        self.arrays = {"x": draw((B, N, D), np.float32), "w": draw((F, D), np.float32)}
        self.bytes = sum(a.nbytes for a in self.arrays.values())

    def error(self, out):
        """The largest error on sampled rows, relative to the largest value there."""
        rows = np.unique(np.linspace(0, self.arrays["x"].shape[1] - 1, 12).astype(int))
        want = self.arrays["x"][0, rows].astype(np.float64) @ self.arrays["w"].T.astype(np.float64)
        return float(np.abs(np.asarray(out)[0, rows] - want).max() / np.abs(want).max())


def case_of(entry):
    return {"attention": Attention, "layer": Layer}[entry["work"].get("kind", "attention")](entry)


# Contenders: a function from a case to (call, view of the last result, for attention as
# [B, H, N, D]).


def mixc(case, threads, host):
    entry, folder = case.entry, BUILD / "bench-bundles" / case.name
    command = [str(BUILD / "bin" / "mixc"), "compile", str(ROOT / entry["spec"]), "-o", str(folder), "--dtype", case.dtype]
    command += ["--static", ",".join(entry["static"]), "--dim", ",".join(f"{x}={n}" for x, n in entry["dims"].items())]
    command += [x for name, value in entry["params"].items() for x in ("--param", f"{name}={value}")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    manifest = json.loads(next(folder.glob("*.json")).read_text())
    name = manifest["mixer"]
    # A name of its own for each process: a library that is loaded cannot be replaced.
    shared = folder / f"{name}.{os.getpid()}.so"
    subprocess.run(["cc", "-shared", "-o", str(shared), str(folder / f"{name}.o"), "-lm"], check=True)
    library = ctypes.CDLL(str(shared))
    shared.unlink()

    def tensor(description):
        rank, fields = len(description["shape"]), [("data", ctypes.c_void_p)]
        if rank:
            fields += [("shape", ctypes.c_int64 * rank), ("strides", ctypes.c_int64 * rank)]
        return type("Tensor", (ctypes.Structure,), {"_fields_": fields})

    tensors = manifest["arguments"] + manifest["outputs"]
    fields = [(x["field"], ctypes.c_int64) for x in manifest["extents"]] + [(t["field"], tensor(t)) for t in tensors]
    args = type("Args", (ctypes.Structure,), {"_fields_": fields})()
    for extent in manifest["extents"]:
        setattr(args, extent["field"], entry["dims"][extent["name"]])
    if getattr(library, f"{name}_dense")(ctypes.byref(args)):
        raise RuntimeError("the bundle refuses the extents")
    keep = {}
    for t in tensors:
        array = case.arrays.get(t["name"])
        if t in manifest["outputs"]:
            kind = case.storage() if t["element"] == case.dtype else np.dtype(np.float32)
            array = keep[t["name"]] = np.empty(list(getattr(args, t["field"]).shape), kind)
        elif array is not None and t["element"] == case.dtype != "f32":
            array = keep[t["name"]] = np.ascontiguousarray(array.astype(case.storage()))
        if array is not None:
            getattr(args, t["field"]).data = array.ctypes.data

    class Host(ctypes.Structure):
        _fields_ = [("context", ctypes.c_void_p), ("pieces", ctypes.c_int32)]
        _fields_ += [(x, ctypes.c_void_p) for x in ("parallel_for", "allocate", "release")]

    address = ctypes.cast(host.bench_parallel_for, ctypes.c_void_p).value
    lent = Host(host.pool, 8 * threads, address, None, None)
    size = getattr(library, f"{name}_workspace_size")
    size.restype = ctypes.c_int64
    bytes = size(ctypes.byref(args), ctypes.byref(lent))
    if bytes < 0:
        raise RuntimeError(f"the bundle reports error {-bytes}")
    workspace = np.empty(bytes + 64, np.uint8)
    start = ctypes.c_void_p(-(-workspace.ctypes.data // 64) * 64)
    launch, pointers = getattr(library, f"{name}_launch"), (ctypes.byref(args), start, ctypes.byref(lent))

    def call():
        # The default arguments keep alive what the pointers lead to.
        if launch(*pointers):
            raise RuntimeError("the bundle reports an error")

    call.keep = (keep, workspace, args, lent)
    return call, lambda: keep[manifest["outputs"][0]["name"]].astype(np.float32)


def torch_inputs(case, threads):
    try:
        import torch
    except ImportError as error:
        raise Absent(f"not installed: {error}")
    torch.set_num_threads(threads)
    kinds = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
    tensors = {}
    for name, array in case.arrays.items():
        tensor = torch.from_numpy(array.astype(np.float32))
        tensors[name] = tensor.to(kinds[case.dtype]) if name in "qkvxw" else tensor
    return torch, tensors


def called(function):
    """A call that remembers its result, and the view of it."""
    last = []

    def call():
        last[:] = [function()]

    return call, lambda: last[0]


def linear(case, threads, host):
    """PyTorch's linear layer."""
    if case.kind != "layer":
        raise Absent("not expressible")
    torch, t = torch_inputs(case, threads)
    call, last = called(lambda: torch.nn.functional.linear(t["x"], t["w"]))
    return call, lambda: last().float().numpy()


def sdpa(case, threads, host):
    if case.kind != "attention":
        raise Absent("not expressible")
    if case.weights != "softmax" or case.score == "softcap":
        raise Absent("not expressible")
    torch, t = torch_inputs(case, threads)
    attend, q, k, v, shape = torch.nn.functional.scaled_dot_product_attention, t["q"], t["k"], t["v"], t["q"].shape
    if case.mask == "documents":  # one call, each document a batch of its own
        q, k, v = (x.reshape(case.B * case.H, -1, case.size, case.D) for x in (q, k, v))
        call, last = called(lambda: attend(q, k, v))
    elif case.G != case.H:  # the heads of a group as rows: faster than enable_gqa
        q = q.reshape(case.B, case.G, case.H // case.G, case.D)
        call, last = called(lambda: attend(q, k, v))
    elif case.mask == "causal" and not case.score:
        call, last = called(lambda: attend(q, k, v, is_causal=True))
    else:
        bias = None
        if case.mask or case.score:
            bias = torch.from_numpy(dense_bias(case)).to(q.dtype)
        call, last = called(lambda: attend(q, k, v, attn_mask=bias))
    return call, lambda: last().reshape(shape).float().numpy()


def dense_bias(case):
    """Mask and score as one tensor that is added, for those that know nothing better."""
    rows = np.arange(case.N)
    bias = np.zeros((1, 1, case.N, case.M), np.float32)
    if case.score == "alibi":
        bias = -case.arrays["slope"][None, :, None, None] * np.abs(rows[:, None] - np.arange(case.M))
    if case.score == "bias":
        bias = case.arrays["bias"][None]
    return np.where(case.allowed(rows)[None, None], bias, -np.inf).astype(np.float32)


def flex(case, threads, host):
    if case.kind != "attention" or case.weights != "softmax":
        raise Absent("not expressible")
    torch, t = torch_inputs(case, threads)
    from torch.nn.attention.flex_attention import create_block_mask, flex_attention

    slope, bias, cap, size = t.get("slope"), t.get("bias"), case.cap, case.size
    edits = {
        "alibi": lambda s, b, h, i, j: s - slope[h] * (i - j).abs(),
        "softcap": lambda s, b, h, i, j: cap * torch.tanh(s / cap),
        "bias": lambda s, b, h, i, j: s + bias[h, i, j],
    }
    masks = {
        "causal": lambda b, h, i, j: j <= i,
        "window": lambda b, h, i, j: (j <= i) & (j > i - size),
        "documents": lambda b, h, i, j: i // size == j // size,
    }
    blocks = create_block_mask(masks[case.mask], None, None, case.N, case.M, device="cpu") if case.mask else None
    torch._dynamo.reset()
    attend, edit = torch.compile(flex_attention, dynamic=False), edits.get(case.score)
    grouped = case.G != case.H
    call, last = called(lambda: attend(t["q"], t["k"], t["v"], score_mod=edit, block_mask=blocks, enable_gqa=grouped))
    return call, lambda: last().float().numpy()


def onnx(case, threads, build):
    """Runs the graph that `build` makes: (nodes, inputs by name, opset domains)."""
    if case.dtype == "bf16":
        raise Absent("no bfloat16 on the CPU")
    try:
        import onnx as format
        import onnxruntime
    except ImportError as error:
        raise Absent(f"not installed: {error}")
    nodes, inputs, domains = build(format.helper)
    kind = {"f32": format.TensorProto.FLOAT, "f16": format.TensorProto.FLOAT16}[case.dtype]
    values = [format.helper.make_tensor_value_info(x, kind, a.shape) for x, a in inputs.items()]
    out = format.helper.make_tensor_value_info("o", kind, None)
    model = format.helper.make_model(
        format.helper.make_graph(nodes, "case", values, [out]),
        opset_imports=[format.helper.make_opsetid(d, n) for d, n in domains],
        ir_version=10,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    binding = session.io_binding()
    for name, array in inputs.items():
        binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(array))
    binding.bind_output("o", "cpu")
    return lambda: session.run_with_iobinding(binding), lambda: binding.copy_outputs_to_cpu()[0].astype(np.float32)


def ort(case, threads, host):
    """The operator Attention of ONNX; matrix products where the weights are not a softmax, and for layers."""

    def build(helper):
        if case.kind == "layer":
            inputs = {"x": case.arrays["x"], "w": np.ascontiguousarray(case.arrays["w"].T)}
            return [helper.make_node("MatMul", ["x", "w"], ["o"])], inputs, [("", 21)]
        inputs = {x: case.arrays[x] for x in "qkv"}
        if case.weights == "sigmoid":
            constant = lambda name, value: helper.make_node("Constant", [], [name], value_float=value)
            nodes = [
                constant("scale", case.D**-0.5),
                constant("shift", -math.log(case.M)),
                helper.make_node("Transpose", ["k"], ["kt"], perm=[0, 1, 3, 2]),
                helper.make_node("MatMul", ["q", "kt"], ["s"]),
                helper.make_node("Mul", ["s", "scale"], ["scaled"]),
                helper.make_node("Add", ["scaled", "shift"], ["shifted"]),
                helper.make_node("Sigmoid", ["shifted"], ["p"]),
                helper.make_node("MatMul", ["p", "v"], ["o"]),
            ]
            return nodes, inputs, [("", 21)]
        causal = case.mask == "causal" and not case.score
        attributes = {"is_causal": int(causal)} | ({"softcap": float(case.cap)} if case.cap else {})
        if not causal and (case.mask or case.score in ("alibi", "bias")):
            inputs["bias"] = dense_bias(case).astype(case.storage())
        return [helper.make_node("Attention", list(inputs), ["o"], **attributes)], inputs, [("", 24)]

    return onnx(case, threads, build)


def ort_mha(case, threads, host):
    """ONNX Runtime's own MultiHeadAttention, its inputs in its own order of axes."""
    if case.kind != "attention" or case.mask or case.score or case.weights != "softmax" or case.G != case.H:
        raise Absent("not expressible, or slower than as Attention")

    def build(helper):
        inputs = {x: np.ascontiguousarray(case.arrays[x].transpose(0, 2, 1, 3)).reshape(case.B, -1, case.H * case.D) for x in "qkv"}
        node = helper.make_node("MultiHeadAttention", ["q", "k", "v"], ["o"], domain="com.microsoft", num_heads=case.H)
        return [node], inputs, [("", 21), ("com.microsoft", 1)]

    call, last = onnx(case, threads, build)
    return call, lambda: last().reshape(case.B, case.N, case.H, case.D).transpose(0, 2, 1, 3)


CONTENDERS = {"mixc": mixc, "sdpa": sdpa, "flex": flex, "ort": ort, "ort-mha": ort_mha, "linear": linear}


def measure(case, names, threads, rounds, host):
    """The report of a case."""
    results, live = {}, {}
    for name in names:
        try:
            call, view = CONTENDERS[name](case, threads, host)
            call()
            error = case.error(view())
            if not error <= TOLERANCE[case.dtype]:
                results[name] = {"status": "wrong", "why": f"error {error:.1e} of the largest value"}
                continue
            results[name] = {"status": "ok", "error": error}
            live[name] = call, [], []
        except Absent as why:
            results[name] = {"status": "absent", "why": str(why)}
        except Exception as error:  # a peer may fail in any way; the others are still measured
            results[name] = {"status": "failed", "why": f"{type(error).__name__}: {error}".split("\n")[0][:200]}
    bytes_count = case.entry["measure"] == "bytes"
    # K and V behind each other: what a plain read of the same memory takes.
    memory = np.zeros(case.bytes + 64, np.uint8)
    memory[:] = 1
    start = -(-memory.ctypes.data // 64) * 64

    def sample():
        return host.bench_read(start, case.bytes, threads) if bytes_count else host.bench_arithmetic(threads)

    for _ in range(rounds):
        for call, times, peaks in live.values():
            time.sleep(IDLE)
            before = sample()
            call()
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
            time.sleep(IDLE)
            peaks.append(max(before, sample()))
    amount = case.bytes if bytes_count else case.flops
    samples = [x for _, _, peaks in live.values() for x in peaks]
    # One peak for all, so that fractions compare as times do.
    peak, peak_best = (statistics.median(samples), max(samples)) if samples else (None, None)
    for name, (_, times, peaks) in live.items():
        median, best = statistics.median(times), min(times)
        results[name] |= {
            "median_s": median, "best_s": best, "runs": len(times), "peak_around": statistics.median(peaks),
            "disturbed": statistics.median(peaks) < 0.9 * peak_best,
            "fraction": amount / median / peak, "fraction_best": amount / best / peak_best,
        }  # fmt: skip
    return {"case": case.name, "measure": case.entry["measure"], "flops": case.flops, "bytes": case.bytes, "peak": peak, "peak_best": peak_best, "contenders": results}


def ratio(report):
    """(the fastest peer, its median over that of mixc), or None."""
    timed = {x: r["median_s"] for x, r in report["contenders"].items() if r["status"] == "ok"}
    peers = {x: t for x, t in timed.items() if x != "mixc"}
    if "mixc" not in timed or not peers:
        return None
    best = min(peers, key=peers.get)
    return best, peers[best] / timed["mixc"]


def table(reports, names):
    lines = ["| case | " + " | ".join(names) + " | peak | best peer / mixc |", "|---|" + "---:|" * (len(names) + 2)]
    for report in reports:
        cells = []
        for name in names:
            result = report["contenders"].get(name, {"status": "absent"})
            ok = result["status"] == "ok"
            mark = "*" if result.get("disturbed") else ""
            cells.append(f"{result['fraction']:.2f} ({result['fraction_best']:.2f}){mark}" if ok else "-" if result["status"] == "absent" else result["status"])
        unit = "GB/s" if report["measure"] == "bytes" else "GFLOP/s"
        peak = f"{report['peak'] / 1e9:.0f} {unit}" if report["peak"] else "-"
        found = ratio(report)
        cells += [peak, f"{found[1]:.2f} ({found[0]})" if found else "-"]
        lines.append(f"| {report['case']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    read = lambda key: (re.search(rf"^{key}\s*: (.*)$", info, re.M) or [None, "unknown"])[1]
    return {"model": read("model name"), "family": read("cpu family"), "model_number": read("model"), "cores": len(os.sched_getaffinity(0)), "system": f"{platform.system()} {platform.machine()}"}


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def write(document, text):
    host = document["machine"]
    place = re.sub(r"[^a-z0-9]+", "-", host["model"].lower()).strip("-")
    path = ROOT / "bench" / "results" / f"{document['date']}-{place}-{host['family']}-{host['model_number']}.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    page = ROOT / "bench" / "README.md"
    begin, end = "<!-- results -->\n", "<!-- end of results -->"
    head, rest = page.read_text().split(begin)
    versions = ", ".join(f"{x} {v}" for x, v in document["versions"].items())
    about = (
        f"{document['date']}, {host['model']} (family {host['family']}, model {host['model_number']}), {host['cores']} cores, "
        f"{document['threads']} threads, {document['rounds']} rounds, load {document['load'][0]:.2f} before and {document['load'][1]:.2f} after; "
        f"mixc {document['commit']}; {versions}: [results/{path.name}](results/{path.name})\n\n"
    )
    page.write_text(head + begin + "\n" + about + text + "\n\n" + end + rest.split(end)[1])
    print(f"written: {path.relative_to(ROOT)}, bench/README.md")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="", help="a regular expression on names of cases")
    parser.add_argument("--peers", default="", help="a regular expression on names of peers: " + ", ".join(list(CONTENDERS)[1:]))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="write bench/results/ and the table of bench/README.md")
    options = parser.parse_args()
    entries = json.loads((ROOT / "bench" / "cases.json").read_text())
    entries = [x for x in entries if re.search(options.cases, x["name"])]
    if not entries:
        parser.error(f"no case of bench/cases.json matches '{options.cases}'")
    names = [x for x in CONTENDERS if x == "mixc" or re.search(options.peers, x)]
    host = load_host()
    host.pool = host.bench_pool(options.threads)
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    document = {
        "date": datetime.date.today().isoformat(), "machine": machine(), "threads": options.threads, "rounds": options.rounds,
        "commit": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
        "versions": {x: version(x) for x in ("torch", "onnxruntime")}, "load": [os.getloadavg()[0]], "cases": [],
    }  # fmt: skip
    for entry in entries:
        report = measure(case_of(entry), names, options.threads, options.rounds, host)
        document["cases"].append(report)
        cells = [f"{x} {r['median_s'] * 1e3:.2f} ms ({r['fraction']:.2f})" if r["status"] == "ok" else f"{x}: {r['status']}, {r['why']}" for x, r in report["contenders"].items()]
        print(f"{entry['name']}: " + "; ".join(cells), file=sys.stderr, flush=True)
    document["load"].append(os.getloadavg()[0])
    text = table(document["cases"], names)
    print(text)
    if options.write:
        write(document, text)


if __name__ == "__main__":
    main()

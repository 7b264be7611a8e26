"""That Python opens what the command writes: weights by the format as documented, embeddings as
.npy. Ends with 77 where there is no NumPy.

    numpy_reads.py COMMAND SOURCE_FOLDER
"""
import json
import os
import struct
import subprocess
import sys
import tempfile

try:
    import numpy
except ImportError:
    print("SKIP: no python3-numpy here")
    sys.exit(77)

COMMAND, SOURCE = sys.argv[1:]
TYPES = {"F32": "<f4", "F16": "<f2", "I8": "i1", "I16": "<i2"}
INK = [{"strokes": [[[0, 0], [50, 3], [100, 0]]]}, {"strokes": [[[0, 0], [9, 9]], [[9, 0], [0, 9]]]}]


def run(*arguments):
    return subprocess.run([COMMAND, *arguments], check=True, capture_output=True).stdout


def read_safetensors(path):
    """As core/net/safetensors.h draws it."""
    with open(path, "rb") as file:
        bytes_ = file.read()
    (length,) = struct.unpack("<Q", bytes_[:8])
    header = json.loads(bytes_[8:8 + length])
    data = bytes_[8 + length:]
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            begin, end = about["data_offsets"]
            values = numpy.frombuffer(data[begin:end], TYPES[about["dtype"]])
            tensors[name] = values.reshape(about["shape"])
    return header["__metadata__"], tensors


def check_model(path):
    metadata, tensors = read_safetensors(path)
    info = json.loads(run("model", "info", "--json", path))
    assert metadata == info["metadata"]
    assert metadata["format"] == "oneglyph" and metadata["net"]
    learnt = 0
    for layer in info["layers"]:
        if "kernel" not in layer:
            continue
        weight, bias = (tensors[layer["name"] + part] for part in (".weight", ".bias"))
        assert list(weight.shape[:2]) == layer["kernel"]
        assert weight.shape[3:] == bias.shape == (layer["shape"][2],)
        assert numpy.isfinite(weight).all() and numpy.isfinite(bias).all()
        learnt += weight.size + bias.size
    assert learnt == info["parameters"]


def check_embeddings(model, folder):
    ink, npy = os.path.join(folder, "ink.jsonl"), os.path.join(folder, "ink.npy")
    with open(ink, "w") as file:
        file.writelines(json.dumps(drawing) + "\n" for drawing in INK)
    run("embed", "--model", model, "--format", "npy", "--out", npy, ink)
    lines = [json.loads(line)["embedding"] for line in run("embed", "--model", model, ink).splitlines()]
    array = numpy.load(npy, allow_pickle=False)
    assert array.dtype == numpy.dtype("<f4") and array.shape[0] == len(INK)
    assert (array == numpy.array(lines, "<f4")).all()
    assert numpy.allclose(numpy.linalg.norm(array, axis=1), 1, atol=1e-6)


glyph = os.path.join(SOURCE, "models", "glyph.safetensors")
with tempfile.TemporaryDirectory() as made:
    small = os.path.join(made, "int8.safetensors")
    run("model", "quantize", "--to", "int8", "--out", small, glyph)
    check_model(glyph)
    check_model(small)
    check_embeddings(glyph, made)

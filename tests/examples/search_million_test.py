"""That search_million.py finds drawings among a million embeddings: some hundred of drawings, the
rest noise around them, since a million drawings would take the net minutes. Ends with 77 where
there is no Faiss.

    search_million_test.py COMMAND SOURCE_FOLDER [HOW MANY]
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

try:
    import numpy
    import faiss
except ImportError as error:
    print(f"SKIP: no python3-{error.name} here")
    sys.exit(77)

COMMAND, SOURCE, COUNT = *sys.argv[1:3], int((sys.argv[3:] or ["1000000"])[0])
DRAWINGS, BLOCK, TRIES = 200, 50_000, 50


def curve(seed):
    """Some strokes that wander."""
    source = random.Random(seed)
    strokes = []
    for _ in range(source.randint(1, 4)):
        x, y = source.uniform(0, 100), source.uniform(0, 100)
        dx, dy = source.uniform(-9, 9), source.uniform(-9, 9)
        stroke = []
        for _ in range(source.randint(8, 20)):
            stroke.append([x, y])
            x, y = x + dx, y + dy
            dx, dy = dx + source.uniform(-4, 4), dy + source.uniform(-4, 4)
        strokes.append(stroke)
    return strokes


def drawn_again(strokes, seed):
    """The same by a less steady hand, elsewhere."""
    source = random.Random(seed)
    return [[[x + 40 + source.uniform(-1.5, 1.5), y + source.uniform(-1.5, 1.5)] for x, y in stroke]
            for stroke in strokes]


def embed(drawings, out):
    with open("drawings.jsonl", "w") as file:
        file.writelines(json.dumps({"strokes": strokes}) + "\n" for strokes in drawings)
    model = os.path.join(SOURCE, "models", "glyph.safetensors")
    subprocess.run([COMMAND, "embed", "--model", model, "--format", "npy", "--out", out,
                    "drawings.jsonl"], check=True)
    return numpy.load(out)


def write_crowd(own, path):
    """The drawings' rows at places of their own among COUNT, with noise near them in between."""
    crowd = numpy.lib.format.open_memmap(path, "w+", "float32", (COUNT, own.shape[1]))
    source = numpy.random.default_rng(2)
    for first in range(0, COUNT, BLOCK):
        some = own[source.integers(0, len(own), min(BLOCK, COUNT - first))]
        some = some + source.standard_normal(some.shape, "float32") * numpy.float32(0.12)
        crowd[first:first + len(some)] = some / numpy.linalg.norm(some, axis=1, keepdims=True)
    places = source.choice(COUNT, len(own), replace=False)
    crowd[places] = own
    crowd.flush()
    return places


def nearest(path, queries):
    """The truth, block by block."""
    crowd = numpy.load(path, mmap_mode="r")
    best = numpy.full(len(queries), -2, "float32")
    row = numpy.zeros(len(queries), int)
    for first in range(0, COUNT, BLOCK):
        cosines = crowd[first:first + BLOCK] @ queries.T
        at = cosines.argmax(axis=0)
        value = cosines[at, numpy.arange(len(queries))]
        row[value > best] = first + at[value > best]
        best = numpy.maximum(best, value)
    return row, best


def main():
    sys.path.insert(0, os.path.join(SOURCE, "tests", "examples"))
    import search_million

    curves = [curve(seed) for seed in range(DRAWINGS)]
    own = embed(curves, "own.npy")
    queries = embed([drawn_again(strokes, i) for i, strokes in enumerate(curves)], "query.npy")
    places = write_crowd(own, "all.npy")
    begun = time.monotonic()
    program = os.path.join(SOURCE, "tests", "examples", "search_million.py")
    subprocess.run([sys.executable, program, "build", "all.npy", "all.index"], check=True)
    built = time.monotonic() - begun
    said = subprocess.run([sys.executable, program, "search", "all.npy", "all.index", "query.npy"],
                          check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(said) == DRAWINGS, said

    search = search_million.Search("all.npy", "all.index")
    faiss.omp_set_num_threads(1)
    begun = time.monotonic()
    found = [search(query) for query in queries[:TRIES]]
    each = (time.monotonic() - begun) / TRIES
    rows, cosines = nearest("all.npy", queries[:TRIES])
    same = sum(answer[0][0] == row for answer, row in zip(found, rows))
    right = sum(answer[0][0] == place for answer, place in zip(found, places))
    size = os.path.getsize("all.index") / COUNT
    print(f"{COUNT} embeddings: built in {built:.0f} s, {size:.0f} bytes each, {1e3 * each:.2f} ms a "
          f"query on one thread; the nearest of all in {same} of {TRIES}, the own drawing in {right}")
    assert same >= 0.95 * TRIES, same
    for answer, row, cosine in zip(found, rows, cosines):
        assert answer[0][0] != row or abs(answer[0][1] - cosine) < 1e-5
    for line, answer in zip(said, found):
        assert line == " ".join(f"{row}:{cosine:.4f}" for row, cosine in answer), line


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        main()
    finally:
        os.chdir("/")

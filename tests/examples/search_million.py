#!/usr/bin/python3
"""Nearest examples among more than fit into memory: embeddings as .npy, searched with Faiss
(Debian: python3-faiss).

    oneglyph embed --model glyph.safetensors --format npy --out all.npy all.jsonl
    search_million.py build all.npy all.index
    oneglyph embed --model glyph.safetensors --format npy --out query.npy query.png
    search_million.py search all.npy all.index query.npy

`search` prints, for each query, rows of all.npy and their cosines, the nearest first. The index
keeps a byte a number, in lists of which a search reads a few; both files stay on the disk and are
mapped, so memory holds what was touched last. The best candidates are compared once more by the
numbers in the .npy, so that cosines are exact.
"""
import sys

import faiss
import numpy

LISTS, READ = 128, 8  # lists in the index; of which a search reads so many
SAMPLE, BLOCK = 10_000, 50_000  # rows that the lists are fitted to; rows added at once
CANDIDATES, SHOWN = 50, 5


def build(embeddings, index_file):
    rows = numpy.load(embeddings, mmap_mode="r")
    index = faiss.index_factory(rows.shape[1], f"IVF{LISTS},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = numpy.random.default_rng(1).choice(len(rows), min(SAMPLE, len(rows)), replace=False)
    index.train(numpy.ascontiguousarray(rows[numpy.sort(sample)]))
    for first in range(0, len(rows), BLOCK):
        index.add(numpy.ascontiguousarray(rows[first:first + BLOCK]))
    faiss.write_index(index, index_file)


class Search:
    def __init__(self, embeddings, index_file):
        self.rows = numpy.load(embeddings, mmap_mode="r")
        self.index = faiss.read_index(index_file, faiss.IO_FLAG_MMAP)
        self.index.nprobe = READ

    def __call__(self, query):
        """[(row, cosine)] of a query, the nearest first."""
        _, found = self.index.search(query[None], CANDIDATES)
        found = found[0][found[0] >= 0]
        cosines = self.rows[found] @ query
        order = numpy.argsort(-cosines)[:SHOWN]
        return [(int(found[i]), float(cosines[i])) for i in order]


def main(task=None, *files):
    if task == "build" and len(files) == 2:
        build(*files)
    elif task == "search" and len(files) == 3:
        search = Search(*files[:2])
        for query in numpy.load(files[2]):
            print(" ".join(f"{row}:{cosine:.4f}" for row, cosine in search(query)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])

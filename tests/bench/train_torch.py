"""Training steps of the recipe's net in PyTorch, timed like ours.c: the same layers, loss and
optimiser, on made-up drawings, channels last.

    train_torch.py RECIPE THREADS f32|bf16

For each number N read, runs N steps and prints the milliseconds of each. `versions` in place of the
recipe prints what there is.
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

PAIRS = 64


class Net(nn.Module):
    """The layer list of core/net/net.h."""

    def __init__(self, lines):
        super().__init__()
        self.steps, self.parts = [], nn.ModuleDict()
        channels, sides = {}, {}
        for line in lines:
            name, _, op, *words = line.split()
            if op == "input":
                channels[name], sides[name] = int(words[2]), int(words[0])
                self.first = name
                self.side = sides[name]
                continue
            source = words[0]
            channels[name], sides[name] = channels[source], sides[source]
            if op in ("conv", "fc"):
                channels[name] = int(words[1])
                kernel = sides[source] if op == "fc" else int(words[2].split("x")[0])
                same = "same" in words
                normed = "bn" in words
                conv = nn.Conv2d(channels[source], channels[name], kernel,
                                 padding=kernel // 2 if same else 0, bias=not normed)
                self.parts[name] = nn.Sequential(conv, nn.BatchNorm2d(channels[name])) if normed else conv
                sides[name] = sides[source] if same else sides[source] - kernel + 1
            elif op == "maxpool":
                sides[name] = sides[source] // int(words[1])
            self.steps.append((name, op, source, words))
        self.scale = nn.Parameter(torch.tensor(2.77))

    def forward(self, x):
        values = {self.first: x}
        for name, op, source, words in self.steps:
            y = values[source]
            if op == "maxpool":
                y = F.max_pool2d(y, int(words[1]))
            elif op == "l2norm":
                y = F.normalize(y.flatten(1))
            else:
                y = self.parts[name](y)
                for word in words:
                    if word.startswith("add="):
                        y = y + values[word[4:]]
                if "relu" in words:
                    y = F.relu(y)
            values[name] = y
        return values[self.steps[-1][0]]


def main():
    if sys.argv[1] == "versions":
        print(torch.__version__)
        return
    with open(sys.argv[1]) as file:
        recipe = json.load(file)
    torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(1)
    net = Net(recipe["net"]).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=recipe["learning_rate"],
                                  weight_decay=recipe["weight_decay"])
    half = sys.argv[3] == "bf16"
    images = torch.rand(2 * PAIRS, 1, net.side, net.side).to(memory_format=torch.channels_last)
    own = torch.arange(PAIRS)

    def step():
        optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
            embeddings = net(images)
        embeddings = embeddings.float()
        logits = net.scale.exp() * embeddings[0::2] @ embeddings[1::2].t()
        loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.t(), own)) / 2
        loss.backward()
        optimiser.step()
        return loss.item()

    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append(1e3 * (time.perf_counter() - start))
        print(" ".join(f"{t:.6f}" for t in times), flush=True)


main()

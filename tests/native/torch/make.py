"""Makes net.safetensors: the net of net.json in PyTorch with random weights and statistics, one
input, and what PyTorch computes of it (check.input, check.output). Needs python3-torch; the tests
need only the file.

    make.py > net.safetensors
"""
import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.Conv2d(1, 4, 3, padding="same", bias=False), nn.BatchNorm2d(4))
        self.s = nn.Conv2d(4, 6, 1)
        self.b = nn.Conv2d(4, 6, 3, padding="same")
        self.b.bn = nn.BatchNorm2d(6)
        self.v = nn.Conv2d(6, 5, 2)
        self.e = nn.Linear(5 * 2 * 2, 8)

    def forward(self, x):
        p = F.max_pool2d(self.a(x).relu(), 2)
        b = (self.b.bn(F.conv2d(p, self.b.weight, self.b.bias, padding=1)) + self.s(p)).relu()
        q = F.max_pool2d(torch.sigmoid(self.v(b)), 3)
        return F.normalize(self.e(q.flatten(1)))


def save(tensors, out):
    """The format of safetensors, without the package."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        bytes_ = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(bytes_)]}
        data += bytes_
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    out.write(struct.pack("<Q", len(text)) + text + data)


torch.manual_seed(1)
net = Net().eval()
with torch.no_grad():
    for name, tensor in net.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2)
        elif tensor.dtype == torch.float32:
            tensor.normal_(0, 0.5)
    x = torch.rand(1, 1, 16, 16)
    state = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    save({**state, "check.input": x[0, 0], "check.output": net(x)[0]}, sys.stdout.buffer)

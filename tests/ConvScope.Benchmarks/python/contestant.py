"""One side of a contest: trains or predicts with PyTorch what ConvScope trains or predicts, from the same description, weights, images and order.

    python3 contestant.py train FOLDER BATCH STEPS full,full-last
    python3 contestant.py predict FOLDER BATCH CALLS

FOLDER holds network.json, weights.pth, pixels.bin, labels.bin (64-bit) and order.bin (64-bit). It says "ready NAME", and then runs once for each line that it reads.
"""
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

KINDS = {
    "conv2d": lambda layer, channels: nn.Conv2d(channels, layer["outChannels"], layer["kernel"], layer["stride"], layer["padding"], groups=layer["groups"], bias=layer["bias"]),
    "batchnorm2d": lambda layer, channels: nn.BatchNorm2d(channels),
    "relu": lambda layer, channels: nn.ReLU(),
    "maxpool2d": lambda layer, channels: nn.MaxPool2d(layer["kernel"], layer["stride"] or layer["kernel"], layer["padding"], ceil_mode=layer["ceilMode"]),
    "adaptiveavgpool2d": lambda layer, channels: nn.AdaptiveAvgPool2d(layer["side"]),
    "flatten": lambda layer, channels: nn.Flatten(),
    "linear": lambda layer, channels: nn.Linear(channels, layer["outputs"]),
}


class Described(nn.Module):
    """A network of ConvScope's description, its layers by their names."""

    def __init__(self, description):
        super().__init__()
        shape = torch.zeros(1, *description["input"])
        outputs, self.steps, index = {}, [], {}
        for place, layer in enumerate(description["layers"]):
            source = layer.get("from")
            given = outputs[source] if source else shape
            if layer["type"] == "add":
                module, others = None, [index[name] for name in layer["with"]]
                shape = given
            else:
                module, others = KINDS[layer["type"]](layer, given.shape[1]), []
                self.register(layer["name"], module)
                module.eval()
                shape = module(given)
                module.train()
            self.steps.append((module, index[source] if source else -1, others))
            outputs[layer["name"]], index[layer["name"]] = shape, place
        self.kept = {other for _, source, others in self.steps for other in others + [source] if other >= 0}

    def register(self, name, module):
        *path, last = name.split(".")
        place = self
        for part in path:
            if part not in place._modules:
                place.add_module(part, nn.Module())
            place = place._modules[part]
        place.add_module(last, module)

    def forward(self, x):
        kept = {}
        for place, (module, source, others) in enumerate(self.steps):
            given = kept[source] if source >= 0 else x
            if module is None:
                x = given
                for other in others:
                    x = x + kept[other]
            else:
                x = module(given)
            if place in self.kept:
                kept[place] = x
        return x


def load(folder):
    description = json.load(open(os.path.join(folder, "network.json")))
    state = torch.load(os.path.join(folder, "weights.pth"))
    pixels = np.fromfile(os.path.join(folder, "pixels.bin"), np.uint8).reshape(-1, *description["input"])
    scale = description["normalization"]
    mean = torch.tensor(scale["mean"]).view(1, -1, 1, 1)
    deviation = torch.tensor(scale["standardDeviation"]).view(1, -1, 1, 1)
    images = (torch.from_numpy(pixels).float() * scale["scale"] - mean) / deviation  # once, and resident: PyTorch's best form
    labels = torch.from_numpy(np.fromfile(os.path.join(folder, "labels.bin"), np.int64))
    return description, state, images, labels


def train(folder, batch, steps, form):
    description, state, images, labels = load(folder)
    order = torch.from_numpy(np.fromfile(os.path.join(folder, "order.bin"), np.int64))
    layout = torch.channels_last if form.endswith("-last") else torch.contiguous_format
    mixed = form.startswith("mixed")
    images = images.contiguous(memory_format=layout)

    def run(count=steps):
        network = Described(description)
        network.load_state_dict(state)
        network = network.to(memory_format=layout).train()
        optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9)
        begin = time.perf_counter()
        total, right = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.int64)
        for step in range(count):
            rows = order[step * batch:(step + 1) * batch]
            x, y = images[rows], labels[rows]
            optimizer.zero_grad(set_to_none=True)
            if mixed:
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    outputs = network(x)
                outputs = outputs.float()
            else:
                outputs = network(x)
            loss = F.cross_entropy(outputs, y)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(y)
                right += (outputs.argmax(1) == y).sum()
        loss = (total / (count * batch)).item()
        right.item()
        return time.perf_counter() - begin, loss

    return run


def predict(folder, batch, calls):
    description, state, images, _ = load(folder)
    network = Described(description)
    network.load_state_dict(state)
    network.eval()
    batches = [images[i * batch:(i + 1) * batch].contiguous() for i in range(max(1, len(images) // batch))]

    def run(count=calls):
        with torch.inference_mode():
            begin = time.perf_counter()
            for call in range(count):
                scores = torch.softmax(network(batches[call % len(batches)]), 1)
            seconds = time.perf_counter() - begin
            return seconds, scores.double().square().sum(1).mean().item()

    return run


kind, folder, batch, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
name = ""
if kind == "train":
    runs = {form: train(folder, batch, count, form) for form in sys.argv[5].split(",")}
    tried = {form: min(run(max(3, count // 5))[0] for _ in range(2)) for form, run in runs.items()}
    name = min(tried, key=tried.get)
    run = runs[name]
else:
    run = predict(folder, batch, count)
    run(max(2, count // 10))
print("ready", name, flush=True)
for line in sys.stdin:
    seconds, check = run()
    print(json.dumps({"seconds": seconds, "check": check}), flush=True)

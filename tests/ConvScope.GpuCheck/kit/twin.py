"""PyTorch eager with the same networks, batches and data flow as the check 'speed': twin.py OUT.json [scale]"""
import json, sys, time
import torch
from torch import nn

SCALE = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(16, 120, 5), nn.ReLU(), nn.Flatten(), nn.Linear(120 * 2 * 2, 84), nn.ReLU(), nn.Linear(84, 10))


def small(width=16):
    layers, channels = [], 1
    for stage in range(3):
        out = width << stage
        layers += [nn.Conv2d(channels, out, 3, padding=1, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(out), nn.ReLU()]
        channels = out
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * 9, 10))


def conv(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.branch = nn.Sequential(conv(channels, channels), conv(channels, channels))

    def forward(self, x):
        return x + self.branch(x)


def stage(a, b, residual):
    layers = [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(b), nn.ReLU()]
    return nn.Sequential(*layers, *([Residual(b)] if residual else []))


def resnet9(width=64):
    return nn.Sequential(conv(3, width), stage(width, 2 * width, True), stage(2 * width, 4 * width, False),
                         stage(4 * width, 8 * width, True), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(8 * width, 10))


def train(make, channels, side, batch, count, last, bf16):
    torch.manual_seed(1)
    images = torch.randint(0, 256, (count, channels, side, side), dtype=torch.uint8, device=DEVICE)
    labels = torch.randint(0, 10, (count,), device=DEVICE)
    model = make().to(DEVICE)
    if last:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
    rates = []
    for _ in range(3):
        begin = time.perf_counter()
        order = torch.randperm(count, device="cpu").to(DEVICE)
        total = torch.zeros(1, dtype=torch.float64, device=DEVICE)
        confusion = torch.zeros(100, dtype=torch.int64, device=DEVICE)
        model.train()
        for start in range(0, count, batch):
            rows = order[start:start + batch]
            x, y = images.index_select(0, rows), labels.index_select(0, rows)
            x = x.float().mul(1 / 64).sub(2)
            if last:
                x = x.contiguous(memory_format=torch.channels_last)
            optimizer.zero_grad()
            with torch.autocast(DEVICE, torch.bfloat16, enabled=bf16):
                outputs = model(x)
            loss = nn.functional.cross_entropy(outputs.float(), y)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(y)
            confusion.index_add_(0, y * 10 + outputs.argmax(1), torch.ones_like(y))
        total.item()
        confusion.cpu()
        rates.append(count / (time.perf_counter() - begin))
    return max(rates[1:])


TRAININGS = [("LeNet-5", lenet, 1, 28, 64, 30000), ("LeNet-5", lenet, 1, 28, 512, 60000),
             ("SmallNet", small, 1, 28, 128, 60000), ("ResNet-9", resnet9, 3, 32, 512, 15360)]
FORMATS = [("float32", False, False), ("float32 channels last", True, False), ("bf16", False, True), ("bf16 channels last", True, True)]
results = []
for name, make, channels, side, batch, images in TRAININGS:
    for label, last, bf16 in FORMATS:
        rate = train(make, channels, side, batch, max(batch, int(images * SCALE)), last, bf16)
        results.append({"network": name, "batch": batch, "format": label, "imagesPerSecond": rate})
        print(json.dumps(results[-1]), flush=True)
with open(sys.argv[1], "w") as file:
    where = torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu"
    json.dump({"torch": torch.__version__, "device": where, "results": results}, file, indent=1)

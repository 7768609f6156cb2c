"""What `convscope inspect` does, with torch and matplotlib: statistics of every parameter, a mosaic of every convolution at 64 x 64 kernels.

    python3 inspect_checkpoint.py vgg16.pth out
"""
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch

path, out = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
state = torch.load(path, map_location="cpu")
for name, tensor in state.items():
    values = tensor.numpy().ravel()
    row = [values.mean(dtype=np.float64), values.std(dtype=np.float64), values.min(), values.max(), np.linalg.norm(values)]
    row += list(np.percentile(values, [1, 5, 25, 50, 75, 95, 99]))
    print(name, tuple(tensor.shape), " ".join(f"{value:.6g}" for value in row))
    if tensor.dim() == 4:
        kernels = tensor.numpy()
        filters = np.sort(np.argsort(-np.square(kernels).sum((1, 2, 3)))[:64])
        channels = np.sort(np.argsort(-np.square(kernels).sum((0, 2, 3)))[:64])
        shown = kernels[np.ix_(filters, channels)]
        rows, columns, height, width = shown.shape
        grid = np.full((columns * (height + 1) + 1, rows * (width + 1) + 1), np.nan, np.float32)
        for i in range(columns):
            for j in range(rows):
                grid[i * (height + 1) + 1:(i + 1) * (height + 1), j * (width + 1) + 1:(j + 1) * (width + 1)] = shown[j, i]
        limit = np.percentile(np.abs(values), 99.5)
        figure = plt.figure(figsize=(18, 18), dpi=100)
        plt.imshow(grid, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
        plt.colorbar()
        plt.title(f"{name} {tuple(tensor.shape)}")
        figure.savefig(os.path.join(out, name + ".png"))
        plt.close(figure)

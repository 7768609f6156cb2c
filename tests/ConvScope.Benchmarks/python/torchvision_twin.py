"""Weights of torchvision's ResNets with what they give for two images, for TorchvisionTwinTests.

    python3 torchvision_twin.py FOLDER
    CONVSCOPE_TORCHVISION=FOLDER dotnet test tests/ConvScope.ML.Tests --filter TorchvisionTwin
"""
import sys

import torch
import torchvision

names = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "wide_resnet101_2", "resnext50_32x4d", "resnext101_32x8d"]
mean = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
deviation = torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
for index, name in enumerate(names):
    torch.manual_seed(index)
    network = getattr(torchvision.models, name)()
    pixels = torch.randint(0, 256, (6, 3, 96, 96)).float()
    with torch.no_grad():
        network.train()
        for _ in range(3):
            network((pixels / 255 - mean) / deviation)  # running statistics that are not the initial ones
        network.eval()
        logits = network((pixels[:2] / 255 - mean) / deviation)
    torch.save({"state_dict": network.state_dict(), "pixels": pixels[:2].clone(), "logits": logits}, f"{sys.argv[1]}/{name}.pth")
    print(name, float(logits.abs().max()))

"""Makes the expected pictures of this folder: a ResNet-6 generator in PyTorch, run as the reference's test runs it.

    python3 make.py WEIGHTS.pth PICTURE...     # writes PICTURE's name with .expected.png

WEIGHTS is the bundled model as `pixelcycle weights convert weights/pixelart-4.safetensors WEIGHTS.pth` writes it. Needs
torch, numpy and Pillow; the project itself does not.
"""

import sys
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        pad, norm = nn.ReflectionPad2d, nn.InstanceNorm2d
        self.conv_block = nn.Sequential(
            pad(1), nn.Conv2d(width, width, 3), norm(width), nn.ReLU(),
            pad(1), nn.Conv2d(width, width, 3), norm(width),
        )

    def forward(self, x):
        return x + self.conv_block(x)


def generator(ngf, blocks):
    def after(layer):
        return [layer, nn.InstanceNorm2d(layer.out_channels), nn.ReLU()]

    layers = [nn.ReflectionPad2d(3), *after(nn.Conv2d(3, ngf, 7))]
    for width in (ngf, 2 * ngf):
        layers += after(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1))
    layers += [Block(4 * ngf) for _ in range(blocks)]
    for width in (4 * ngf, 2 * ngf):
        layers += after(nn.ConvTranspose2d(width, width // 2, 3, stride=2, padding=1, output_padding=1))
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Tanh()]
    network = nn.Module()
    network.model = nn.Sequential(*layers)
    return network


weights = torch.load(sys.argv[1], map_location="cpu")
network = generator(weights["model.1.weight"].shape[0], 6)
network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
for name in sys.argv[2:]:
    pixels = numpy.array(Image.open(name).convert("RGB"))
    x = torch.from_numpy(pixels).permute(2, 0, 1).float().div(255).sub(0.5).div(0.5)[None]
    with torch.no_grad():
        y = network.model(x)[0].numpy()
    levels = (numpy.transpose(y, (1, 2, 0)) + 1) / 2.0 * 255.0
    Image.fromarray(levels.astype(numpy.uint8)).save(Path(name).with_suffix(".expected.png"))

"""Names, order, shapes and parameter counts of the networks' state dicts, from PyTorch itself.

The networks are those of junyanz/pytorch-CycleGAN-and-pix2pix, written anew and only as far as their tensors go: what
they compute does not matter here. Run with PyTorch 1.13 or later:

    python3 test/nn/reference/state_dicts.py > test/nn/reference/state_dicts.json
"""

import json

from torch import nn

NORMS = {
    "instance": lambda channels: nn.InstanceNorm2d(channels),
    "batch": lambda channels: nn.BatchNorm2d(channels),
    "none": lambda channels: nn.Identity(),
    # What PyTorch before 0.4 wrote for instance norm.
    "tracked instance": lambda channels: nn.InstanceNorm2d(channels, track_running_stats=True),
}


def has_bias(norm):
    return "instance" in norm


class ResnetBlock(nn.Module):
    def __init__(self, channels, norm, dropout):
        super().__init__()
        modules = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=has_bias(norm)), NORMS[norm](channels), nn.ReLU()]
        if dropout:
            modules.append(nn.Dropout(0.5))
        modules += [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=has_bias(norm)), NORMS[norm](channels)]
        self.conv_block = nn.Sequential(*modules)


class Resnet(nn.Module):
    def __init__(self, inputChannels, outputChannels, ngf, blocks, norm, dropout):
        super().__init__()
        bias = has_bias(norm)
        modules = [nn.ReflectionPad2d(3), nn.Conv2d(inputChannels, ngf, 7, bias=bias), NORMS[norm](ngf), nn.ReLU()]
        for width in (ngf, 2 * ngf):
            modules += [nn.Conv2d(width, 2 * width, 3, 2, 1, bias=bias), NORMS[norm](2 * width), nn.ReLU()]
        modules += [ResnetBlock(4 * ngf, norm, dropout) for _ in range(blocks)]
        for width in (4 * ngf, 2 * ngf):
            up = nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1, bias=bias)
            modules += [up, NORMS[norm](width // 2), nn.ReLU()]
        modules += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, outputChannels, 7), nn.Tanh()]
        self.model = nn.Sequential(*modules)


class UnetLevel(nn.Module):
    def __init__(self, outer, inner, norm, dropout=False, submodule=None, inputs=None, outermost=False):
        super().__init__()
        bias = has_bias(norm)
        down = nn.Conv2d(inputs or outer, inner, 4, 2, 1, bias=bias)
        if outermost:
            modules = [down, submodule, nn.ReLU(), nn.ConvTranspose2d(2 * inner, outer, 4, 2, 1), nn.Tanh()]
        elif submodule is None:
            up = nn.ConvTranspose2d(inner, outer, 4, 2, 1, bias=bias)
            modules = [nn.LeakyReLU(0.2), down, nn.ReLU(), up, NORMS[norm](outer)]
        else:
            up = nn.ConvTranspose2d(2 * inner, outer, 4, 2, 1, bias=bias)
            modules = [nn.LeakyReLU(0.2), down, NORMS[norm](inner), submodule, nn.ReLU(), up, NORMS[norm](outer)]
            if dropout:
                modules.append(nn.Dropout(0.5))
        self.model = nn.Sequential(*modules)


class Unet(nn.Module):
    def __init__(self, inputChannels, outputChannels, ngf, downs, norm, dropout):
        super().__init__()
        level = UnetLevel(8 * ngf, 8 * ngf, norm)
        for _ in range(downs - 5):
            level = UnetLevel(8 * ngf, 8 * ngf, norm, dropout, level)
        for width in (4 * ngf, 2 * ngf, ngf):
            level = UnetLevel(width, 2 * width, norm, submodule=level)
        self.model = UnetLevel(outputChannels, ngf, norm, submodule=level, inputs=inputChannels, outermost=True)


class Patch(nn.Module):
    def __init__(self, inputChannels, ndf, layers, norm):
        super().__init__()
        modules = [nn.Conv2d(inputChannels, ndf, 4, 2, 1), nn.LeakyReLU(0.2)]
        width = 1
        for layer in range(1, layers + 1):
            before, width = width, min(2**layer, 8)
            stride = 2 if layer < layers else 1
            modules.append(nn.Conv2d(ndf * before, ndf * width, 4, stride, 1, bias=has_bias(norm)))
            modules += [NORMS[norm](ndf * width), nn.LeakyReLU(0.2)]
        modules.append(nn.Conv2d(ndf * width, 1, 4, 1, 1))
        self.model = nn.Sequential(*modules)


class Pixel(nn.Module):
    def __init__(self, inputChannels, ndf, norm):
        super().__init__()
        bias = has_bias(norm)
        modules = [nn.Conv2d(inputChannels, ndf, 1), nn.LeakyReLU(0.2), nn.Conv2d(ndf, 2 * ndf, 1, bias=bias)]
        modules += [NORMS[norm](2 * ndf), nn.LeakyReLU(0.2), nn.Conv2d(2 * ndf, 1, 1, bias=bias)]
        self.net = nn.Sequential(*modules)


KINDS = {"resnet": Resnet, "unet": Unet, "patch": Patch, "pixel": Pixel}


def resnet(inputChannels, outputChannels, ngf, blocks, norm, dropout=False):
    return dict(kind="resnet", inputChannels=inputChannels, outputChannels=outputChannels, ngf=ngf, blocks=blocks, norm=norm, dropout=dropout)


def unet(inputChannels, outputChannels, ngf, downs, norm, dropout=False):
    return dict(kind="unet", inputChannels=inputChannels, outputChannels=outputChannels, ngf=ngf, downs=downs, norm=norm, dropout=dropout)


def patch(inputChannels, ndf, layers, norm):
    return dict(kind="patch", inputChannels=inputChannels, ndf=ndf, layers=layers, norm=norm)


def pixel(inputChannels, ndf, norm):
    return dict(kind="pixel", inputChannels=inputChannels, ndf=ndf, norm=norm)


CASES = [
    resnet(3, 3, 64, 9, "instance"),
    resnet(3, 3, 64, 6, "instance"),
    resnet(3, 3, 64, 9, "batch"),
    resnet(3, 3, 64, 9, "none"),
    resnet(3, 1, 8, 6, "instance", dropout=True),
    resnet(1, 3, 8, 6, "batch", dropout=True),
    resnet(4, 2, 5, 1, "none", dropout=True),
    resnet(3, 3, 8, 2, "tracked instance"),
    resnet(3, 3, 8, 2, "tracked instance", dropout=True),
    unet(3, 3, 64, 8, "batch", dropout=True),
    unet(3, 3, 64, 7, "batch"),
    unet(1, 2, 8, 8, "instance", dropout=True),
    unet(6, 3, 4, 7, "none"),
    unet(2, 1, 3, 5, "instance"),
    unet(2, 1, 3, 6, "tracked instance"),
    patch(3, 64, 3, "instance"),
    patch(3, 64, 3, "batch"),
    patch(6, 64, 3, "none"),
    patch(3, 8, 1, "batch"),
    patch(3, 8, 2, "instance"),
    patch(4, 8, 5, "batch"),
    patch(3, 8, 2, "tracked instance"),
    pixel(3, 64, "instance"),
    pixel(6, 8, "batch"),
    pixel(3, 8, "none"),
]


def describe(architecture):
    arguments = {key: value for key, value in architecture.items() if key != "kind"}
    network = KINDS[architecture["kind"]](**arguments)
    return {
        "architecture": architecture,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "tensors": [[name, list(tensor.shape), str(tensor.dtype)[len("torch.") :]] for name, tensor in network.state_dict().items()],
    }


print("[\n" + ",\n".join(json.dumps(describe(case), separators=(",", ":")) for case in CASES) + "\n]")

"""Names, order, shapes and parameter counts of the networks' state dicts, from PyTorch itself.

Run with PyTorch 1.13 or later:

    python3 test/nn/reference/state_dicts.py > test/nn/reference/state_dicts.json
"""

import json

from networks import Patch, Pixel, Resnet, Unet

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

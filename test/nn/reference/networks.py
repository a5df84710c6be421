"""The networks of junyanz/pytorch-CycleGAN-and-pix2pix, written anew: the same modules under the same names."""

import torch
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

    def forward(self, image):
        return image + self.conv_block(image)


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

    def forward(self, image):
        return self.model(image)


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
        self.outermost = outermost

    def forward(self, image):
        made = self.model(image)
        return made if self.outermost else torch.cat([image, made], 1)


class Unet(nn.Module):
    def __init__(self, inputChannels, outputChannels, ngf, downs, norm, dropout):
        super().__init__()
        level = UnetLevel(8 * ngf, 8 * ngf, norm)
        for _ in range(downs - 5):
            level = UnetLevel(8 * ngf, 8 * ngf, norm, dropout, level)
        for width in (4 * ngf, 2 * ngf, ngf):
            level = UnetLevel(width, 2 * width, norm, submodule=level)
        self.model = UnetLevel(outputChannels, ngf, norm, submodule=level, inputs=inputChannels, outermost=True)

    def forward(self, image):
        return self.model(image)


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

    def forward(self, image):
        return self.model(image)


class Pixel(nn.Module):
    def __init__(self, inputChannels, ndf, norm):
        super().__init__()
        bias = has_bias(norm)
        modules = [nn.Conv2d(inputChannels, ndf, 1), nn.LeakyReLU(0.2), nn.Conv2d(ndf, 2 * ndf, 1, bias=bias)]
        modules += [NORMS[norm](2 * ndf), nn.LeakyReLU(0.2), nn.Conv2d(2 * ndf, 1, 1, bias=bias)]
        self.net = nn.Sequential(*modules)

    def forward(self, image):
        return self.net(image)

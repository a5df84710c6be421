"""Loss curves of CycleGAN in PyTorch, to hold ours against (docs/curves, test/train/curves.test.ts).

The method of the paper as junyanz/pytorch-CycleGAN-and-pix2pix carries it out, written anew and only as wide as this
comparison: ResNet of 6 blocks, PatchGAN of 70x70, instance norm, least squares, image pools, one learning rate. Needs
torch, numpy and Pillow; runs on one thread, since these networks are too small for more.

    python3 test/torch/curves.py --out docs/curves/pytorch.json
    python3 test/torch/curves.py --mistake learning-rate --seeds 11 12 --out test/train/curves/learning-rate.json

A mistake is made on purpose, in what is minimised and not in what is written down: such runs show whether the comparison
would notice it.
"""

import argparse
import itertools
import json
import random
import time
from pathlib import Path

import numpy
import torch
from PIL import Image
from torch import nn

LOSSES = ["D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B"]
MISTAKES = {
    "weight": "the cycle weighs 5 instead of 10",
    "identity": "nothing asks for the identity",
    "detached": "the cycle teaches only the generator that closes it",
    "learning-rate": "ten times the rate",
    "labels": "the discriminators take fakes for real, and the real for fakes",
    "momentum": "Adam's first moment decays by 0.9 instead of 0.5",
}


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3), nn.InstanceNorm2d(channels)]
        self.inner = nn.Sequential(*half(), nn.ReLU(), *half())

    def forward(self, x):
        return x + self.inner(x)


def generator(ngf):
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, ngf, 7), nn.InstanceNorm2d(ngf), nn.ReLU()]
    for channels in (ngf, 2 * ngf):
        layers += [nn.Conv2d(channels, 2 * channels, 3, 2, 1), nn.InstanceNorm2d(2 * channels), nn.ReLU()]
    layers += [Block(4 * ngf) for _ in range(6)]
    for channels in (2 * ngf, ngf):
        up = nn.ConvTranspose2d(2 * channels, channels, 3, 2, 1, output_padding=1)
        layers += [up, nn.InstanceNorm2d(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Tanh())


def discriminator(ndf):
    layers = [nn.Conv2d(3, ndf, 4, 2, 1), nn.LeakyReLU(0.2)]
    for channels, stride in ((ndf, 2), (2 * ndf, 2), (4 * ndf, 1)):
        layers += [nn.Conv2d(channels, 2 * channels, 4, stride, 1), nn.InstanceNorm2d(2 * channels), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv2d(8 * ndf, 1, 4, 1, 1))


def initialise(network):
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(module.weight, 0, 0.02)
            nn.init.zeros_(module.bias)
    return network


class Pool:
    """The fakes that a discriminator sees: half of them from up to 50 kept earlier, once so many are kept."""

    def __init__(self, size=50):
        self.size, self.kept = size, []

    def query(self, fake):
        if len(self.kept) < self.size:
            self.kept.append(fake)
            return fake
        if random.random() <= 0.5:
            return fake
        place = random.randrange(self.size)
        old, self.kept[place] = self.kept[place], fake
        return old


class CycleGAN:
    def __init__(self, ngf, ndf, lr, mistake):
        self.mistake = mistake
        self.G_A, self.G_B = (initialise(generator(ngf)) for _ in range(2))
        self.D_A, self.D_B = (initialise(discriminator(ndf)) for _ in range(2))
        self.pools = Pool(), Pool()
        adam = lambda *networks: torch.optim.Adam(
            itertools.chain(*(network.parameters() for network in networks)),
            lr=lr * 10 if mistake == "learning-rate" else lr,
            betas=(0.9 if mistake == "momentum" else 0.5, 0.999),
        )
        self.generators, self.discriminators = adam(self.G_A, self.G_B), adam(self.D_A, self.D_B)

    def parameters_of_discriminators(self):
        return itertools.chain(self.D_A.parameters(), self.D_B.parameters())

    def step(self, A, B):
        """One picture of each side, [1, 3, H, W] in -1..1, to the eight losses of this step."""
        real, fake = (0, 1) if self.mistake == "labels" else (1, 0)
        square = lambda prediction, target: ((prediction - target) ** 2).mean()
        distance = lambda a, b: (a - b).abs().mean()

        for parameter in self.parameters_of_discriminators():
            parameter.requires_grad_(False)
        fake_B, fake_A = self.G_A(A), self.G_B(B)
        halfway_B, halfway_A = (x.detach() if self.mistake == "detached" else x for x in (fake_B, fake_A))
        rec_A, rec_B = self.G_B(halfway_B), self.G_A(halfway_A)
        G_A, G_B = square(self.D_A(fake_B), 1), square(self.D_B(fake_A), 1)
        cycle_A, cycle_B = 10 * distance(rec_A, A), 10 * distance(rec_B, B)
        idt_A, idt_B = 5 * distance(self.G_A(B), B), 5 * distance(self.G_B(A), A)
        cycle = (cycle_A + cycle_B) * (0.5 if self.mistake == "weight" else 1)
        identity = (idt_A + idt_B) * (0 if self.mistake == "identity" else 1)
        self.generators.zero_grad()
        (G_A + G_B + cycle + identity).backward()
        self.generators.step()

        for parameter in self.parameters_of_discriminators():
            parameter.requires_grad_(True)
        self.discriminators.zero_grad()
        D = []
        for network, picture, made, pool in ((self.D_A, B, fake_B, self.pools[0]), (self.D_B, A, fake_A, self.pools[1])):
            loss = (square(network(picture), real) + square(network(pool.query(made.detach())), fake)) / 2
            loss.backward()
            D.append(loss)
        self.discriminators.step()
        return [float(loss) for loss in (D[0], G_A, cycle_A, idt_A, D[1], G_B, cycle_B, idt_B)]


def pictures(folder):
    def read(file):
        samples = numpy.asarray(Image.open(file).convert("RGB"), dtype=numpy.float32)
        return torch.from_numpy(samples / 127.5 - 1).permute(2, 0, 1)[None]

    return [read(file) for file in sorted(folder.iterdir()) if file.suffix in (".jpg", ".png")]


def run(seed, options):
    random.seed(seed)
    torch.manual_seed(seed)
    sides = [pictures(Path(options.dataroot) / side) for side in ("trainA", "trainB")]
    model = CycleGAN(options.ngf, options.ndf, options.lr, options.mistake)
    flipped = lambda picture: picture.flip(3) if random.random() < 0.5 else picture
    order, curve, start = [], [], time.time()
    for step in range(options.steps):
        if not order:
            order = random.sample(sides[0], len(sides[0]))
        A, B = flipped(order.pop()), flipped(random.choice(sides[1]))
        curve.append(model.step(A, B))
        if (step + 1) % 50 == 0:
            mean = numpy.mean(curve[-50:], axis=0)
            print(f"seed {seed} step {step + 1} ({time.time() - start:.0f} s)", *(f"{loss:.3f}" for loss in mean), flush=True)
    return curve


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataroot", default="samples/train")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--ngf", type=int, default=8)
    parser.add_argument("--ndf", type=int, default=8)
    parser.add_argument("--lr", type=float, default=2e-4)
    parser.add_argument("--mistake", choices=MISTAKES)
    options = parser.parse_args()
    torch.set_num_threads(1)

    runs = []
    for seed in options.seeds:
        curve = run(seed, options)
        rounded = {name: [float(f"{step[i]:.5g}") for step in curve] for i, name in enumerate(LOSSES)}
        runs.append({"seed": seed, "losses": rounded})
    settings = {"dataroot": options.dataroot, "ngf": options.ngf, "ndf": options.ndf, "lr": options.lr}
    if options.mistake:
        settings["mistake"] = MISTAKES[options.mistake]
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    document = {"by": f"PyTorch {torch.__version__}", "settings": settings, "runs": runs}
    out.write_text(json.dumps(document, separators=(",", ":")) + "\n")


main()

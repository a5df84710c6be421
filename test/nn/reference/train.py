"""A few steps of CycleGAN in PyTorch, with DistributedDataParallel on the CPU, from and to a run's folder.

Not the reference itself, which tests cannot count on: its networks, its step, its names of options and files, and no more.
Left out are the image pools (as with --pool_size 0), all preprocessing, dropout, schedules and logs. Pictures are PPM, so that nothing but
PyTorch is needed.

    python3 -m torch.distributed.run --standalone --nproc_per_node 2 test/nn/reference/train.py \
        --dataroot DIR --checkpoints_dir DIR --name NAME [--continue_train]

Rank 0 writes to the run's folder, beside {latest}_net_{G_A,G_B,D_A,D_B}.pth:
  initial_net_*.pth   what training began with
  wrapped_net_*.pth   the latest as code saves them that does not unwrap them first: every name begins with `module.`
  probe.pth           a batch of pictures (real_A), and what G_A (fake_B) and D_A (verdict, of fake_B) make of it
"""

import argparse
import itertools
import os

import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from networks import Patch, Pixel, Resnet, Unet


def read_ppm(path):
    """[3, height, width] in [-1, 1]."""
    with open(path, "rb") as file:
        magic, size, levels = (file.readline().split() for _ in range(3))
        assert magic == [b"P6"] and levels == [b"255"], path
        width, height = map(int, size)
        pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)
    return pixels.view(height, width, 3).permute(2, 0, 1).float() / 127.5 - 1


def read_folder(folder):
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)
    return [read_ppm(path) for path in paths]


def generator(options):
    common = dict(inputChannels=3, outputChannels=3, ngf=options.ngf, norm=options.norm, dropout=False)
    if options.netG.startswith("unet"):
        return Unet(downs={"unet_128": 7, "unet_256": 8}[options.netG], **common)
    return Resnet(blocks={"resnet_6blocks": 6, "resnet_9blocks": 9}[options.netG], **common)


def discriminator(options):
    if options.netD == "pixel":
        return Pixel(3, options.ndf, options.norm)
    return Patch(3, options.ndf, {"basic": 3}[options.netD], options.norm)


def initialize(module):
    """The reference's default, `normal` with a gain of 0.02."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1, 0.02)
        nn.init.zeros_(module.bias)


def gan_loss(verdict, real):
    return ((verdict - (1 if real else 0)) ** 2).mean()


def step(nets, optimizers, real_A, real_B):
    G_A, G_B, D_A, D_B = (nets[name] for name in ("G_A", "G_B", "D_A", "D_B"))
    optimizer_G, optimizer_D = optimizers
    distance = nn.L1Loss()
    for parameter in itertools.chain(D_A.parameters(), D_B.parameters()):
        parameter.requires_grad = False
    fake_B, fake_A = G_A(real_A), G_B(real_B)
    loss = gan_loss(D_A(fake_B), True) + gan_loss(D_B(fake_A), True)
    loss = loss + 10 * (distance(G_B(fake_B), real_A) + distance(G_A(fake_A), real_B))
    loss = loss + 5 * (distance(G_A(real_B), real_B) + distance(G_B(real_A), real_A))
    optimizer_G.zero_grad()
    loss.backward()
    optimizer_G.step()
    for parameter in itertools.chain(D_A.parameters(), D_B.parameters()):
        parameter.requires_grad = True
    optimizer_D.zero_grad()
    for D, real, fake in ((D_A, real_B, fake_B), (D_B, real_A, fake_A)):
        (0.5 * (gan_loss(D(real), True) + gan_loss(D(fake.detach()), False))).backward()
    optimizer_D.step()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dataroot", required=True)
    parser.add_argument("--checkpoints_dir", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--netG", default="resnet_9blocks")
    parser.add_argument("--netD", default="basic")
    parser.add_argument("--ngf", type=int, default=64)
    parser.add_argument("--ndf", type=int, default=64)
    parser.add_argument("--norm", default="instance")
    parser.add_argument("--n_epochs", type=int, default=1)
    parser.add_argument("--continue_train", action="store_true")
    options = parser.parse_args()

    torch.distributed.init_process_group("gloo")
    rank, processes = torch.distributed.get_rank(), torch.distributed.get_world_size()
    torch.set_num_threads(1)
    torch.manual_seed(rank)
    folder = os.path.join(options.checkpoints_dir, options.name)

    def save(label, states):
        if rank == 0:
            for name, state in states.items():
                torch.save(state, os.path.join(folder, f"{label}_net_{name}.pth"))

    plain = {name: generator(options) if name[0] == "G" else discriminator(options) for name in ("G_A", "G_B", "D_A", "D_B")}
    for name, net in plain.items():
        net.apply(initialize)
        if options.continue_train:
            state = torch.load(os.path.join(folder, f"latest_net_{name}.pth"), weights_only=True)
            net.load_state_dict(state, strict=True)
    # Without broadcast_buffers: a network runs several times before it is trained once, and may not change in between.
    nets = {name: DistributedDataParallel(net, broadcast_buffers=False) for name, net in plain.items()}
    os.makedirs(folder, exist_ok=True)
    save("initial", {name: net.state_dict() for name, net in plain.items()})

    optimizers = [
        torch.optim.Adam(itertools.chain(*(nets[name].parameters() for name in pair)), lr=2e-4, betas=(0.5, 0.999))
        for pair in (("G_A", "G_B"), ("D_A", "D_B"))
    ]
    images_A, images_B = (read_folder(os.path.join(options.dataroot, f"train{side}")) for side in "AB")
    count = max(len(images_A), len(images_B))
    for _ in range(options.n_epochs):
        # Each process takes its share, and all the same number, for they wait for each other.
        for i in range(rank, count - count % processes, processes):
            step(nets, optimizers, images_A[i % len(images_A)][None], images_B[i % len(images_B)][None])

    for name, net in plain.items():
        for parameter in net.parameters():
            first = parameter.detach().clone()
            torch.distributed.broadcast(first, 0)
            assert torch.equal(first, parameter), f"{name} is not the same in every process"
    save("latest", {name: net.state_dict() for name, net in plain.items()})
    save("wrapped", {name: net.state_dict() for name, net in nets.items()})
    if rank == 0:
        with torch.no_grad():
            real_A = torch.stack(images_A[:2])
            fake_B = plain["G_A"](real_A)
            probe = {"real_A": real_A, "fake_B": fake_B, "verdict": plain["D_A"](fake_B)}
        torch.save(probe, os.path.join(folder, "probe.pth"))
    torch.distributed.barrier()


main()

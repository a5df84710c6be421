#!/usr/bin/env python3
"""Times PyTorch at the work of our benches: the forward of ResNet, and CycleGAN's step as the reference takes it.

On a GPU in float32 without and with TF32 and in bfloat16 by autocast, each in both memory layouts. The sizes are those of `npm run
bench` and `npm run bench:step`; without image pools, which cost nothing worth timing."""

import argparse
import contextlib
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError as error:
    sys.exit(f"PyTorch is not here: {error}")


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        half = lambda: [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
        self.inner = nn.Sequential(*half(), nn.ReLU(True), *half())

    def forward(self, x):
        return x + self.inner(x)


def generator(ngf, blocks):
    after = lambda width: [nn.InstanceNorm2d(width), nn.ReLU(True)]
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, ngf, 7), *after(ngf)]
    for width in (2 * ngf, 4 * ngf):
        layers += [nn.Conv2d(width // 2, width, 3, 2, 1), *after(width)]
    layers += [Block(4 * ngf) for _ in range(blocks)]
    for width in (2 * ngf, ngf):
        layers += [nn.ConvTranspose2d(2 * width, width, 3, 2, 1, output_padding=1), *after(width)]
    return nn.Sequential(*layers, nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Tanh())


def discriminator(ndf):
    layers = [nn.Conv2d(3, ndf, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    for width, stride in ((2 * ndf, 2), (4 * ndf, 2), (8 * ndf, 1)):
        layers += [nn.Conv2d(width // 2, width, 4, stride, 1), nn.InstanceNorm2d(width), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Conv2d(8 * ndf, 1, 4, 1, 1))


def adam(*networks):
    return torch.optim.Adam([p for network in networks for p in network.parameters()], lr=2e-4, betas=(0.5, 0.999))


class CycleGan:
    def __init__(self, options, device, layout):
        place = dict(device=device, memory_format=layout)
        self.G_A, self.G_B = (generator(options.ngf, options.blocks).to(**place) for _ in range(2))
        self.D_A, self.D_B = (discriminator(options.ndf).to(**place) for _ in range(2))
        self.of_generators, self.of_discriminators = adam(self.G_A, self.G_B), adam(self.D_A, self.D_B)

    def step(self, A, B, precision):
        l1 = nn.functional.l1_loss
        verdict = lambda judged, real: ((judged - (1.0 if real else 0.0)) ** 2).mean()
        judges = (self.D_A, self.D_B)
        for judge in judges:
            judge.requires_grad_(False)
        self.of_generators.zero_grad()
        with precision():
            fake_B, fake_A = self.G_A(A), self.G_B(B)
            cycle = 10 * l1(self.G_B(fake_B), A) + 10 * l1(self.G_A(fake_A), B)
            identity = 5 * l1(self.G_A(B), B) + 5 * l1(self.G_B(A), A)
            loss = verdict(self.D_A(fake_B), True) + verdict(self.D_B(fake_A), True) + cycle + identity
        loss.backward()
        self.of_generators.step()
        for judge in judges:
            judge.requires_grad_(True)
        self.of_discriminators.zero_grad()
        for judge, real, fake in zip(judges, (B, A), (fake_B.detach(), fake_A.detach())):
            with precision():
                half = 0.5 * (verdict(judge(real), True) + verdict(judge(fake), False))
            half.backward()
        self.of_discriminators.step()


def measure(run, device, seconds):
    """Seconds of the first run, of an awaited run (the median), and of a run in a row of many (the average)."""
    settle = torch.cuda.synchronize if device == "cuda" else lambda: None

    def waited_for():
        start = time.perf_counter()
        run()
        settle()
        return time.perf_counter() - start

    def until(limit, work, most=50):
        start = time.perf_counter()
        results = [work()]
        while len(results) < most and time.perf_counter() - start < limit:
            results.append(work())
        return results

    first = waited_for()
    until(seconds / 3, waited_for, 5)
    median = statistics.median(until(seconds / 3, waited_for))
    start = time.perf_counter()
    runs = len(until(seconds / 3, run))
    settle()
    return dict(first=first, median=median, inARow=(time.perf_counter() - start) / runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    for name, default in dict(size=256, ngf=64, ndf=64, blocks=9, batch=1).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=float, default=5, help="at most about so long for each line")
    parser.add_argument("--json", help="a file for all that was measured")
    options = parser.parse_args()
    device = options.device
    if device == "cuda" and not torch.cuda.is_available():
        sys.exit(f"PyTorch {torch.__version__} sees no CUDA here.")
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = True  # as the reference has it

    bfloat16 = lambda: torch.autocast(device, dtype=torch.bfloat16)
    precisions = [("float32", False, contextlib.nullcontext), ("bfloat16", True, bfloat16)]
    if device == "cuda":
        precisions.insert(1, ("TF32", True, contextlib.nullcontext))
    name = torch.cuda.get_device_name() if device == "cuda" else "the CPU"
    report = dict(torch=torch.__version__, device=name, sizes=vars(options), rows=[])
    print(f"PyTorch {torch.__version__} on {name}", flush=True)
    for precision, tf32, context in precisions:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        for layout, memory_format in (("NCHW", torch.contiguous_format), ("NHWC", torch.channels_last)):
            gan = CycleGan(options, device, memory_format)
            shape = (options.batch, 3, options.size, options.size)
            A, B = ((2 * torch.rand(shape, device=device) - 1).to(memory_format=memory_format) for _ in range(2))

            def forward():
                with torch.no_grad(), context():
                    gan.G_A(A)

            for what, run in (("forward", forward), ("step", lambda: gan.step(A, B, context))):
                row = dict(what=what, precision=precision, layout=layout)
                try:
                    row.update(measure(run, device, options.seconds))
                    times = ", ".join(f"{key} {1e3 * row[key]:.2f} ms" for key in ("median", "inARow", "first"))
                except RuntimeError as error:  # out of memory, for example: continue with the other rows
                    times = row["error"] = str(error)[:200]
                print(f"{what:8}{precision:9}{layout}  {times}", flush=True)
                report["rows"].append(row)
                # Written after each row, so that a later crash keeps the earlier results.
                if options.json:
                    with open(options.json, "w") as file:
                        json.dump(report, file, indent=1)


main()

"""PyTorch on the processor as a peer: the generator's forward pass, or steps of CycleGAN as the reference takes them, without
image pools. It runs in its own process, on as many threads as there are cores.

Each message is its length (8 bytes, little endian) and a safetensors file; each answer is a line of JSON.

  in   networks/G_A/..., with the metadata { layout: "NCHW" | "NHWC", blocks }             once; for steps also G_B, D_A, D_B
       A                                                                                    a forward pass of G_A
       A, B                                                                                 a step on these pictures
  out  { ready: its name }, then for each run { milliseconds, processorMilliseconds, output }: [1, 3, H, W], or the eight losses
"""

import json
import os
import sys
import time
from itertools import chain

import torch
from torch.nn.functional import l1_loss

sys.path.append(os.path.join(os.path.dirname(__file__), "../../test/nn/reference"))
from networks import Patch, Resnet


def receive():
    """The next message's tensors by name, and its metadata; None at the end."""
    length = sys.stdin.buffer.read(8)
    if len(length) < 8:
        return None
    file = sys.stdin.buffer.read(int.from_bytes(length, "little"))
    start = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:start])
    metadata = header.pop("__metadata__", {})
    data = bytearray(file[start:])

    def tensor(shape, data_offsets, dtype):
        assert dtype == "F32", dtype
        begin, end = data_offsets
        return torch.frombuffer(data, dtype=torch.float32, offset=begin, count=(end - begin) // 4).view(shape)

    return {name: tensor(**entry) for name, entry in header.items()}, metadata


def send(answer):
    print(json.dumps(answer), flush=True)


def load(tensors, blocks, memory_format):
    """The networks by name, of the widths that the tensors have."""
    states = {}
    for key, tensor in tensors.items():
        _, name, parameter = key.split("/")
        states.setdefault(name, {})[parameter] = tensor
    networks = {}
    for name, state in states.items():
        if name.startswith("G"):
            width = len(state["model.1.weight"])
            network = Resnet(3, 3, width, blocks, "instance", False)
        else:
            network = Patch(3, len(state["model.0.weight"]), 3, "instance")
        network.load_state_dict(state)
        if memory_format == torch.channels_last:
            norms_by_groups(network)
        networks[name] = network.to(memory_format=memory_format)
    return networks


def norms_by_groups(network):
    """Computes instance norms as group norms with a channel a group, which is the same. In this layout PyTorch 2.15's
    gradient of InstanceNorm2d is wrong, and GroupNorm is faster."""
    for module in list(network.modules()):
        for name, norm in module.named_children():
            if isinstance(norm, torch.nn.InstanceNorm2d):
                setattr(module, name, torch.nn.GroupNorm(norm.num_features, norm.num_features, affine=False))


def verdict(judged, real):
    return ((judged - (1.0 if real else 0.0)) ** 2).mean()


class Trainer:
    def __init__(self, networks):
        self.networks = networks
        self.optimizers = [
            torch.optim.Adam(chain(*(networks[name].parameters() for name in pair)), lr=2e-4, betas=(0.5, 0.999))
            for pair in (("G_A", "G_B"), ("D_A", "D_B"))
        ]

    def step(self, A, B):
        G_A, G_B, D_A, D_B = (self.networks[name] for name in ("G_A", "G_B", "D_A", "D_B"))
        generators, discriminators = self.optimizers
        D_A.requires_grad_(False)
        D_B.requires_grad_(False)
        fake_B, fake_A = G_A(A), G_B(B)
        losses = dict(
            G_A=verdict(D_A(fake_B), True),
            cycle_A=10 * l1_loss(G_B(fake_B), A),
            idt_A=5 * l1_loss(G_A(B), B),
            G_B=verdict(D_B(fake_A), True),
            cycle_B=10 * l1_loss(G_A(fake_A), B),
            idt_B=5 * l1_loss(G_B(A), A),
        )
        generators.zero_grad()
        sum(losses.values()).backward()
        generators.step()
        D_A.requires_grad_(True)
        D_B.requires_grad_(True)
        discriminators.zero_grad()
        for name, D, real, fake in (("D_A", D_A, B, fake_B), ("D_B", D_B, A, fake_A)):
            losses[name] = 0.5 * (verdict(D(real), True) + verdict(D(fake.detach()), False))
            losses[name].backward()
        discriminators.step()
        order = ("D_A", "G_A", "cycle_A", "idt_A", "D_B", "G_B", "cycle_B", "idt_B")
        return [losses[name].item() for name in order]


def timed(run):
    start, processor = time.perf_counter(), time.process_time()
    output = run()
    milliseconds = 1e3 * (time.perf_counter() - start)
    return dict(milliseconds=milliseconds, processorMilliseconds=1e3 * (time.process_time() - processor), output=output)


def main():
    torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
    tensors, metadata = receive()
    layout = metadata["layout"]
    memory_format = dict(NCHW=torch.contiguous_format, NHWC=torch.channels_last)[layout]
    networks = load(tensors, int(metadata["blocks"]), memory_format)
    trainer = Trainer(networks) if "G_B" in networks else None
    send(dict(ready=f"PyTorch {torch.__version__}, {layout}, {torch.get_num_threads()} threads"))

    while (message := receive()) is not None:
        pictures = [picture.contiguous(memory_format=memory_format) for picture in message[0].values()]
        if trainer:
            send(timed(lambda: trainer.step(*pictures)))
        else:
            with torch.inference_mode():
                answer = timed(lambda: networks["G_A"](*pictures))
            send({**answer, "output": answer["output"].flatten().tolist()})


main()

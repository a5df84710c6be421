"""What the trainers' own code does to pictures of many sizes: loading.json, which src/dataset/export/loading.ts is tested against.

python3 loading.py SD_SCRIPTS AI_TOOLKIT SIMPLETUNER MGDS > loading.json

The arguments are git repositories; bare ones will do. Their code is read at HEAD and run without what it is surrounded by, so numpy is all that is
needed. diffusers has two lines of torchvision, whose Resize and CenterCrop are written out here.
"""

import __future__
import ast
import functools
import itertools
import json
import math
import random
import subprocess
import sys
import types
from numbers import Real
from typing import Any

import numpy as np

sd_scripts, ai_toolkit, simpletuner, mgds = sys.argv[1:]


@functools.cache
def source(repository, path):
    return subprocess.run(["git", "-C", repository, "show", f"HEAD:{path}"], capture_output=True, text=True, check=True).stdout


def definitions(repository, path, names, scope):
    """Defines functions and classes of a file, and nothing else of it; annotations mean nothing."""
    tree = ast.parse(source(repository, path))
    body = [node for node in tree.body if getattr(node, "name", None) in names]
    flags = __future__.annotations.compiler_flag
    exec(compile(ast.Module(body, []), path, "exec", flags), scope)
    return scope


logger = types.SimpleNamespace(debug=lambda *_: None, info=lambda *_: None)


def kohya(width, height, resolution):
    made = definitions(sd_scripts, "library/model_util.py", ["make_bucket_resolutions"], {"math": math})
    scope = {"np": np, "math": math, "random": random, "model_util": types.SimpleNamespace(**made)}
    scope = definitions(sd_scripts, "library/train_util.py", ["BucketManager"], scope)
    manager = scope["BucketManager"](False, (resolution, resolution), min(256, resolution), 2 * resolution, 64)
    manager.make_buckets()
    bucket, resized, _ = manager.select_bucket(width, height)
    # trim_and_resize_if_required, without random_crop
    return resized, ((resized[0] - bucket[0]) // 2, (resized[1] - bucket[1]) // 2, *bucket)


def ai(width, height, resolution):
    scope = {"math": math}
    scope = definitions(ai_toolkit, "toolkit/buckets.py", ["get_bucket_for_image_size"], scope)
    bucket = scope["get_bucket_for_image_size"](width, height, resolution=resolution, divisibility=64)
    # BucketsMixin.setup_buckets, without random_crop
    scale = max(bucket["width"] / width, bucket["height"] / height)
    resized = (int(math.ceil(width * scale)), int(math.ceil(height * scale)))
    left, top = int((resized[0] - bucket["width"]) / 2), int((resized[1] - bucket["height"]) / 2)
    return resized, (left, top, bucket["width"], bucket["height"])


def simple(width, height, resolution):
    class StateTracker:
        get_args = staticmethod(lambda: types.SimpleNamespace(aspect_bucket_alignment=64, aspect_bucket_rounding=2))
        get_resolution_by_aspect = staticmethod(lambda **_: None)
        set_resolution_by_aspect = staticmethod(lambda **_: None)

    scope = {"np": np, "sqrt": math.sqrt, "Real": Real, "logger": logger, "StateTracker": StateTracker}
    scope["Image"] = types.SimpleNamespace(Image=types.SimpleNamespace)
    multi = definitions(simpletuner, "simpletuner/helpers/multiaspect/image.py", ["MultiaspectImage"], scope)["MultiaspectImage"]
    # TrainingSample.calculate_target_size and crop, with crop_aspect preserve
    aspect = multi.calculate_image_aspect_ratio((width, height))
    target, resized, _ = multi.calculate_new_size_by_pixel_area(aspect, resolution**2 / 1e6, (width, height))
    aspect = multi.calculate_image_aspect_ratio(target)
    if aspect == 1.0 and resized[0] < resolution:
        resized = (resolution, resolution)
    if aspect == 1.0:
        target = (resolution, resolution)
    resized = (int(resized[0]), int(resized[1]))
    return resized, ((resized[0] - target[0]) // 2, (resized[1] - target[1]) // 2, *target)


def one(width, height, resolution):
    class Module:
        def __init__(self):
            pass

    scope = {"np": np, "math": math, "Random": random.Random, "PipelineModule": Module, "RandomAccessPipelineModule": object}
    scope.update(itertools=itertools, Any=Any)
    bucketing = definitions(mgds, "src/mgds/pipelineModules/AspectBucketing.py", ["AspectBucketing"], scope)["AspectBucketing"]
    module = bucketing(64, "size", "target", None, None, "frames", False, "scale", "crop", "all")
    values = {"size": (height, width), "target": str(resolution), "frames": "1"}
    module._get_previous_length = lambda name: 1
    module._get_previous_item = lambda variation, name, index: values[name]
    module._get_rand = lambda variation, index: random.Random(0)
    module.start(0)
    item = module.get_item(0, 0)
    (high, wide), (crop_high, crop_wide) = item["scale"], item["crop"]
    # ScaleCropImage, without jitter
    return (wide, high), ((wide - crop_wide) // 2, (high - crop_high) // 2, crop_wide, crop_high)


def diffusers(width, height, resolution):
    # torchvision's Resize of one number, and CenterCrop
    short, long = min(width, height), max(width, height)
    longer = int(resolution * long / short)
    resized = (resolution, longer) if width <= height else (longer, resolution)
    left, top = int(round((resized[0] - resolution) / 2.0)), int(round((resized[1] - resolution) / 2.0))
    return resized, (left, top, resolution, resolution)


trainers = {"kohya": kohya, "ai-toolkit": ai, "simpletuner": simple, "onetrainer": one, "diffusers": diffusers}
pick = random.Random(7)
sizes = [(64 * w, 64 * h) for w in range(6, 24, 3) for h in range(6, 24, 4)]
sizes += [(1000, 1000), (1024, 1027), (1027, 1024), (1152, 1024), (1024, 1152), (960, 960)]
sizes += [(pick.randint(200, 2200), pick.randint(200, 2200)) for _ in range(24)]
lines = []
for resolution in (512, 768, 1024):
    for width, height in sizes:
        for name, load in trainers.items():
            resized, crop = load(width, height, resolution)
            line = [name, resolution, width, height, *map(int, resized), *map(int, crop)]
            lines.append("  " + json.dumps(line))
print("[\n" + ",\n".join(lines) + "\n]")

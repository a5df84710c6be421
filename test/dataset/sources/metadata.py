# Writes metadata.parquet: the columns of DiffusionDB's table, with made-up rows, as pandas writes it.

import datetime
import os

import pyarrow
import pyarrow.parquet

names = ["aaaa-1.png", "aaaa-2.png", "bbbb-3.png", "cccc-4.png"]
table = pyarrow.table(
    {
        "image_name": names,
        "prompt": [f"prompt {i}" for i in range(4)],
        "part_id": pyarrow.array([1, 1, 2, 2], pyarrow.uint16()),
        "seed": pyarrow.array([1, 2, 3, 4], pyarrow.uint32()),
        "step": pyarrow.array([50] * 4, pyarrow.uint16()),
        "cfg": pyarrow.array([7.0] * 4, pyarrow.float32()),
        "sampler": pyarrow.array([8] * 4, pyarrow.uint8()),
        "width": pyarrow.array([512] * 4, pyarrow.uint16()),
        "height": pyarrow.array([512] * 4, pyarrow.uint16()),
        "user_name": ["0" * 8] * 4,
        "timestamp": [datetime.datetime(2022, 8, 7, tzinfo=datetime.timezone.utc)] * 4,
        "image_nsfw": pyarrow.array([0.1, 2.0, 0.25, None], pyarrow.float32()),
        "prompt_nsfw": pyarrow.array([0.0625, 0.01, 0.75, None], pyarrow.float32()),
    }
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "metadata.parquet")
options = {"write_statistics": False, "store_schema": False}  # small
pyarrow.parquet.write_table(table, path, compression="snappy", row_group_size=3, **options)

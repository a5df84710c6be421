"""Prints, for each path on standard input, the size that the package proper-pixel-art finds, as a line of JSON."""

import json
import sys

from PIL import Image
from proper_pixel_art import pixelate

for line in sys.stdin:
    try:
        result = pixelate(Image.open(line.strip()))
        answer = {"size": list(result.image.size)}
    except Exception as error:  # a picture that it cannot process has no grid
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)

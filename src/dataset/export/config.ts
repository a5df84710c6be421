// The configuration file for each trainer. It says where the set is and keeps the trainer from
// resizing and cropping. loading.ts simulates these settings.

import { kohyaBounds, type Trainer } from "./loading.ts";

export interface SetPlace {
  /** Where the trainer finds the exported folder. */
  readonly path: string;
  /** The side of the square whose area a training picture has. */
  readonly resolution: number;
  /** A short name of the set. */
  readonly name: string;
}

export interface ConfigFile {
  readonly name: string;
  readonly text: string;
  /** A line of Markdown that says how to use it. */
  readonly use: string;
}

/**
 * The subfolder of the export that contains the pictures; empty for shards, which are in the
 * export's folder itself.
 */
export function picturesFolder(trainer: Trainer): string {
  if (trainer === "webdataset") return "";
  return hasTable(trainer) ? "train" : "images";
}

/** Whether captions are in one table of the set instead of a file beside each picture. */
export function hasTable(trainer: Trainer): boolean {
  return trainer === "imagefolder" || trainer === "diffusers";
}

export function configOf(trainer: Trainer, place: SetPlace): ConfigFile {
  return configs[trainer](place);
}

const configs: Readonly<Record<Trainer, (place: SetPlace) => ConfigFile>> = {
  imagefolder: ({ path }) => ({
    name: "load.py",
    text: [
      "from datasets import load_dataset",
      "",
      `dataset = load_dataset("imagefolder", data_dir=${JSON.stringify(path)}, split="train")`,
      'print(dataset[0]["image"], dataset[0]["text"])',
      "",
    ].join("\n"),
    use: "`load.py` loads the set with `datasets`: columns `image` and `text`.",
  }),
  webdataset: ({ path }) => ({
    name: "load.py",
    text: [
      "import glob",
      "",
      "import webdataset",
      "",
      `shards = sorted(glob.glob(${JSON.stringify(`${path}/pixelart-*.tar`)}))`,
      'dataset = webdataset.WebDataset(shards, shardshuffle=False).decode("pil").to_tuple("png", "txt", "json")',
      "image, caption, facts = next(iter(dataset))",
      "print(image, caption, facts)",
      "",
    ].join("\n"),
    use: "`load.py` loads the set with `webdataset`: `png`, `txt` and `json` of each picture.",
  }),
  kohya: ({ path, resolution }) => {
    const { least, most } = kohyaBounds(resolution);
    return {
      name: "kohya.toml",
      text: [
        "# For kohya-ss/sd-scripts: --dataset_config kohya.toml",
        "# No picture is resized or cropped: each has the size of a bucket. random_crop and bucket_no_upscale would shift the cells.",
        "[general]",
        'caption_extension = ".txt"',
        "shuffle_caption = false",
        "",
        "[[datasets]]",
        `resolution = ${resolution}`,
        "batch_size = 1",
        "enable_bucket = true",
        `min_bucket_reso = ${least}`,
        `max_bucket_reso = ${most}`,
        "bucket_reso_steps = 64",
        "bucket_no_upscale = false",
        "",
        "[[datasets.subsets]]",
        `image_dir = ${JSON.stringify(`${path}/images`)}`,
        "num_repeats = 1",
        "random_crop = false",
        "flip_aug = false",
        'resize_interpolation = "nearest"',
        "",
      ].join("\n"),
      use: "Give kohya's sd-scripts `--dataset_config kohya.toml`.",
    };
  },
  "ai-toolkit": ({ path, resolution, name }) => ({
    name: "ai-toolkit.yaml",
    text: [
      "# For ostris/ai-toolkit: the datasets of a process; put them into the configuration of your model (config/examples there).",
      "# No picture is resized or cropped: each has the size of a bucket. random_crop would shift the cells.",
      "job: extension",
      "config:",
      `  name: ${JSON.stringify(name)}`,
      "  process:",
      "    - type: sd_trainer",
      "      datasets:",
      `        - folder_path: ${JSON.stringify(`${path}/images`)}`,
      "          caption_ext: txt",
      `          resolution: [${resolution}]`,
      "          buckets: true",
      "          bucket_tolerance: 64",
      "          random_crop: false",
      "          shuffle_tokens: false",
      "          cache_latents_to_disk: true",
      "",
    ].join("\n"),
    use: "Take the `datasets` of `ai-toolkit.yaml` into the configuration of your model.",
  }),
  simpletuner: ({ path, resolution, name }) => ({
    name: "multidatabackend.json",
    text: `${JSON.stringify(
      [
        {
          id: name,
          type: "local",
          dataset_type: "image",
          instance_data_dir: `${path}/images`,
          crop: true,
          crop_style: "center",
          crop_aspect: "preserve",
          resolution,
          resolution_type: "pixel_area",
          caption_strategy: "textfile",
          cache_dir_vae: `${path}/cache/vae`,
          repeats: 0,
        },
        {
          id: `${name}-text-embeds`,
          type: "local",
          dataset_type: "text_embeds",
          default: true,
          cache_dir: `${path}/cache/text`,
        },
      ],
      null,
      2,
    )}\n`,
    use:
      "Give SimpleTuner `--data_backend_config multidatabackend.json --aspect_bucket_alignment 64`: " +
      "with another alignment it resizes all but square pictures.",
  }),
  onetrainer: ({ path, resolution, name }) => ({
    name: "onetrainer-concepts.json",
    text: `${JSON.stringify(
      [
        {
          __version: 2,
          image: {
            __version: 0,
            enable_crop_jitter: false,
            enable_random_flip: false,
            enable_fixed_flip: false,
            enable_random_rotate: false,
            enable_fixed_rotate: false,
            enable_resolution_override: true,
            resolution_override: String(resolution),
            enable_random_circular_mask_shrink: false,
            enable_random_mask_rotate_crop: false,
          },
          text: { __version: 0, prompt_source: "sample", enable_tag_shuffling: false },
          name,
          path: `${path}/images`,
          enabled: true,
          type: "STANDARD",
          include_subdirectories: false,
          balancing: 1,
          balancing_strategy: "REPEATS",
        },
      ],
      null,
      2,
    )}\n`,
    use:
      "Choose `onetrainer-concepts.json` as OneTrainer's concepts, and leave aspect ratio bucketing on. Models whose sides it rounds " +
      "to other steps than 64 (Stable Diffusion 1.5) want square pictures alone: `--buckets`.",
  }),
  diffusers: ({ path, resolution }) => ({
    name: "arguments.txt",
    text: [
      `--train_data_dir=${path}`,
      "--image_column=image",
      "--caption_column=text",
      `--resolution=${resolution}`,
      "--center_crop",
      "--image_interpolation_mode=nearest",
      "",
    ].join("\n"),
    use:
      "Give a script of diffusers (`examples/text_to_image`) what is in `arguments.txt`, a line an argument; " +
      "without `--center_crop` it crops at random, which shifts the cells.",
  }),
};

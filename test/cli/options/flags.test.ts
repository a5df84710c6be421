// Options in sentences, spelled as on a terminal.

import { expect, test } from "vitest";
import { withFlags } from "../../../src/cli/options/flags.ts";
import { nameOption } from "../../../src/option-names.ts";
import { checkTrainingOptions, defaultTrainingOptions } from "../../../src/train/options/options.ts";

test("an option is a flag: the reference's in its spelling, others with hyphens", () => {
  const sentence = `${nameOption("nLayersD", 3)} and ${nameOption("maxSize")}, not \`npm run setup\` or \`--key\`.`;
  expect(withFlags(sentence)).toBe("--n_layers_D 3 and --max-size, not `npm run setup` or `--key`.");
});

test("a refusal by the training spells options as users type them", () => {
  const refused = () => {
    try {
      checkTrainingOptions({ ...defaultTrainingOptions, inputNc: 1 });
    } catch (error) {
      return withFlags((error as Error).message);
    }
  };
  expect(refused()).toBe(
    "The identity loss feeds a generator its own target, so --input_nc 1 and --output_nc 3 must be equal; " +
      "give --lambda_identity 0 to train without it.",
  );
});

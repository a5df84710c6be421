import { expect, test } from "vitest";
import { advisingSize } from "../../../src/cli/files/picture-size.ts";
import { UserError } from "../../../src/errors.ts";
import { PictureSizeError, type SizeRemedy } from "../../../src/nn/generator.ts";

const refused = (remedy: SizeRemedy) => () =>
  Promise.reject(new PictureSizeError("It is too large.", "Shrink it.", remedy));
const options = (remedy: SizeRemedy) => ("longest" in remedy ? `--max-size ${remedy.longest}` : undefined);

test("a refused size is answered with the command's options, if there are any", async () => {
  await expect(advisingSize(refused({ longest: 64 }), options)).rejects.toThrow(
    /^It is too large\. Shrink it\. --max-size 64 does so\.$/,
  );
  await expect(advisingSize(refused({ multiple: 4 }), options)).rejects.toThrow(/^It is too large\. Shrink it\.$/);
});

test("other errors and results pass through unchanged", async () => {
  const other = new UserError("It is damaged.");
  await expect(advisingSize(() => Promise.reject(other), options)).rejects.toBe(other);
  expect(await advisingSize(() => Promise.resolve(5), options)).toBe(5);
});

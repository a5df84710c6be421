import { expect, test } from "vitest";
import { parseTrainOptions } from "../../../src/cli/commands/train/options.ts";
import { tuneModeFrom } from "../../../src/cli/options/tune-mode.ts";
import { UserError } from "../../../src/errors.ts";

test("the environment says whether kernels are measured, and the option overrides it", async () => {
  expect(tuneModeFrom({})).toBe("auto");
  expect(tuneModeFrom({ PIXELCYCLE_TUNE: "" })).toBe("auto");
  expect(tuneModeFrom({ PIXELCYCLE_TUNE: "on" })).toBe("on");
  expect(() => tuneModeFrom({ PIXELCYCLE_TUNE: "yes" })).toThrow(
    new UserError('PIXELCYCLE_TUNE must be one of auto, on, off, not "yes".'),
  );
  expect((await parseTrainOptions(["--dataroot", "d"])).tune).toBe("off"); // all tests run with PIXELCYCLE_TUNE=off
  expect((await parseTrainOptions(["--dataroot", "d", "--tune", "on"])).tune).toBe("on");
  await expect(parseTrainOptions(["--dataroot", "d", "--tune", "always"])).rejects.toThrow(/--tune.*auto, on/);
});

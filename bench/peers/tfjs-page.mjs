// @ts-nocheck: beside files that are not checked either.

// tfjs-webgpu as a contender in a page.

import { fetchSetup, takePart } from "./page.mjs";
import { start } from "./tfjs-forward.mjs";

takePart(async () => start(await fetchSetup()));

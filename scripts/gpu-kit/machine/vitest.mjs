// Replaces the "vitest" that the tests import, built from its parts that need no Vite: its runner,
// chai with its matchers, and its spies.

import {
  ASYMMETRIC_MATCHERS_OBJECT,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  chai,
  customMatchers,
  getState,
  setState,
} from "@vitest/expect";
import { spyOn } from "@vitest/spy";

export { afterAll, afterEach, beforeAll, beforeEach, describe, onTestFinished, test } from "@vitest/runner";

export const vi = { spyOn };

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

const globals = /** @type {any} */ (globalThis);

/** @type {any} */
export const expect = (/** @type {unknown} */ value, /** @type {string} */ message) => chai.expect(value, message);
Object.assign(expect, chai.expect, globals[ASYMMETRIC_MATCHERS_OBJECT], { getState: () => getState(expect) });
globals[GLOBAL_EXPECT] = expect;
setState(/** @type {any} */ ({ assertionCalls: 0, isExpectingAssertions: false }), expect);
/** @type {any} */ (chai.expect).extend(expect, customMatchers);

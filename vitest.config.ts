import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests are slow when they raise whole stacks and bake whole images; that lane runs only when asked for: `vitest run --project e2e`. */
const lanes = {
  fast: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'test/{conformance,fuzz,integration,orca,rooms}/**/*.test.ts'],
  e2e: ['test/e2e/**/*.test.ts'],
};

export default defineConfig({
  test: {
    // Tests here wait for processes, locks and clocks more than they compute.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    reporters: ['default', './test/support/closing-line.ts'],
    projects: Object.entries(lanes).map(([name, include]) => ({
      test: {
        name,
        include,
        globalSetup: ['./test/support/redis.ts'],
        // A noisy machine is slow, not broken.
        testTimeout: 30_000,
        hookTimeout: 30_000,
      },
    })),
  },
});

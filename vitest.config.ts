import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@holdfast/source", "node", "import", "default"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ["test/clean-environment.ts"],
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "test/**/*.test.ts"],
    // Only for what hangs: a test that starts processes may share two busy cores with all the others.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    execArgv: ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"],
  },
});

export default config;

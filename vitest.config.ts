import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@holdfast/source", "node", "import", "default"];

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 20_000,
    execArgv: ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"],
  },
});

export default config;

import { scenario } from "./scenario.ts";

// Run by Deno, Bun and Node; a runtime whose event loop runs empty would otherwise end without a word.
let passed = 0;
for (const [name, check] of Object.entries(scenario)) {
  try {
    await check();
    passed += 1;
  } catch (error) {
    throw new Error(`Failed to ${name}`, { cause: error });
  }
}
console.log(`${passed} of ${Object.keys(scenario).length} passed`);

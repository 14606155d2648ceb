/**
 * Run before each file of tests: they, and the processes they start, are to find the same environment on every machine, whatever
 * profile, endpoint or colour whoever runs them works with.
 */
for (const name of Object.keys(process.env)) {
  if (name.startsWith("AWS_") || name === "FORCE_COLOR") delete process.env[name];
}
process.env.AWS_CONFIG_FILE = "/nonexistent";
process.env.AWS_SHARED_CREDENTIALS_FILE = "/nonexistent";

import fc from "fast-check";
import { expect, test } from "vitest";
import { prometheusPrefix } from "./prometheus/prometheus-names.ts";
import { pascalCase, snakeCase } from "./spelling.ts";

test("spells names CloudWatch's and Prometheus's way", () => {
  expect(pascalCase("replicationSuccess")).toBe("ReplicationSuccess");
  expect(snakeCase("replicationSuccess")).toBe("replication_success");
  expect(["SecretsReplicator/prod", "Shop", "1st.App", "HTTPServer"].map(prometheusPrefix)).toEqual([
    "secrets_replicator_prod",
    "shop",
    "_1st_app",
    "httpserver",
  ]);
});

test("two names stay two", () => {
  const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/);
  fc.assert(
    fc.property(name, name, (a, b) => {
      fc.pre(a !== b);
      expect(pascalCase(a)).not.toBe(pascalCase(b));
      expect(snakeCase(a)).not.toBe(snakeCase(b));
    }),
  );
});

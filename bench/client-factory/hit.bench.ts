/**
 * What it costs to ask the factory for a client that it has: beside a nested map alone, and beside the keys that
 * people build from text. Nanoseconds, medians of interleaved rounds.
 */
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createClientFactory } from "../../packages/client-factory/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { tenRegions } from "./ten-regions.ts";

const { rounds, calls } = smoke ? { rounds: 3, calls: 20_000 } : { rounds: 25, calls: 200_000 };
const credentials = { accessKeyId: "AKIA", secretAccessKey: "secret" };
const roleArn = "arn:aws:iam::444455556666:role/Deploy";

await using factory = createClientFactory({ region: "us-east-1", credentials });
const account = factory.assumeRole({ roleArn, externalId: "tenant" });

const made = new Map(tenRegions.map((region) => [region, factory.client(SecretsManagerClient, { region })]));
const nested = new Map([[SecretsManagerClient, made]]);
const byText = new Map(
  tenRegions.map((region) => [`SecretsManagerClient|${region}|profile|${roleArn}|`, made.get(region)]),
);
const byJson = new Map(
  tenRegions.map((region) => [JSON.stringify(["SecretsManagerClient", { region, role: roleArn }]), made.get(region)]),
);

const candidates: Record<string, (index: number) => unknown> = {
  "floor: nested maps": (index) => nested.get(SecretsManagerClient)?.get(tenRegions[index % 10]!),
  "template-string key": (index) =>
    byText.get(`${SecretsManagerClient.name}|${tenRegions[index % 10]}|profile|${roleArn}|`),
  "JSON key": (index) =>
    byJson.get(JSON.stringify(["SecretsManagerClient", { region: tenRegions[index % 10], role: roleArn }])),
  "ours: client(Class)": () => factory.client(SecretsManagerClient),
  "ours: client(Class, { region })": (index) =>
    factory.client(SecretsManagerClient, { region: tenRegions[index % 10] }),
  "ours: account.client(Class, { region })": (index) =>
    account.client(SecretsManagerClient, { region: tenRegions[index % 10] }),
  "ours: client(Class, { region, config })": (index) =>
    factory.client(SecretsManagerClient, { region: tenRegions[index % 10], config: { userAgentAppId: "app" } }),
  "ours: client(Class, { region, role })": (index) =>
    factory.client(SecretsManagerClient, { region: tenRegions[index % 10], role: { roleArn, externalId: "tenant" } }),
};

const samples = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
let sink: unknown;
for (let round = -2; round < rounds; round += 1) {
  for (const [name, candidate] of Object.entries(candidates)) {
    const start = process.hrtime.bigint();
    for (let index = 0; index < calls; index += 1) sink = candidate(index);
    const nanoseconds = Number(process.hrtime.bigint() - start) / calls;
    if (round >= 0) samples.get(name)?.push(nanoseconds);
  }
}
if (sink === undefined) throw new Error("nothing was found");
const figures = Object.fromEntries([...samples].map(([name, values]) => [name, Math.round(median(values) * 10) / 10]));
console.table(Object.entries(figures).map(([candidate, ns]) => ({ candidate, "ns per hit": ns })));
const hit = figures["ours: client(Class, { region })"]!;
report("client-factory-hit", { figures }, [{ goal: "a hit costs ≤ 150 ns", figure: `${hit} ns`, met: hit <= 150 }]);

import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { QueueAddress } from "../settings/environment.ts";
import type { EventReport } from "./replicate-event.ts";

/**
 * Puts what could not be replicated into a queue, as an event that can be given to the replicator again, with the
 * destinations that failed and why. Destinations that have it already are not written again then.
 */
export async function sendDeadLetter(
  client: SQSClient,
  { account, name }: QueueAddress,
  { region, report }: { readonly region: string; readonly report: EventReport },
  abortSignal: AbortSignal,
): Promise<void> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account }), {
    abortSignal,
  });
  const failures = report.destinations.filter(({ outcome }) => outcome !== "replicated" && outcome !== "skipped");
  const event = { source: "manual", secretIds: report.secretIds, region, failures };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }), { abortSignal });
}

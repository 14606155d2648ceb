import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../clock.ts";
import { assertKnownOptions, assertOption } from "../options.ts";
import type { Batch } from "../point.ts";
import { queued } from "../queued.ts";
import { type Sink, UnsentPointsError, type WriteContext } from "../sink.ts";
import type { DistributionForm } from "./metric-data.ts";
import { type MetricRequest, metricRequests } from "./metric-requests.ts";

/** What repeats a request: any policy of cockatiel's shape. */
export interface SendPolicy {
  execute<T>(send: (context: { readonly signal: AbortSignal }) => PromiseLike<T> | T, signal?: AbortSignal): Promise<T>;
}

export interface CloudWatchSinkOptions {
  readonly client: Pick<CloudWatchClient, "send">;
  /** Runs each request. Default none: the client's own retry, and the pause between writes, do. */
  readonly policy?: SendPolicy | undefined;
  /**
   * How timers and distributions are sent. `values` (default) keeps percentiles within 2 % of the exact ones;
   * `statistics` keeps count, sum and extremes alone.
   */
  readonly distributions?: DistributionForm | undefined;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** What a sink has sent since it was made. */
export interface CloudWatchSinkStats {
  readonly requests: number;
  readonly data: number;
  /** Before compression. */
  readonly bytes: number;
}

export interface CloudWatchSink extends Sink {
  stats(): CloudWatchSinkStats;
}

// CloudWatch takes data of the last two weeks; a margin for the way there.
const oldestMs = 14 * 86_400_000 - 300_000;

// The request itself is wrong: the same one would be refused for ever.
const rejections: ReadonlySet<string> = new Set([
  "InvalidParameterValueException",
  "InvalidParameterCombinationException",
  "MissingRequiredParameterException",
  "InvalidFormatFault",
  "ValidationError",
]);

/**
 * Sends metrics with PutMetricData: at most 1,000 data and 1 MB a request, gzipped by the client from 10 KiB, each metric with its
 * dimensions and in the coarser forms of its definition. A request whose answer is lost is sent again, and may then count twice.
 *
 * @throws OptionError without a client, or on an option that it does not have.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 */
export function cloudWatchSink(options: CloudWatchSinkOptions): CloudWatchSink {
  assertKnownOptions("cloudWatchSink()", options, { client: 0, policy: 0, distributions: 0, clock: 0 });
  const { client, policy, distributions = "values", clock = Date } = options;
  const now = () => clock.now();
  assertOption(typeof client?.send === "function", "client", "a CloudWatchClient", client);
  assertOption(policy === undefined || typeof policy?.execute === "function", "policy", "a policy", policy);
  const isForm = distributions === "values" || distributions === "statistics";
  assertOption(isForm, "distributions", '"values" or "statistics"', distributions);
  const stats = { requests: 0, data: 0, bytes: 0 };

  async function send(namespace: string, { data, bytes }: MetricRequest, signal: AbortSignal): Promise<void> {
    const command = new PutMetricDataCommand({ Namespace: namespace, MetricData: data });
    const attempt = (context: { readonly signal: AbortSignal }) =>
      client.send(command, { abortSignal: context.signal });
    await (policy === undefined ? attempt({ signal }) : policy.execute(attempt, signal));
    stats.requests++;
    stats.data += data.length;
    stats.bytes += bytes;
  }

  return {
    name: "cloudwatch",
    delivery: queued,
    stats: () => ({ ...stats }),
    async write(batch: Batch, { signal, dropped }: WriteContext): Promise<void> {
      if (batch.endedAt < now() - oldestMs) {
        dropped(batch.points.length, "too-old");
        return;
      }
      // A clock that was set back would leave a time that CloudWatch refuses as too far ahead.
      const requests = metricRequests(batch, new Date(Math.min(batch.endedAt, now())), distributions);
      for (const [at, request] of requests.entries()) {
        try {
          await send(batch.namespace, request, signal);
        } catch (error) {
          if (!isRejection(error))
            throw new UnsentPointsError(
              requests.slice(at).flatMap(({ points }) => points),
              error,
            );
          dropped(request.points.length, "rejected");
        }
      }
    },
  };
}

function isRejection(error: unknown): boolean {
  return error instanceof Error && rejections.has(error.name);
}

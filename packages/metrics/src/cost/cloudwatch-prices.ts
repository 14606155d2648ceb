/** A price that falls with the amount: `perUnit` up to `upTo` units in all. */
export interface PriceTier {
  readonly upTo: number;
  readonly perUnit: number;
}

/** What CloudWatch asks for a month, in US dollars. */
export interface CloudWatchPrices {
  /** When these were looked up, ISO 8601. */
  readonly asOf: string;
  readonly region: string;
  readonly source: string;
  /** Per custom metric: one name with one set of dimension values. */
  readonly metrics: readonly PriceTier[];
  /** Per 1,000 requests. */
  readonly thousandRequests: number;
  /** Per alarm on one metric, of a minute and more. */
  readonly alarm: number;
  /** Per alarm on one metric, of less than a minute. */
  readonly fastAlarm: number;
  readonly dashboard: number;
  /** Per GB of log taken in: EMF. */
  readonly logGigabyte: number;
}

/** Prices of us-east-1 without the free tier. They change: look them up before you decide by them. */
export const cloudWatchPrices: CloudWatchPrices = {
  asOf: "2026-06-13",
  region: "us-east-1",
  source: "https://aws.amazon.com/cloudwatch/pricing/",
  metrics: [
    { upTo: 10_000, perUnit: 0.3 },
    { upTo: 250_000, perUnit: 0.1 },
    { upTo: 1_000_000, perUnit: 0.05 },
    { upTo: Number.POSITIVE_INFINITY, perUnit: 0.02 },
  ],
  thousandRequests: 0.01,
  alarm: 0.1,
  fastAlarm: 0.3,
  dashboard: 3,
  logGigabyte: 0.5,
};

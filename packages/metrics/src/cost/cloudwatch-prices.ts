/** A price that falls with the amount: `perUnit` up to `upTo` units in all. */
export interface PriceTier {
  readonly upTo: number;
  readonly perUnit: number;
}

/** Where a price was read, and of when it is. */
export interface PriceSource {
  readonly source: string;
  /** Since when the price held, by that source; ISO 8601. `undefined`: it does not say, and the price is unconfirmed. */
  readonly since: string | undefined;
}

/** What CloudWatch asks for a month, in US dollars. */
export interface CloudWatchPrices {
  /** The day for which these are known, ISO 8601. */
  readonly asOf: string;
  readonly region: string;
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
  /** Where to look the current ones up. */
  readonly source: string;
  /** Where each was read. What has no date there could not be confirmed. */
  readonly sources: Readonly<
    Record<"metrics" | "thousandRequests" | "alarm" | "fastAlarm" | "dashboard" | "logGigabyte", PriceSource>
  >;
}

// AWS's own page loads its figures by script; the price list holds the same ones, and was read through a copy of 2025-10-28.
const priceList: PriceSource = {
  source: "AWS Price List API, AmazonCloudWatch in us-east-1, read through a public copy of 2025-10-28",
  since: "2025-09-01",
};

/** Prices of us-east-1 without the free tier. They change: look them up before you decide by them. */
export const cloudWatchPrices: CloudWatchPrices = {
  asOf: "2025-10-28",
  region: "us-east-1",
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
  source: "https://aws.amazon.com/cloudwatch/pricing/",
  sources: {
    metrics: priceList,
    thousandRequests: priceList,
    alarm: priceList,
    fastAlarm: priceList,
    dashboard: {
      source: "expected costs in the tests of infracost, which are made from the price list",
      since: undefined,
    },
    logGigabyte: priceList,
  },
};

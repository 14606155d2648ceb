import type { TierName } from "./tier.ts";

const data =
  "DynamoDB DynamoDBStreams S3 S3Control Kinesis Firehose RDSData RedshiftData Athena Glue TimestreamQuery " +
  "TimestreamWrite OpenSearch NeptuneData Neptunedata DAX EFS FSx Glacier StorageGateway DataBrew EMR LakeFormation " +
  "S3Tables S3Vectors KeyspacesStreams QLDBSession MemoryDB ElastiCache DocDB Redshift";
const ai =
  "BedrockRuntime BedrockAgentRuntime BedrockAgentCore BedrockAgent Bedrock SageMaker SageMakerRuntime Comprehend " +
  "ComprehendMedical Rekognition Textract Transcribe TranscribeStreaming Translate Polly Personalize PersonalizeRuntime " +
  "Kendra LexRuntimeV2 LexRuntimeService Forecast Forecastquery FraudDetector QBusiness QConnect";
const longPoll = "SQS SFN SWF";

const tierByService: ReadonlyMap<string, TierName> = new Map([
  ...listed(data, "data"),
  ...listed(ai, "ai"),
  ...listed(longPoll, "long-poll"),
]);

/** The tier of a service by its name in the SDK, e.g. `DynamoDB` of `DynamoDBClient`; standard where none is listed. */
export function tierOfService(service: string): TierName {
  return tierByService.get(service) ?? "standard";
}

function listed(services: string, tier: TierName): [string, TierName][] {
  return services.split(" ").map((service) => [service, tier]);
}

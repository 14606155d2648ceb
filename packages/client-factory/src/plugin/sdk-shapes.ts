// The parts of the AWS SDK's middleware that the plug-in touches, stated structurally, so that this package
// imports, and type-checks, without any SDK package.

/** What a plug-in is to `client.middlewareStack.use`. */
export interface SdkPlugin {
  applyToStack(stack: SdkStack): void;
}

/** The SDK types each step's middleware on its own; {@link addMiddleware} says what we need of them. */
export interface SdkStack {
  readonly add: (...values: never[]) => void;
  identify(): string[];
}

export function addMiddleware(stack: SdkStack, middleware: SdkMiddleware, options: SdkMiddlewareOptions): void {
  (stack.add as (middleware: SdkMiddleware, options: SdkMiddlewareOptions) => void)(middleware, options);
}

export interface SdkMiddlewareOptions {
  readonly name: string;
  readonly step: "initialize" | "finalizeRequest" | "deserialize";
  readonly priority: "high" | "low";
  readonly override: true;
  readonly tags?: string[];
  readonly aliases?: string[];
}

export type SdkMiddleware = (next: SdkHandler, context: SdkContext) => SdkHandler;

export type SdkHandler = (args: SdkArguments) => Promise<SdkResult>;

export interface SdkArguments {
  readonly input: unknown;
  readonly request: unknown;
}

export interface SdkResult {
  readonly response: unknown;
  readonly output: SdkOutput;
}

export interface SdkOutput {
  $metadata?: SdkMetadata;
}

export interface SdkMetadata {
  attempts?: number;
  totalRetryDelay?: number;
}

export interface SdkRequest {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** What the SDK tells every middleware of the call at hand. */
export interface SdkContext {
  readonly clientName?: string;
  readonly commandName?: string;
  readonly logger?: Partial<Record<"warn", (message: string) => void>>;
  readonly endpointV2?: {
    readonly properties?: { readonly authSchemes?: readonly { readonly signingRegion?: string }[] };
  };
  /** True for operations that wait at the server, e.g. SQS `ReceiveMessage`. */
  readonly __retryLongPoll?: boolean;
  readonly __smithy_context?: {
    readonly abortSignal?: AbortSignal;
    readonly selectedHttpAuthScheme?: SdkAuthScheme;
  };
}

/** How the call is signed; resolved once per call, before the retry loop. */
export interface SdkAuthScheme {
  identity?: SdkIdentity;
  readonly httpAuthOption?: {
    readonly signingProperties?: { readonly config?: SdkConfig; readonly region?: string };
  };
}

export interface SdkIdentity {
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  readonly accountId?: string;
}

export interface SdkConfig {
  readonly credentials?: (options?: { readonly forceRefresh?: boolean }) => Promise<SdkIdentity>;
  readonly retryStrategy?: () => Promise<object>;
}

/** The SDK's `HttpRequest`, told by its shape: two copies of the SDK may be installed. */
export function isSdkRequest(value: unknown): value is SdkRequest {
  return typeof value === "object" && value !== null && typeof (value as Partial<SdkRequest>).headers === "object";
}

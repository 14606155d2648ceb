// The SDK's request handlers, stated structurally.

export interface SdkHttpRequest {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: number | undefined;
}

export interface SdkHttpResponse {
  readonly body?: unknown;
}

export interface SdkHandlerOptions {
  readonly abortSignal?: unknown;
  readonly requestTimeout?: number | undefined;
}

/** What the SDK's clients take as `requestHandler`. */
export interface SdkRequestHandler {
  readonly metadata?: { readonly handlerProtocol: string };
  handle(request: SdkHttpRequest, options?: SdkHandlerOptions): Promise<{ response: SdkHttpResponse }>;
  destroy?(): void;
  updateHttpClientConfig?(key: never, value: never): void;
  httpHandlerConfigs?(): object;
}

/** The origin that a request goes to, e.g. `http://127.0.0.1:4566`. */
export function originOf(request: SdkHttpRequest): string {
  const port = request.port === undefined ? "" : `:${request.port}`;
  return `${request.protocol ?? "https:"}//${request.hostname ?? ""}${port}`;
}

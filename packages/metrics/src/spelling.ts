/** `replicationSuccess` as `ReplicationSuccess`, CloudWatch's way. Two names stay two. */
export function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `replicationSuccess` as `replication_success`, Prometheus's and OpenTelemetry's way. Two names stay two. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

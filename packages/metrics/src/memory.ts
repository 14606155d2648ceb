export { type MemorySink, type MemorySinkOptions, memorySink } from "./memory-sink.ts";

export { clearErrorLog, type ErrorLog, readErrorLog } from "./error-log.ts";
export { type FileSinkOptions, fileSink } from "./file-sink.ts";

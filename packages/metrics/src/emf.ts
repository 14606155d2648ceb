export { type EmfSinkOptions, emfSink, type LineStream } from "./emf/emf-sink.ts";

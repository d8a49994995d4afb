// Spans as OpenTelemetry has them, sent over OTLP/HTTP. The one file that loads its SDK, and imported only where somebody
// wants spans: docs/operating.md

import {
  type Context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Span as Spun,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Parent, Span, Tracer } from './tracer.ts';

/** A collector that is away costs no more than this, nor the end of the process. */
const EXPORT_WITHIN_MS = 2000;
const EXPORT_EVERY_MS = 1000;

/** `endpoint`: where spans are posted to, whole: `http://127.0.0.1:4318/v1/traces`. */
export function openTracer({ endpoint }: { readonly endpoint: string }): Tracer {
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: EXPORT_WITHIN_MS });
  const processor = new BatchSpanProcessor(exporter, {
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_WITHIN_MS,
  });
  const provider = new NodeTracerProvider({ resource: SERVICE, spanProcessors: [processor] });
  // Never registered for the whole process: what others in it do is not ours to tell.
  const tracer = provider.getTracer('parlance');
  const spun = new WeakMap<Span, Spun>();

  function contextOf(parent: Parent | undefined): Context {
    if (!parent) return ROOT_CONTEXT;
    if ('traceparent' in parent) return remote(parent.traceparent);
    const span = spun.get(parent);
    return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT;
  }

  return {
    begin(name, kind, parent) {
      const began = tracer.startSpan(name, { kind: KINDS[kind] }, contextOf(parent));
      const span: Span = {
        set: (attributes) => void began.setAttributes({ ...attributes }),
        end(failure) {
          if (failure !== undefined) {
            began.setStatus({ code: SpanStatusCode.ERROR, message: failure });
          }
          began.end();
        },
      };
      spun.set(span, began);
      return span;
    },
    close: () => provider.shutdown().catch(() => undefined),
  };
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** W3C Trace Context, version 00. Whatever else stands there begins a trace of its own. */
function remote(traceparent: string): Context {
  const read = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent.trim());
  const [, traceId = '', spanId = '', flags = '00'] = read ?? [];
  if (!read || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

type Resource = NonNullable<
  NonNullable<ConstructorParameters<typeof NodeTracerProvider>[0]>['resource']
>;

const SERVICE: Resource = {
  attributes: { 'service.name': 'parlance' },
  merge: () => SERVICE,
  getRawAttributes: () => [['service.name', 'parlance']],
};

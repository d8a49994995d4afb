// By what a gateway tells its operator of itself. What nobody wants is not even loaded.

import type { Config } from '../config/config.ts';
import { carrying, type Log } from '../observability/log.ts';
import type { Meter } from '../observability/meter.ts';
import { NO_TRACER } from '../observability/tracer.ts';
import type { Watching } from '../observability/watching.ts';

export async function openWatching(
  { telemetry }: Pick<Config, 'telemetry'>,
  { log, meter }: { readonly log: Log; readonly meter: Meter },
): Promise<Watching> {
  return { log: carrying(log, meter), meter, tracer: await tracerFor(telemetry) };
}

async function tracerFor(telemetry: Config['telemetry']) {
  if (!telemetry) return NO_TRACER;
  const { openTracer } = await import('../observability/otlp.ts');
  return openTracer({ endpoint: telemetry.traces });
}

// The environment: the one place that reads the process's own, and the settings that win over the config file.

import { z } from 'zod';
import { collector, host, level, port, redisUrl } from './fields.ts';
import { type Mistake, mistakesOf } from './mistake.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Called by main, once; everybody else is given what it returned. */
export function environmentOfThisProcess(): Environment {
  return Object.freeze({ ...process.env });
}

export function readSettings(environment: Environment): {
  readonly settings: z.output<typeof shape>;
  readonly mistakes: readonly Mistake[];
} {
  // `PORT=` is how shells and compose files say "not set".
  const given = Object.entries(environment).filter(([, value]) => value);
  const read = shape.safeParse(Object.fromEntries(given));
  return read.success
    ? { settings: read.data, mistakes: [] }
    : { settings: {}, mistakes: mistakesOf(read.error, ['env']) };
}

const shape = z.object({
  PORT: port.exactOptional(),
  HOST: host.exactOptional(),
  REDIS_URL: redisUrl.exactOptional(),
  LOG_LEVEL: level.exactOptional(),
  /** As OpenTelemetry has it: what spans, metrics and logs have in common of their addresses. */
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.exactOptional(),
});

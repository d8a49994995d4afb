// From a flag, an environment and a folder to one checked and frozen value, or to everything that is wrong with them.

import { dirname } from 'node:path';
import type { Config, RedisConfig } from './config.ts';
import { type Environment, readSettings } from './environment.ts';
import { readDefaultFile, readModule, readNamedFile } from './file.ts';
import { interpolate } from './interpolate.ts';
import { isMapping, type Mapping } from './mapping.ts';
import type { Mistake } from './mistake.ts';
import { readKinds } from './own-kinds.ts';
import type { Secret } from './secret.ts';
import { unknownSettings } from './unknown.ts';
import { type Validated, validate } from './validate.ts';

export interface Surroundings {
  readonly environment: Environment;
  /** The folder relative names start from, and the default files are looked for in. */
  readonly cwd: string;
  /** What the flag `--config` said; wins over PARLANCE_CONFIG. */
  readonly configPath?: string | undefined;
}

export type Result =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

export async function loadConfig(surroundings: Surroundings): Promise<Result> {
  const { settings, mistakes } = readSettings(surroundings.environment);
  const file = await readFile(surroundings);
  const read = file.kind === 'read' ? await validateWhole(file, surroundings.environment) : NOTHING;

  const all = [...mistakes, ...(file.kind === 'unreadable' ? file.mistakes : []), ...read.mistakes];
  if (all.length > 0) return { ok: false, mistakes: all };

  return {
    ok: true,
    config: deepFrozen({
      kind: file.kind === 'none' ? 'sandbox' : 'configured',
      providers: read.providers,
      server: {
        ...read.server,
        port: settings.PORT ?? read.server.port ?? 4000,
        host: settings.HOST ?? read.server.host ?? '127.0.0.1',
      },
      ...redisOf(settings.REDIS_URL, read.redis),
      ...(read.events ? { events: read.events } : {}),
      ...(read.cache === undefined ? {} : { cache: read.cache }),
      ...(read.auth ? { auth: read.auth } : {}),
      ...(read.limits ? { limits: read.limits } : {}),
      ...(read.operations ? { operations: read.operations } : {}),
      log: { level: settings.LOG_LEVEL ?? read.log.level ?? 'info' },
      ...(read.metrics ? { metrics: read.metrics } : {}),
      ...telemetryOf(settings.OTEL_EXPORTER_OTLP_ENDPOINT, read.telemetry),
    }),
  };
}

/** The variable says where it is; whose keys are whose stays with the file. */
function redisOf(url: Secret | undefined, read: RedisConfig | undefined): Pick<Config, 'redis'> {
  if (url === undefined) return read ? { redis: read } : {};
  return { redis: { url, ...(read?.prefix === undefined ? {} : { prefix: read.prefix }) } };
}

function telemetryOf(
  collector: string | undefined,
  read: Config['telemetry'],
): Pick<Config, 'telemetry'> {
  if (collector === undefined) return read ? { telemetry: read } : {};
  return { telemetry: { traces: `${collector.replace(/\/$/, '')}/v1/traces` } };
}

const NOTHING: Validated = { providers: [], server: {}, log: {}, mistakes: [] };

function readFile({ environment, cwd, configPath }: Surroundings) {
  if (configPath !== undefined)
    return readNamedFile({ path: configPath, namedBy: '--config' }, cwd);
  const path = environment['PARLANCE_CONFIG'];
  return path ? readNamedFile({ path, namedBy: 'env.PARLANCE_CONFIG' }, cwd) : readDefaultFile(cwd);
}

async function validateWhole(
  { value: written, path: file }: { readonly value: Mapping; readonly path: string },
  environment: Environment,
): Promise<Validated> {
  const filled = interpolate(written, environment);
  const value = isMapping(filled.value) ? filled.value : {};
  const own = await readKinds(value['kinds'], (specifier) => readModule(specifier, file));
  const validated = await validate(value, own, dirname(file));
  // A value that could not be filled in has had its sentence; what its placeholder looks like is nobody's concern.
  const invalid = [...own.mistakes, ...validated.mistakes].filter(
    ({ path }) => !filled.mistakes.some((mistake) => mistake.path === path),
  );
  return { ...validated, mistakes: [...filled.mistakes, ...unknownSettings(value), ...invalid] };
}

/** What is frozen already is left alone: an account of a kind of somebody else's, with that kind's schema in it. */
function deepFrozen<Value extends object>(value: Value): Value {
  if (Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFrozen(part);
  }
  return Object.freeze(value);
}

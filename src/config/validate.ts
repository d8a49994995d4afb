// Holds every value of a config against the shape it must have, and names all that are wrong at once.

import type { z } from 'zod';
import { providerName } from '../domain/ids.ts';
import { readAuth } from './auth.ts';
import type {
  AuthConfig,
  CacheInput,
  OperationsConfig,
  OwnConfig,
  ProviderConfig,
  RedisConfig,
} from './config.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake, mistakesOf, type Path } from './mistake.ts';
import { nearest } from './nearest.ts';
import { readOperations } from './operations.ts';
import { GENERIC, type OwnKind } from './own-kind.ts';
import { allKinds, type OwnKinds } from './own-kinds.ts';
import { readOwnSettings } from './own-settings.ts';
import {
  type Account,
  anyAccount,
  cache,
  events,
  limits,
  log,
  metrics,
  redisShapeOf,
  server,
  settingsOfTheOtherWay,
  shapeOf,
  telemetry,
  WAYS_TO_REDIS,
} from './shapes.ts';

export interface Validated {
  readonly providers: readonly ProviderConfig[];
  readonly server: z.output<typeof server>;
  readonly redis?: RedisConfig;
  readonly events?: z.output<typeof events>;
  readonly cache?: CacheInput;
  readonly auth?: AuthConfig;
  readonly limits?: z.output<typeof limits>;
  readonly operations?: OperationsConfig;
  readonly log: z.output<typeof log>;
  readonly metrics?: z.output<typeof metrics>;
  readonly telemetry?: z.output<typeof telemetry>;
  readonly mistakes: readonly Mistake[];
}

/** `own`: the kinds from outside this tree that accounts may be of. `folder`: where files it names begin. */
export async function validate(given: Mapping, own: OwnKinds, folder: string): Promise<Validated> {
  const providers = await readProviders(given['providers'], own);
  const serverRead = readSection('server', server, given['server']);
  const redisRead = readRedis(given['redis']);
  const eventsRead = readSection('events', events, given['events']);
  const cacheRead = readCache(given['cache']);
  const authRead = readAuth(given['auth'], folder);
  const limitsRead = readSection('limits', limits, given['limits']);
  const operationsRead = await readOperations(given['operations'], folder);
  const logRead = readSection('log', log, given['log']);
  const metricsRead = readSection('metrics', metrics, given['metrics']);
  const telemetryRead = readSection('telemetry', telemetry, given['telemetry']);
  return {
    providers: providers.value,
    server: serverRead.value ?? {},
    ...(redisRead.value ? { redis: redisRead.value } : {}),
    ...(eventsRead.value ? { events: eventsRead.value } : {}),
    ...(cacheRead.value === undefined ? {} : { cache: cacheRead.value }),
    ...(authRead.value ? { auth: authRead.value } : {}),
    ...(limitsRead.value ? { limits: limitsRead.value } : {}),
    ...(operationsRead.value ? { operations: operationsRead.value } : {}),
    log: logRead.value ?? {},
    ...(metricsRead.value ? { metrics: metricsRead.value } : {}),
    ...(telemetryRead.value ? { telemetry: telemetryRead.value } : {}),
    mistakes: [
      ...providers.mistakes,
      ...serverRead.mistakes,
      ...redisRead.mistakes,
      ...eventsRead.mistakes,
      ...cacheRead.mistakes,
      ...authRead.mistakes,
      ...limitsRead.mistakes,
      ...operationsRead.mistakes,
      ...logRead.mistakes,
      ...metricsRead.mistakes,
      ...telemetryRead.mistakes,
    ],
  };
}

interface Read<Value> {
  readonly value?: Value;
  readonly mistakes: readonly Mistake[];
}

async function readProviders(
  given: unknown,
  own: OwnKinds,
): Promise<Required<Read<ProviderConfig[]>>> {
  const path = ['providers'];
  const anyKind = oneOf(allKinds(own.kinds));
  if (given === undefined) {
    return noProviders(mistake(path, `is missing: add at least one provider, of kind ${anyKind}`));
  }
  if (given === null || (isMapping(given) && Object.keys(given).length === 0)) {
    return noProviders(mistake(path, `is empty: add at least one provider, of kind ${anyKind}`));
  }
  if (!isMapping(given)) {
    return noProviders(mistake(path, 'must map names to providers: write `website: { kind: … }`'));
  }

  const value: ProviderConfig[] = [];
  const mistakes: Mistake[] = [];
  for (const [name, entry] of Object.entries(given)) {
    if (!PROVIDER_NAME.test(name)) mistakes.push(mistake([...path, name], BAD_NAME));
    const read = await readProvider([...path, name], entry, own);
    mistakes.push(...read.mistakes);
    if (read.value) value.push(named(name, read.value));
  }
  return { value, mistakes };
}

function noProviders(because: Mistake) {
  return { value: [], mistakes: [because] };
}

const PROVIDER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const BAD_NAME =
  'is not a name for a provider: begin with a letter, then use letters, digits, - and _, 64 characters at most';

function named(name: string, account: Account | OwnAccount): ProviderConfig {
  const whole = { name: providerName(name), ...account };
  return whole.kind === GENERIC ? Object.freeze(whole) : whole;
}

type OwnAccount = Omit<OwnConfig, 'name'>;

function oneOf(kinds: readonly string[]): string {
  return `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;
}

async function readProvider(
  path: Path,
  given: unknown,
  own: OwnKinds,
): Promise<Read<Account | OwnAccount>> {
  const kinds = allKinds(own.kinds);
  if (!isMapping(given)) {
    return wrong(path, `must be a mapping: begin it with its kind, ${oneOf(kinds)}`);
  }
  const kind = given['kind'];
  const kindPath = [...path, 'kind'];
  if (kind === undefined) return wrong(kindPath, `is missing: add ${oneOf(kinds)}`);
  if (typeof kind !== 'string' || !kinds.includes(kind)) {
    // It may be the one that could not be had, and that has had its sentence.
    if (own.mistakes.length > 0) return { mistakes: [] };
    const meant = typeof kind === 'string' ? nearest(kind, kinds) : undefined;
    const fix = meant ? `write ${meant} if that was meant, else another of` : 'write one of';
    return wrong(kindPath, `is not a kind of provider: ${fix} ${kinds.join(', ')}`);
  }
  const definition = own.kinds.find((each) => each.kind === kind);
  return definition ? readOwnAccount(path, given, definition) : readOurAccount(path, given);
}

function readOurAccount(path: Path, given: Mapping): Read<Account> {
  if (isPinkfishWithoutVia(given)) return wrong([...path, 'via'], VIA_MISSING);
  const shape = shapeOf(given);
  if (!shape) return wrong([...path, 'via'], VIA_UNKNOWN);

  const read = shape.safeParse(given);
  return read.success
    ? { value: read.data, mistakes: [] }
    : { mistakes: mistakesOf(read.error, path) };
}

/** What every account may say is ours to judge; the rest is the kind's. */
async function readOwnAccount(
  path: Path,
  given: Mapping,
  definition: OwnKind,
): Promise<Read<OwnAccount>> {
  const shared = outcomeOf(anyAccount.safeParse(given), path);
  const rest = Object.entries(given).filter(
    ([setting]) => setting !== 'kind' && !Object.hasOwn(anyAccount.shape, setting),
  );
  const own = await readOwnSettings(path, Object.fromEntries(rest), definition);
  return own.ok && shared.value
    ? {
        value: {
          kind: GENERIC,
          of: definition.kind,
          ...shared.value,
          settings: own.settings,
          definition,
        },
        mistakes: [],
      }
    : { mistakes: [...shared.mistakes, ...(own.ok ? [] : own.mistakes)] };
}

function isPinkfishWithoutVia(entry: Mapping): boolean {
  if ('via' in entry || 'secret' in entry) return false;
  return settingsOfTheOtherWay(entry).some((setting) => setting in entry);
}

const VIA_MISSING =
  'is missing: add `via: pinkfish`, which the settings beside it are of, or give a ChatBotKit secret in their place';

const VIA_UNKNOWN =
  'is not a way to ChatBotKit: write pinkfish, or remove it and give a ChatBotKit secret';

function readSection<Shape extends z.ZodObject>(
  name: string,
  shape: Shape,
  given: unknown,
): Read<z.output<Shape>> {
  if (given === undefined) return { mistakes: [] };
  if (!isMapping(given)) {
    const settings = Object.keys(shape.shape).join(', ');
    return wrong([name], `must be a mapping: give it ${settings}, or remove it`);
  }
  return outcomeOf(shape.safeParse(given), [name]);
}

function readCache(given: unknown): Read<CacheInput> {
  if (given === false || given === 'false') return { value: false, mistakes: [] };
  if (given !== undefined && !isMapping(given)) {
    const settings = Object.keys(cache.shape).join(', ');
    return wrong(
      ['cache'],
      `must be false, to have each query ask, or a mapping: give it ${settings}, or remove it`,
    );
  }
  return readSection('cache', cache, given);
}

function readRedis(given: unknown): Read<RedisConfig> {
  if (given === undefined) return { mistakes: [] };
  if (!isMapping(given)) {
    return wrong(['redis'], 'must be a mapping: write `redis: { url: redis://… }`, or remove it');
  }
  if (WAYS_TO_REDIS.filter((way) => way in given).length > 1) {
    return wrong(['redis'], 'names more than one Redis: keep one of url, sentinels and cluster');
  }
  const read = redisShapeOf(given).safeParse(given);
  return read.success
    ? { value: read.data, mistakes: [] }
    : { mistakes: mistakesOf(read.error, ['redis']) };
}

function outcomeOf<Value>(read: z.ZodSafeParseResult<Value>, path: Path): Read<Value> {
  return read.success
    ? { value: read.data, mistakes: [] }
    : { mistakes: mistakesOf(read.error, path) };
}

function wrong(path: Path, complaint: string) {
  return { mistakes: [mistake(path, complaint)] };
}

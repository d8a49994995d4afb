// Names every setting that does not exist, with the one that was probably meant.
// Not zod's strict objects: those name the key, but cannot know what was meant.

import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import { nearest } from './nearest.ts';
import {
  AUTH_PARTS,
  auth,
  cache,
  EVENT_PARTS,
  KEPT_TIMES,
  limits,
  log,
  metrics,
  operations,
  RATE,
  redisShapeOf,
  SECTIONS,
  server,
  settingsOfTheOtherWay,
  shapeOf,
  telemetry,
  WAYS_TO_REDIS,
} from './shapes.ts';

export function unknownSettings(given: Mapping): Mistake[] {
  return [
    ...unknownIn([], given, SECTIONS),
    ...unknownIn(['server'], given['server'], Object.keys(server.shape)),
    ...unknownInRedis(given['redis']),
    ...unknownInEvents(given['events']),
    ...unknownInCache(given['cache']),
    ...unknownInAuth(given['auth']),
    ...unknownInLimits(given['limits']),
    ...unknownIn(['operations'], given['operations'], Object.keys(operations.shape)),
    ...unknownIn(['log'], given['log'], Object.keys(log.shape)),
    ...unknownIn(['metrics'], given['metrics'], Object.keys(metrics.shape)),
    ...unknownIn(['telemetry'], given['telemetry'], Object.keys(telemetry.shape)),
    ...providersIn(given).flatMap(([name, entry]) => unknownInProvider(['providers', name], entry)),
  ];
}

function providersIn({ providers }: Mapping): [string, unknown][] {
  return isMapping(providers) ? Object.entries(providers) : [];
}

function unknownInRedis(given: unknown): Mistake[] {
  if (!isMapping(given)) return [];
  const known = Object.keys(redisShapeOf(given).shape);
  // A second way to it has a sentence of its own in validate.ts; without any, whatever was meant may be the first.
  const rest = Object.entries(given).filter(([setting]) => !WAYS_TO_REDIS.includes(setting));
  const missing = WAYS_TO_REDIS.filter((way) => !(way in given));
  return unknownIn(
    ['redis'],
    Object.fromEntries(rest),
    missing.length === 3 ? [...known, ...missing.slice(1)] : known,
  );
}

function unknownInEvents(given: unknown): Mistake[] {
  if (!isMapping(given)) return [];
  return [
    ...unknownIn(['events'], given, Object.keys(EVENT_PARTS)),
    ...Object.entries(EVENT_PARTS).flatMap(([part, known]) =>
      unknownIn(['events', part], given[part], known),
    ),
  ];
}

function unknownInLimits(given: unknown): Mistake[] {
  if (!isMapping(given)) return [];
  return [
    ...unknownIn(['limits'], given, Object.keys(limits.shape)),
    ...unknownIn(['limits', 'rate'], given['rate'], RATE),
  ];
}

function unknownInCache(given: unknown): Mistake[] {
  if (!isMapping(given)) return [];
  const known = Object.keys(cache.shape);
  return [
    ...unknownIn(['cache'], given, known),
    ...known.flatMap((part) => unknownIn(['cache', part], given[part], KEPT_TIMES)),
  ];
}

function unknownInAuth(given: unknown): Mistake[] {
  if (!isMapping(given)) return [];
  const { jwt } = given;
  return [
    ...unknownIn(['auth'], given, Object.keys(auth.shape)),
    ...unknownIn(['auth', 'jwt'], jwt, AUTH_PARTS.jwt),
    ...unknownIn(
      ['auth', 'jwt', 'claims'],
      isMapping(jwt) ? jwt['claims'] : undefined,
      AUTH_PARTS.claims,
    ),
  ];
}

function unknownInProvider(path: Path, entry: unknown): Mistake[] {
  const shape = isMapping(entry) ? shapeOf(entry) : undefined;
  if (!isMapping(entry) || !shape) return [];
  const misplaced = settingsOfTheOtherWay(entry).filter((setting) => setting in entry);
  const rest = Object.entries(entry).filter(([setting]) => !misplaced.includes(setting));
  return [
    ...unknownIn(path, Object.fromEntries(rest), Object.keys(shape.shape)),
    ...misplacedIn(path, entry, misplaced),
  ];
}

/** ChatBotKit is reached in two ways, and an account knows one of them. */
function misplacedIn(
  path: Path,
  { via, secret }: Mapping,
  misplaced: readonly string[],
): Mistake[] {
  // Without a secret all of them are meant, and what is missing is `via`: validate.ts says so.
  if (via === undefined && secret === undefined) return [];
  const complaint =
    via === undefined
      ? 'is a setting of an account with `via: pinkfish`: add that and remove secret, or remove this'
      : 'is a setting of an account without `via`: Pinkfish knows its own way to ChatBotKit, so remove it';
  return misplaced.map((setting) => mistake([...path, setting], complaint));
}

function unknownIn(path: Path, given: unknown, known: readonly string[]): Mistake[] {
  if (!isMapping(given)) return [];
  const free = known.filter((key) => !Object.hasOwn(given, key));
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = nearest(key, free);
      // `{ token:sk-1 }` without the space, or a value that lost its key: what YAML took for a key may be a secret.
      if (key.includes(':') || (given[key] === null && !meant)) return mistake(shownAs(path), LOST);
      const fix = meant ? `write ${meant} instead` : `use one of ${known.join(', ')}`;
      return mistake([...path, key], `is not a setting: ${fix}, or remove it`);
    });
}

function shownAs(path: Path): Path {
  return path.length > 0 ? path : ['the config'];
}

const LOST =
  'holds a word that is no setting and may be a value: write each as `name: value`, with a space after the colon';

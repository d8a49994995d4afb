// Names every setting that does not exist, with the one that was probably meant.
// Not zod's strict objects: those name the key, but cannot know what was meant.

import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import { nearest } from './nearest.ts';
import { isKind, isPinkfish, log, SECTIONS, server, settingsOf } from './shapes.ts';

export function unknownSettings(given: Mapping): Mistake[] {
  return [
    // `redis` has a sentence of its own in validate.ts.
    ...unknownIn([], given, SECTIONS).filter(({ path }) => path !== 'redis'),
    ...unknownIn(['server'], given['server'], Object.keys(server.shape)),
    ...unknownIn(['log'], given['log'], Object.keys(log.shape)),
    ...providersIn(given).flatMap(([name, entry]) => unknownInProvider(['providers', name], entry)),
  ];
}

function providersIn({ providers }: Mapping): [string, unknown][] {
  return isMapping(providers) ? Object.entries(providers) : [];
}

function unknownInProvider(path: Path, entry: unknown): Mistake[] {
  if (!isMapping(entry) || !isKind(entry['kind']) || isPinkfish(entry)) return [];
  return unknownIn(path, entry, settingsOf(entry['kind']));
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

// Holds every value of a config against the shape it must have, and names all that are wrong at once.

import type { z } from 'zod';
import { providerName } from '../domain/ids.ts';
import type { ProviderConfig } from './config.ts';
import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake, mistakesOf, type Path } from './mistake.ts';
import { nearest } from './nearest.ts';
import {
  type Account,
  isKind,
  KINDS,
  log,
  server,
  settingsOfTheOtherWay,
  shapeOf,
} from './shapes.ts';

export interface Validated {
  readonly providers: readonly ProviderConfig[];
  readonly server: z.output<typeof server>;
  readonly log: z.output<typeof log>;
  readonly mistakes: readonly Mistake[];
}

export function validate(given: Mapping): Validated {
  const providers = readProviders(given['providers']);
  const serverRead = readSection('server', server, given['server']);
  const logRead = readSection('log', log, given['log']);
  return {
    providers: providers.value,
    server: serverRead.value ?? {},
    log: logRead.value ?? {},
    mistakes: [
      ...providers.mistakes,
      ...serverRead.mistakes,
      ...logRead.mistakes,
      ...('redis' in given ? [mistake(['redis'], REDIS_LATER)] : []),
    ],
  };
}

const REDIS_LATER =
  'arrives with a later version and would not be used: remove it, this version remembers in its own process';

/** The part of a config that has to go as a whole, so that what is missing inside it needs no sentence. */
export const LATER_PART = 'redis';

interface Read<Value> {
  readonly value?: Value;
  readonly mistakes: readonly Mistake[];
}

function readProviders(given: unknown): Required<Read<ProviderConfig[]>> {
  const path = ['providers'];
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
    const read = readProvider([...path, name], entry);
    mistakes.push(...read.mistakes);
    if (read.value) value.push({ name: providerName(name), ...read.value });
  }
  return { value, mistakes };
}

function noProviders(because: Mistake) {
  return { value: [], mistakes: [because] };
}

const PROVIDER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const BAD_NAME =
  'is not a name for a provider: begin with a letter, then use letters, digits, - and _, 64 characters at most';

const anyKind = `${KINDS.slice(0, -1).join(', ')} or ${KINDS.at(-1)}`;

function readProvider(path: Path, given: unknown): Read<Account> {
  if (!isMapping(given)) {
    return wrong(path, `must be a mapping: begin it with its kind, ${anyKind}`);
  }
  const kind = given['kind'];
  const kindPath = [...path, 'kind'];
  if (kind === undefined) return wrong(kindPath, `is missing: add ${anyKind}`);
  if (!isKind(kind)) {
    const meant = typeof kind === 'string' ? nearest(kind, KINDS) : undefined;
    const fix = meant ? `write ${meant} if that was meant, else another of` : 'write one of';
    return wrong(kindPath, `is not a kind of provider: ${fix} ${KINDS.join(', ')}`);
  }
  if (isPinkfishWithoutVia(given)) return wrong([...path, 'via'], VIA_MISSING);
  const shape = shapeOf(given);
  if (!shape) return wrong([...path, 'via'], VIA_UNKNOWN);

  const read = shape.safeParse(given);
  return read.success
    ? { value: read.data, mistakes: [] }
    : { mistakes: mistakesOf(read.error, path) };
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
  const read = shape.safeParse(given);
  return read.success
    ? { value: read.data, mistakes: [] }
    : { mistakes: mistakesOf(read.error, [name]) };
}

function wrong(path: Path, complaint: string) {
  return { mistakes: [mistake(path, complaint)] };
}

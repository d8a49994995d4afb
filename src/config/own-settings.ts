// The settings of an account whose kind is from outside this tree, held against that kind's own schema.

import { isMapping, type Mapping } from './mapping.ts';
import { type Mistake, mistake, type Path } from './mistake.ts';
import type { OwnKind } from './own-kind.ts';
import { secret } from './secret.ts';

export type SettingsRead =
  | { readonly ok: true; readonly settings: unknown }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** What the schema made of it, with the settings that are credentials hidden. */
export async function readOwnSettings(
  path: Path,
  given: Mapping,
  { kind, settings: schema, secrets }: OwnKind,
): Promise<SettingsRead> {
  const read = await judged(given, schema);
  if (read === undefined) {
    return wrong(path, `cannot be read: the settings schema of kind ${kind} fails, correct that`);
  }
  if (read.issues !== undefined) {
    const mistakes = read.issues.map(({ message, path: below = [] }) => {
      const keys = below.map((key) => String(typeof key === 'object' ? key.key : key));
      return mistake([...path, ...keys], complaint(message, keys, { kind, secrets, given }));
    });
    return { ok: false, mistakes };
  }
  return hidden(path, read.value, { kind, secrets });
}

/** Undefined where the schema throws: what it says then may repeat a value. */
async function judged(given: Mapping, schema: OwnKind['settings']) {
  try {
    return await schema['~standard'].validate(given);
  } catch {
    return undefined;
  }
}

/** The schema's own words end a sentence of ours, without any text the config holds, which may be a secret. */
function complaint(
  message: string,
  keys: readonly string[],
  { kind, secrets, given }: Pick<OwnKind, 'kind' | 'secrets'> & { readonly given: Mapping },
): string {
  const [setting = ''] = keys;
  if (secrets.includes(setting)) {
    return given[setting] === undefined
      ? `is missing: a provider of kind ${kind} needs it`
      : `is not as kind ${kind} needs it: correct it`;
  }
  // The longest first: where one begins with another, its end would stay behind.
  const texts = textsIn(given).toSorted((one, other) => other.length - one.length);
  const said = texts.reduce((shown, text) => shown.replaceAll(text, '«redacted»'), message);
  return `is not as kind ${kind} needs it: ${said.replace(/[.\s]+$/, '')}`;
}

/** Whatever is shorter is no secret, and would tear holes into every sentence. */
const SHORTEST_SECRET = 6;
const DEEPEST_SETTING = 6;

function textsIn(given: unknown, depth = 0): string[] {
  if (typeof given === 'string') return given.length < SHORTEST_SECRET ? [] : [given];
  if (typeof given !== 'object' || given === null || depth > DEEPEST_SETTING) return [];
  return Object.values(given).flatMap((part) => textsIn(part, depth + 1));
}

function hidden(
  path: Path,
  value: unknown,
  { kind, secrets }: Pick<OwnKind, 'kind' | 'secrets'>,
): SettingsRead {
  if (secrets.length === 0) return { ok: true, settings: value };
  if (!isMapping(value)) {
    return wrong(
      path,
      `cannot be read: the settings of kind ${kind} name secrets and are no mapping, correct that`,
    );
  }
  const settings: Record<string, unknown> = { ...value };
  for (const name of secrets) {
    const text = settings[name];
    if (text === undefined) continue;
    if (typeof text !== 'string') {
      return wrong(
        [...path, name],
        `is a secret and must be text: write it in quotes, or correct the schema of kind ${kind}`,
      );
    }
    settings[name] = secret(text);
  }
  return { ok: true, settings: Object.freeze(settings) };
}

function wrong(path: Path, because: string): SettingsRead {
  return { ok: false, mistakes: [mistake(path, because)] };
}

// Finds the kinds of provider that a config names, and judges what was found.

import { origin as originField } from './fields.ts';
import { isMapping } from './mapping.ts';
import { type Mistake, mistake } from './mistake.ts';
import { GENERIC, isOwnKind, type OwnKind } from './own-kind.ts';
import { isKind, KINDS } from './shapes.ts';

export interface OwnKinds {
  readonly kinds: readonly OwnKind[];
  readonly mistakes: readonly Mistake[];
}

/** A module that a config names, or why it cannot be had: a part of a sentence. */
export type ModuleRead =
  | { readonly ok: true; readonly module: unknown }
  | { readonly ok: false; readonly complaint: string };

/** `given` is the section `kinds`: definitions, and names of modules that export one by default. */
export async function readKinds(
  given: unknown,
  load: (specifier: string) => Promise<ModuleRead>,
): Promise<OwnKinds> {
  if (given === undefined) return { kinds: [], mistakes: [] };
  if (!Array.isArray(given)) {
    const complaint = 'must be a list of modules: write `kinds: [./my-provider.js]`, or remove it';
    return { kinds: [], mistakes: [mistake(['kinds'], complaint)] };
  }
  const kinds: OwnKind[] = [];
  const mistakes: Mistake[] = [];
  for (const [index, item] of given.entries()) {
    const read = await readKind(item, load);
    const complaint = read.ok ? complaintAbout(read.kind, kinds) : read.complaint;
    if (complaint !== undefined) mistakes.push(mistake(['kinds', `${index}`], complaint));
    else if (read.ok) kinds.push(read.kind);
  }
  return { kinds, mistakes };
}

type KindRead =
  | { readonly ok: true; readonly kind: OwnKind }
  | { readonly ok: false; readonly complaint: string };

async function readKind(
  item: unknown,
  load: (specifier: string) => Promise<ModuleRead>,
): Promise<KindRead> {
  if (isOwnKind(item)) return { ok: true, kind: item };
  if (typeof item !== 'string' || item === '') return { ok: false, complaint: NO_MODULE };
  const read = await load(item);
  if (!read.ok) return read;
  const { module } = read;
  if (!isMapping(module) || module['default'] === undefined) {
    return {
      ok: false,
      complaint:
        'names a module without a default export: end it with `export default defineProvider({ … })`',
    };
  }
  return isOwnKind(module['default'])
    ? { ok: true, kind: module['default'] }
    : {
        ok: false,
        complaint:
          'names a module whose default export is not made by defineProvider: write `export default defineProvider({ … })`',
      };
}

const NO_MODULE =
  'must be a module: write its path, from the folder of this config (./my-provider.js), or the name of its package';

/** TypeScript has told an author all this already; JavaScript has not. */
function complaintAbout(
  { kind, settings, secrets, origin }: OwnKind,
  others: readonly OwnKind[],
): string | undefined {
  if (typeof kind !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(kind)) {
    return 'defines a kind without a name of its own: give `kind` small letters, digits and -, 64 at most';
  }
  if (isKind(kind) || kind === GENERIC) {
    return `defines the kind ${kind}, which this gateway has itself: give it another name`;
  }
  if (others.some((other) => other.kind === kind)) {
    return `defines the kind ${kind} a second time: remove one of the two`;
  }
  if (typeof settings?.['~standard']?.validate !== 'function') {
    return `defines the kind ${kind} without a schema: give \`settings\` one of zod or of another library that makes Standard Schemas`;
  }
  if (!Array.isArray(secrets) || !secrets.every((name) => typeof name === 'string')) {
    return `defines the kind ${kind} with secrets that are no names: list the names of the settings that are credentials`;
  }
  if (!originField.safeParse(origin).success) {
    return `defines the kind ${kind} without an origin: give \`origin\` where its service lives, such as https://api.example.com`;
  }
  return undefined;
}

/** All kinds an account may have. */
export function allKinds(own: readonly OwnKind[]): string[] {
  return [...KINDS, ...own.map(({ kind }) => kind)];
}

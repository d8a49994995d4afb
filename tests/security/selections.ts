// Selections of all there is below a type, made from the schema; and what was seen of it, by type and field.

import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { schema } from '../../schema/index.ts';
import { at, listAt } from '../support/answer.ts';
import { DESK } from './full-rows.ts';

/** Of a list that would be walked again, and of what leads back to where it was come from. */
export interface Selecting {
  /** Fields left out, by `Type.field`. */
  readonly without?: ReadonlySet<string>;
}

const ARGUMENTS: Readonly<Record<string, string>> = { 'Conversation.tag': `(key: "${DESK}")` };

/** Names are told apart by their type in front: members of one union may have fields of one name. */
const SEPARATOR = '__';

export function selectionOf(name: string, selecting: Selecting = {}): string {
  const type = schema.getType(name);
  if (!type) throw new Error(`there is no type ${name}`);
  return selected(type, [], selecting);
}

function selected(type: GraphQLNamedType, path: readonly string[], selecting: Selecting): string {
  // What leads back to where it was come from goes no further.
  if (path.includes(type.name)) return '{ __typename }';
  if (isAbstractType(type)) {
    const members = schema
      .getPossibleTypes(type)
      .map(
        (member) =>
          `... on ${member.name} ${fieldsOf(member, [...path, type.name], { ...selecting, isMember: true })}`,
      );
    return `{ __typename ${members.join(' ')} }`;
  }
  if (isObjectType(type)) return fieldsOf(type, path, { ...selecting, isMember: false });
  throw new Error(`${type.name} has no fields`);
}

function fieldsOf(
  type: GraphQLObjectType,
  path: readonly string[],
  { isMember, ...selecting }: Selecting & { readonly isMember: boolean },
): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const place = `${type.name}.${field.name}`;
    const named = getNamedType(field.type);
    if (selecting.without?.has(place)) return [];
    const alias = isMember ? `${type.name}${SEPARATOR}${field.name}: ` : '';
    const below = isLeafType(named) ? '' : selected(named, [...path, type.name], selecting);
    return `${alias}${field.name}${ARGUMENTS[place] ?? ''} ${below}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

export type Seen = 'seen' | 'empty' | 'refused';

/** The most that was seen of each field, wherever it stands in an answer. */
export function seenIn(answer: unknown): ReadonlyMap<string, Seen> {
  const seen = new Map<string, Seen>();
  const refused = new Set(
    (at(answer, 'errors') === undefined ? [] : listAt(answer, 'errors'))
      .filter((error) => at(error, 'extensions.code') === 'FORBIDDEN')
      .map((error) => JSON.stringify(at(error, 'path'))),
  );

  function note(field: string, what: Seen): void {
    const rank = ['refused', 'empty', 'seen'] as const;
    const known = seen.get(field);
    if (known === undefined || rank.indexOf(what) > rank.indexOf(known)) seen.set(field, what);
  }

  function walk(value: unknown, path: readonly (string | number)[]): void {
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) walk(one, [...path, index]);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const type = at(value, '__typename');
    for (const [key, below] of Object.entries(value)) {
      const name = key.split(SEPARATOR).at(-1);
      if (key === '__typename' || typeof type !== 'string') continue;
      const here = [...path, key];
      const isEmpty = below === null || (Array.isArray(below) && below.length === 0);
      const isRefused = below === null && refused.has(JSON.stringify(here));
      note(`${type}.${name}`, isRefused ? 'refused' : isEmpty ? 'empty' : 'seen');
      walk(below, here);
    }
  }

  for (const [key, value] of Object.entries(Object(at(answer, 'data')))) walk(value, [key]);
  return seen;
}

// The committed SDL is what the gateway serves, so that its diff is the list of what changed for clients.

import { readFile } from 'node:fs/promises';
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';

const COMMITTED = new URL('../../schema/schema.graphql', import.meta.url);

/** Written out here a second time: whoever adds or drops one has to say so twice. */
const ERRORS = [
  'ConflictError',
  'ForbiddenError',
  'GatewayUnavailableError',
  'InvalidInputError',
  'NotFoundError',
  'OutcomeUnknownError',
  'ProviderAuthError',
  'ProviderRefusedError',
  'ProviderUnavailableError',
  'RateLimitedError',
  'UnsupportedError',
];

describe('the schema', () => {
  it('is committed as it is served: `npm run schema` writes it', async () => {
    expect(await readFile(COMMITTED, 'utf8')).toBe(`${printSchema(schema)}\n`);
  });

  it('is printed in the order of the alphabet, so that moving code is no change', () => {
    expect(printSchema(schema)).toBe(printSchema(lexicographicSortSchema(schema)));
  });

  it('describes everything it names in a sentence of its own', () => {
    const silent = described(schema).filter(({ path, said }) => !isSentence(said, path));

    expect(silent.map(({ path, said }) => `${path}: ${said ?? 'says nothing'}`)).toEqual([]);
  });

  it('answers every mutation with a union of one payload and every error', () => {
    const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});

    const answers = mutations.map(({ name, type }) => {
      const union = 'ofType' in type ? type.ofType : type;
      if (!isUnionType(union)) return [name, String(type)];
      return [name, union.name, union.getTypes().map((member) => member.name)];
    });

    expect(answers).toEqual(
      mutations.map(({ name }) => {
        const noun = name.charAt(0).toUpperCase() + name.slice(1);
        return [name, `${noun}Result`, [`${noun}Payload`, ...ERRORS].toSorted()];
      }),
    );
    expect(answers.length).toBeGreaterThan(0);
  });

  it('has one code for every error, and no error besides', () => {
    const error = schema.getType('Error');
    if (!isInterfaceType(error)) throw new Error('Error is no interface');
    const codes = schema.getType('ErrorCode');
    if (!isEnumType(codes)) throw new Error('ErrorCode is no enum');

    const implementing = schema.getImplementations(error).objects.map(({ name }) => name);

    expect(implementing.toSorted()).toEqual(ERRORS);
    expect(
      codes
        .getValues()
        // Of whom nobody knows who asks, nothing is run that could answer with an error of its own.
        .filter(({ name }) => name !== 'UNAUTHENTICATED')
        .map(({ name }) => `${pascal(name)}Error`)
        .toSorted(),
    ).toEqual(ERRORS);
  });
});

interface Described {
  readonly path: string;
  readonly said: string | null | undefined;
}

function described(whole: GraphQLSchema): Described[] {
  const types = Object.values(whole.getTypeMap()).filter((type) => !isIntrospectionType(type));
  return types.flatMap((type) => {
    const members: Described[] = [{ path: type.name, said: type.description }];
    const say = (path: string, { description }: { description?: string | null | undefined }) => {
      members.push({ path: `${type.name}.${path}`, said: description });
    };
    if (isEnumType(type)) for (const value of type.getValues()) say(value.name, value);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) say(field.name, field);
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        say(field.name, field);
        for (const argument of field.args) say(`${field.name}.${argument.name}`, argument);
      }
    }
    return members;
  });
}

function isSentence(said: string | null | undefined, path: string): boolean {
  const name = path.split('.').at(-1) ?? path;
  return (
    typeof said === 'string' &&
    said.length > 10 &&
    /[.?!]$/.test(said) &&
    plain(said) !== plain(name)
  );
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, '');
}

function pascal(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

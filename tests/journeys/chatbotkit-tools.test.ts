// docs/chatbotkit-tools.md is true: all tools and parameters are in it, each in a place that the schema has, and each works.

import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  getNamedType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SWITCHES } from '../../emulators/pinkfish/switches.ts';
import { toolsOf } from '../../emulators/pinkfish/tools.ts';
import { CONVERSATIONS } from './chatbotkit-tools/conversations.ts';
import { MESSAGES } from './chatbotkit-tools/messages.ts';
import { PEOPLE } from './chatbotkit-tools/people.ts';
import { REPLIES } from './chatbotkit-tools/replies.ts';
import { ACCOUNTS, setStage } from './chatbotkit-tools/stage.ts';

const CASES = { ...CONVERSATIONS, ...MESSAGES, ...REPLIES, ...PEOPLE };

interface Row {
  readonly tool: string;
  readonly parameter: string;
  /** `Type.field` of the schema. */
  readonly field: string;
  /** From the field's arguments on; empty where it cannot be chosen. */
  readonly place: readonly string[];
}

const ROWS: readonly Row[] = readFileSync('docs/chatbotkit-tools.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, tool, parameter, field, place] =
      /^\| `(\w+)` \| `(\w+)` \| `([\w.]+)` \| (?:`([\w.]+)`|–) \|/.exec(line) ?? [];
    return tool && parameter && field
      ? [{ tool, parameter, field, place: place?.split('.') ?? [] }]
      : [];
  });

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

describe('the table of ChatBotKit’s tools', () => {
  it('has a test for each of its rows, and no test is of another', () => {
    const named = ROWS.map(({ tool, parameter }) => `${tool}.${parameter}`);
    expect(named.toSorted()).toEqual(Object.keys(CASES).toSorted());
    expect(new Set(named).size).toBe(named.length);
  });

  it('has every parameter of every tool that the server lists', () => {
    const listed = toolsOf(DEFAULT_SWITCHES).flatMap(({ name, inputSchema }) =>
      Object.keys(inputSchema.properties)
        // Which connection it is, the config says once for all.
        .filter((parameter) => parameter !== 'PCID')
        .map((parameter) => `${name.replace('chatbotkit_conversations_', '')}.${parameter}`),
    );

    expect(ROWS.map(({ tool, parameter }) => `${tool}.${parameter}`).toSorted()).toEqual(
      listed.toSorted(),
    );
    expect(new Set(ROWS.map(({ tool }) => tool)).size).toBe(17);
  });

  it.each(ROWS.map((row) => [`${row.tool}.${row.parameter}`, row] as const))(
    'names a place in the schema for %s',
    (_name, { field, place }) => {
      expect(missingIn(field, place)).toBeUndefined();
    },
  );
});

describe.each(ACCOUNTS)('through GraphQL at %s', (account) => {
  it.each(Object.entries(CASES))('%s does at the service what it is for', async (_name, runs) => {
    await expect(runs(await setStage(account))).resolves.toBeUndefined();
  });
});

/** The first step of a place that the schema has not. */
function missingIn(named: string, place: readonly string[]): string | undefined {
  const [type = '', field = ''] = named.split('.');
  const owner = schema.getType(type);
  const found = isObjectType(owner) ? owner.getFields()[field] : undefined;
  if (!found) return named;
  let known: Readonly<Record<string, Pick<GraphQLArgument, 'type'>>> = Object.fromEntries(
    found.args.map((argument) => [argument.name, argument]),
  );
  for (const step of place) {
    const next = known[step];
    if (!next) return `${named} ${step}`;
    const inner = getNamedType(next.type);
    known = isInputObjectType(inner) ? inner.getFields() : {};
  }
  return undefined;
}

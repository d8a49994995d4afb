// A table of verbs as cells of words: what is declared, and every way in which one word of it could be another.

import { FILTER_FIELDS } from '../../src/domain/conversation.ts';
import { MESSAGE_KINDS, VISIBILITIES } from '../../src/domain/message.ts';
import { MESSAGE_ROLES } from '../../src/domain/participant.ts';
import { VERBS, type Verb } from '../../src/domain/verb.ts';
import type { Provider, VerbTable } from '../../src/providers/provider.ts';
import { CONTENT_KINDS } from './samples.ts';

/** By verb and cell, `MESSAGE_SEND.roles`: the words in it, in an order of ours. */
export type Cells = ReadonlyMap<string, readonly string[]>;

/** Everything that a table says, but for its notes and what it does. */
export function declared({ can }: Pick<Provider, 'can'>): Cells {
  return cellsOf(VERBS.flatMap((verb) => entryCells(verb, can[verb])));
}

export function cellsOf(cells: readonly (readonly [string, readonly string[]])[]): Cells {
  return new Map(
    cells
      .filter(([, words]) => words.length > 0)
      .map(([name, words]) => [name, [...new Set(words)].toSorted(byName)]),
  );
}

/** The cells in which two tellings differ. */
export function differences(one: Cells, other: Cells): string[] {
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((name) => String(one.get(name)) !== String(other.get(name)))
    .map((name) => `${name}: ${String(one.get(name))} is ${String(other.get(name))}`);
}

function entryCells(verb: Verb, entry: object): [string, readonly string[]][] {
  return Object.entries(entry).flatMap(([cell, value]: [string, unknown]) => {
    if (TRIED_ELSEWHERE.has(cell)) return [];
    const name = `${verb}.${cell}`;
    if (cell === 'filters' && isObject(value)) {
      return Object.entries(value).map(([field, how]): [string, readonly string[]] => [
        `${name}.${field}`,
        [String(how)],
      ]);
    }
    if (cell === 'withheld' && isObject(value)) return [[name, Object.keys(value)]];
    if (cell === 'roles' && verb === 'MESSAGE_SEND') {
      return [
        [name, wordsIn(value)],
        [`${verb}.natural`, wordsIn(value).slice(0, 1)],
      ];
    }
    return [[name, wordsIn(value)]];
  });
}

/** Traces in tests/providers/tracing.test.ts; writing as a contact in tests/journeys/end-users.test.ts; whole rows by a law of their own; tags that follow in tests/journeys/get-or-create-gateways.test.ts. */
const TRIED_ELSEWHERE: ReadonlySet<string> = new Set([
  'note',
  'does',
  'tracing',
  'rows',
  'tagsFollow',
  'asContact',
]);

export interface Flip {
  /** Which word of which cell, and what became of it. */
  readonly name: string;
  readonly can: VerbTable;
}

/** The table with one word of one cell taken out, put in, or changed for another: each such table there is. */
export function flips({ can }: Pick<Provider, 'can'>): Flip[] {
  return VERBS.flatMap((verb) => {
    const entry: Readonly<Record<string, unknown>> = { ...can[verb] };
    return Object.keys(entry).flatMap((cell) =>
      flippedValues(verb, cell, entry[cell]).map(({ name, value }) => {
        const table: unknown = { ...can, [verb]: { ...entry, [cell]: value } };
        if (!isTable(table)) throw new Error('unreachable: it has an entry for every verb');
        return { name: `${verb}.${cell} ${name}`, can: table };
      }),
    );
  });
}

interface Flipped {
  readonly name: string;
  readonly value: unknown;
}

function flippedValues(verb: Verb, cell: string, value: unknown): Flipped[] {
  if (cell === 'note' || cell === 'does') return [];
  if (cell === 'filters' && isObject(value)) {
    return FILTER_FIELDS.flatMap((field) => {
      const how = Object.entries(value).find(([name]) => name === field)?.[1];
      return ['pushed', 'scanned', 'lacking']
        .filter((other) => other !== how)
        .map((other) => ({
          name: `${field} as ${other}`,
          value: { ...value, [field]: other },
        }));
    });
  }
  if (cell === 'withheld' && isObject(value)) {
    return [
      { name: 'with another', value: { ...value, contactId: 'Because.' } },
      ...Object.keys(value).map((field) => ({
        name: `without ${field}`,
        value: Object.fromEntries(Object.entries(value).filter(([name]) => name !== field)),
      })),
    ];
  }
  if (!Array.isArray(value)) {
    return (ONE_OF[cell] ?? [])
      .filter((other) => other !== value)
      .map((other) => ({ name: `as ${other}`, value: other }));
  }
  const words = wordsIn(value);
  return [
    ...words.map((word) => ({
      name: `without ${word}`,
      value: words.filter((other) => other !== word),
    })),
    ...(cell === 'fields' ? (ALL_FIELDS[verb] ?? []) : (MANY_OF[cell] ?? []))
      .filter((word) => !words.includes(word))
      .map((word) => ({ name: `with ${word}`, value: [...words, word] })),
    // The first role is the one that is taken where a client names none.
    ...(cell === 'roles' && verb === 'MESSAGE_SEND' && words.length > 1
      ? [{ name: 'the other way round', value: words.toReversed() }]
      : []),
  ];
}

const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  support: ['NATIVE', 'EMULATED', 'NONE'],
  paging: ['token', 'last-id', 'offset', 'page-number'],
  order: ['by-time', 'own'],
  replies: ['always', 'when-asked', 'never'],
  of: ['conversation', 'account'],
  matches: ['contact', 'contact-and-tags'],
};

const MANY_OF: Readonly<Record<string, readonly string[]>> = {
  roles: MESSAGE_ROLES,
  kinds: MESSAGE_KINDS,
  visibilities: VISIBILITIES,
  contentKinds: CONTENT_KINDS,
};

const CREATE_FIELDS = [
  'channel',
  'tags',
  'title',
  'description',
  'contactId',
  'priority',
  'message',
  'messages',
] as const;

/** All that a verb could ever take. */
export const FIELDS = {
  CONVERSATION_CREATE: CREATE_FIELDS,
  CONVERSATION_GET_OR_CREATE: [...CREATE_FIELDS, 'discriminateByTags'],
  CONVERSATION_UPDATE: [
    'title',
    'description',
    'status',
    'priority',
    'archived',
    'important',
    'assignee',
    'contactId',
    'tags',
  ],
  MESSAGE_SEND: ['tags', 'name', 'description'],
  MESSAGE_UPDATE: ['content', 'kind', 'as', 'tags', 'name', 'description'],
  CONVERSATION_COMPLETE: ['contactId', 'attachments'],
  CONTACT_UPSERT: ['name', 'description', 'email', 'phone', 'imageUrl', 'tags'],
  ATTACHMENT_UPLOAD: ['url', 'file'],
} as const satisfies { readonly [V in Verb]?: readonly string[] };

const ALL_FIELDS: { readonly [V in Verb]?: readonly string[] } = FIELDS;

function wordsIn(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

function byName(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTable(value: unknown): value is VerbTable {
  return isObject(value) && VERBS.every((verb) => verb in value);
}

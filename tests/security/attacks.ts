// The attacks of the OWASP cheat sheet for GraphQL, and their kin: what is sent, and by which bound it is refused.

import { encodeId, providerName } from '../../src/domain/ids.ts';
import type { Attack } from './attacked.ts';

export interface Row extends Attack {
  /** Its class in the cheat sheet. */
  readonly of: string;
  readonly by: string;
  /** What the refusal says; what has no sentence of its own has that of the road it came by. */
  readonly says: RegExp;
  readonly code?: string;
}

export const ROWS: readonly Row[] = [
  {
    of: 'depth',
    by: 'fields within fields',
    query: circle(60),
    says: /more than 16 levels deep\. Ask for less/,
  },
  {
    of: 'depth',
    by: 'fragments within fragments',
    query: `{ conversations { nodes { ...F0 } } } ${times(10, (index) => `fragment F${index} on Conversation { messages { nodes { conversation { ...F${index + 1} } } } }`)} fragment F10 on Conversation { id }`,
    says: /levels deep/,
  },
  {
    of: 'depth',
    by: 'fragments on nothing in particular',
    query: `{ ${'... { '.repeat(400)} __typename ${'}'.repeat(400)} ${circle(20).slice(1)}`,
    says: /levels deep/,
  },
  {
    of: 'depth',
    by: 'an alias called __schema',
    query: circle(60).replace('conversations', '__schema: conversations'),
    says: /levels deep/,
  },
  {
    of: 'depth',
    by: 'a fragment called __schema',
    query: `query __schema { ...__schema } fragment __schema on Query ${circle(60)}`,
    says: /levels deep/,
  },
  {
    of: 'depth',
    by: 'levels without end',
    query: '{a'.repeat(4900),
    says: /nested too deeply|levels deep|names, brackets|Syntax Error/,
  },
  {
    of: 'aliases',
    by: 'a hundred names for one field',
    query: `{ ${times(101, (index) => `a${index}: providers { id }`)} }`,
    says: /more than 100 fields names of its own/,
  },
  {
    of: 'aliases',
    by: 'names in fragments that are spread again and again',
    query: `{ ${times(11, (index) => `...F${index}`)} } ${times(11, (outer) => `fragment F${outer} on Query { ${times(10, (index) => `a${outer}x${index}: providers { id }`)} }`)}`,
    says: /names of its own/,
  },
  {
    of: 'aliases',
    by: 'names for __typename',
    query: `{ ${times(101, (index) => `a${index}: __typename`)} }`,
    says: /names of its own/,
  },
  {
    of: 'aliases',
    by: 'logins by the hundred',
    query: `mutation { ${times(101, (index) => `a${index}: rateMessage(input: { id: "x", rating: HELPFUL }) { __typename }`)} }`,
    says: /names of its own/,
  },
  {
    of: 'directives',
    by: 'one on each of many fields',
    query: `{ ${times(51, () => '__typename @include(if: true)')} }`,
    says: /more than 50 directives/,
  },
  {
    of: 'directives',
    by: 'many that are unknown',
    query: `{ __typename ${'@a'.repeat(4900)} }`,
    says: /more than 50 directives/,
  },
  {
    of: 'breadth',
    by: 'one field again and again',
    query: `{ ${'__typename '.repeat(1001)} }`,
    says: /selects 1001 fields, and 1000 are the most/,
  },
  {
    of: 'breadth',
    by: 'fields of fields again and again',
    query: `{ ${'providers{name}'.repeat(2000)} }`,
    says: /selects \d+ fields/,
  },
  {
    of: 'breadth',
    by: 'fragments that double',
    query: `query { ...F0 } ${times(60, (index) => `fragment F${index} on Query { __typename ...F${index + 1} ...F${index + 1} }`)} fragment F60 on Query { __typename }`,
    says: /selects [\de+.]+ fields/,
  },
  {
    of: 'breadth',
    by: 'a fragment that nothing spreads',
    query: `{ __typename } fragment F on Query { ${'providers{name}'.repeat(2000)} }`,
    says: /selects \d+ fields/,
  },
  {
    of: 'breadth',
    by: 'a fragment called __schema',
    query: `{ ...__schema } fragment __schema on Query { ${'__typename '.repeat(1001)} }`,
    says: /selects \d+ fields/,
  },
  {
    of: 'cycles',
    by: 'fragments in a circle',
    query: `{ ...F0 } ${times(300, (index) => `fragment F${index} on Query { ...F${(index + 1) % 300} }`)}`,
    says: /within itself/,
  },
  {
    of: 'cycles',
    by: 'fragments that all spread all',
    query: `{ ...F0 } ${times(25, (index) => `fragment F${index} on Query { ${times(25, (other) => `...F${other}`)} }`)}`,
    says: /selects \d+ fields/,
  },
  {
    of: 'tokens',
    by: 'brackets and names',
    query: `{ ${'a b '.repeat(10_000)} }`,
    says: /more than 10000 names, brackets/,
  },
  {
    of: 'tokens',
    by: 'variables by the thousand',
    query: `query (${times(4000, (index) => `$a${index}: Int`)}) { __typename }`,
    says: /names, brackets/,
  },
  {
    of: 'length',
    by: 'letters',
    query: `{ ${'x'.repeat(200_000)} }`,
    says: /characters, and 100000 are the most/,
  },
  {
    of: 'length',
    by: 'remarks',
    query: `${'#\n'.repeat(100_000)}{ __typename }`,
    says: /characters/,
  },
  {
    of: 'cost',
    by: 'lists of lists',
    query:
      '{ conversations(first: 100) { nodes { messages(first: 100) { nodes { conversation { messages(first: 100) { nodes { text } } } } } } } }',
    says: /costs \d+, and 500 is the most\. Ask for smaller pages/,
  },
  {
    of: 'cost',
    by: 'a page that is named by a variable',
    query:
      'query ($n: Int = 100) { conversations(first: $n) { nodes { messages(first: $n) { nodes { id text role } } } } }',
    variables: { n: 100 },
    says: /costs \d+/,
  },
  {
    of: 'cost',
    by: 'a list within an alias called __schema',
    query:
      'query __schema { __schema: conversations(first: 100) { ...__schema } } fragment __schema on ConversationConnection { nodes { __type: messages(first: 100) { nodes { id text role } } } }',
    says: /costs \d+/,
  },
  {
    of: 'cost',
    by: 'nodes that lead to lists',
    query:
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { messages(first: 100) { nodes { text } } } } }',
    variables: { ids: ids(100) },
    says: /costs \d+/,
  },
  {
    of: 'cost',
    by: 'writes, one after the other',
    query: `mutation { ${times(100, (index) => `a${index}: sendMessage(input: { conversationId: "x", text: "x" }) { __typename ... on SendMessagePayload { conversation { messages(first: 100) { nodes { id } } } } }`)} }`,
    says: /costs \d+/,
  },
  {
    of: 'cost',
    by: 'the schema, asked for again and again',
    query: `{ ${times(40, (index) => `a${index}: __schema { types { name fields { name args { name } type { name } } } }`)} }`,
    says: /costs \d+|does not tell its schema/,
  },
  {
    of: 'cost',
    by: 'an event that leads to lists',
    query: `subscription { messageAdded { ... on MessageAdded { conversation { messages(first: 100) { nodes { conversation { messages(first: 100) { nodes { id nativeId role kind text createdAt } } } } } } } } }`,
    says: /costs \d+/,
  },
  {
    of: 'circles',
    by: 'types that lead to each other',
    query: circle(12),
    says: /costs \d+|levels deep/,
  },
  {
    of: 'circles',
    by: 'types of the schema that lead to each other',
    query: `{ __schema { types ${'{ fields { type '.repeat(6)}{ name }${'} }'.repeat(6)} } }`,
    says: /Maximum introspection depth exceeded|does not tell its schema|levels deep/,
  },
  {
    of: 'pages',
    by: 'a page out of range',
    query: '{ conversations(first: 2147483647) { nodes { id } } }',
    says: /first: must be from 0 to 100/,
  },
  {
    of: 'pages',
    by: 'a page of less than nothing',
    query: '{ conversations(first: -1) { nodes { id } } }',
    says: /first: must be from 0 to 100/,
  },
  {
    of: 'pages',
    by: 'a number that is none',
    query: '{ conversations(first: 99999999999999999999) { nodes { id } } }',
    says: /Int cannot represent/,
  },
  {
    of: 'pages',
    by: 'more nodes than a page',
    query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }',
    variables: { ids: ids(101) },
    says: /101 ids, and 100 are the most/,
  },
  {
    of: 'introspection',
    by: 'asking for it',
    query: '{ __schema { types { name } } }',
    code: 'FORBIDDEN',
    says: /does not tell its schema/,
  },
  {
    of: 'introspection',
    by: 'another name',
    query: '{ providers: __type(name: "Query") { name } }',
    code: 'FORBIDDEN',
    says: /does not tell its schema/,
  },
  {
    of: 'introspection',
    by: 'a fragment',
    query: '{ ...A } fragment A on Query { ... { x: __schema { queryType { name } } } }',
    code: 'FORBIDDEN',
    says: /does not tell its schema/,
  },
  {
    of: 'introspection',
    by: 'a subscription',
    query: 'subscription { __schema { queryType { name } } }',
    says: /must not select an introspection|does not tell its schema|introspection/,
  },
  {
    of: 'suggestions',
    by: 'a field that is nearly one',
    query: '{ conversatons { nodes { id } } }',
    says: /^Cannot query field "conversatons" on type "Query"\.$/,
  },
  {
    of: 'suggestions',
    by: 'an argument, a type and a word that are nearly one',
    query:
      'query ($a: ConversationFilte) { conversations(firs: 1, filter: { status: OPEN_ }) { nodes { id } } }',
    says: /./,
  },
  {
    of: 'suggestions',
    by: 'a variable that is nearly right',
    query: 'query ($f: ConversationFilter) { conversations(filter: $f) { nodes { id } } }',
    variables: { f: { statu: ['OPEN'] } },
    says: /is not defined by type "ConversationFilter"\.$/,
  },
  {
    of: 'suggestions',
    by: 'a field of one type of several',
    query: '{ node(id: "x") { titl title } }',
    says: /^Cannot query field "\w+" on type "Node"\.$/,
  },
  {
    of: 'values',
    by: 'a literal without end',
    query: `{ conversations(filter: { tags: ${'['.repeat(4000)}${']'.repeat(4000)} }) { nodes { id } } }`,
    says: /nested too deeply|Expected value|must be|cannot represent|names, brackets/,
  },
  {
    of: 'values',
    by: 'objects within objects',
    query: SEND(),
    variables: {
      input: { conversationId: 'x', text: 'x', chatBotKit: { meta: nested(2000) } },
    },
    says: /levels deep|is not an id/,
  },
  {
    of: 'values',
    by: 'a text that is nothing but zero',
    query: 'query ($id: ID!) { conversation(id: $id) { id } }',
    variables: { id: '\u0000\u202e\ud800'.repeat(100) },
    says: /is not an id of this gateway/,
  },
  {
    of: 'values',
    by: 'null where something has to be',
    query: 'query ($id: ID!) { conversation(id: $id) { id } }',
    variables: { id: null },
    says: /must not be null|non-null|not be null/i,
  },
  {
    of: 'injection',
    by: 'an id',
    query: 'query ($id: ID!) { conversation(id: $id) { id } }',
    variables: { id: "'; DROP TABLE conversations; --" },
    says: /is not an id of this gateway/,
  },
  {
    of: 'injection',
    by: 'an id that leads elsewhere',
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: {
      id: Buffer.from('Conversation:website:../../admin?x=1#').toString('base64url'),
    },
    says: /is not an id|There is no|refused/,
  },
  {
    of: 'injection',
    by: 'a cursor',
    query: 'query ($after: String) { conversations(after: $after) { nodes { id } } }',
    variables: { after: Buffer.from('{"website":{"at":"1"}}').toString('base64url') },
    says: /after: is not a cursor of this gateway/,
  },
  {
    of: 'injection',
    by: 'a filter',
    query: 'query ($f: ConversationFilter) { conversations(filter: $f) { nodes { id } } }',
    variables: { f: { providers: ['*', '__proto__', '../support'] } },
    says: /providers/,
  },
  {
    of: 'injection',
    by: 'an object in the place of a text',
    query: 'query ($id: ID!) { conversation(id: $id) { id } }',
    variables: { id: { $ne: null } },
    says: /ID cannot represent/,
  },
  {
    of: 'hashes',
    by: 'one of something else',
    query: '{ __typename }',
    extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } },
    says: /is not that of this text/,
  },
  {
    of: 'hashes',
    by: 'one that is none',
    query: '{ __typename }',
    extensions: { persistedQuery: { version: 1, sha256Hash: '__proto__' } },
    says: /Name an operation as/,
  },
  {
    of: 'hashes',
    by: 'one that nobody sent',
    query: '',
    extensions: { persistedQuery: { version: 1, sha256Hash: 'b'.repeat(64) } },
    code: 'PERSISTED_QUERY_NOT_FOUND',
    says: /^PersistedQueryNotFound$/,
  },
];

function times(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(' ');
}

function ids(count: number): string[] {
  const provider = providerName('support');
  return Array.from({ length: count }, (_, index) =>
    encodeId({ type: 'Conversation', conversation: { provider, nativeId: `c${index}` } }),
  );
}

function circle(levels: number): string {
  const rounds = Math.ceil(levels / 3);
  const opened = 'messages(first: 50) { nodes { conversation { '.repeat(rounds);
  return `{ conversations { nodes { ${opened} id ${'} } }'.repeat(rounds)} } } }`;
}

function SEND(): string {
  return 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on Error { message code } } }';
}

function nested(levels: number): object {
  return Array.from({ length: levels }).reduce<object>((inner) => ({ a: inner }), {});
}

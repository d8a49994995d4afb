// What each provider can do, as Markdown, read from the tables that dispatch refuses by.

import { FILTER_FIELDS } from '../src/domain/conversation.ts';
import { VERBS, type Verb } from '../src/domain/verb.ts';
import type { FilterTable, Provider } from '../src/providers/provider.ts';
import type { Parts } from './marked-parts.ts';

/** By the name an account has in the documentation: two of them are of one kind. */
const TITLES: Readonly<Record<string, string>> = {
  website: 'Botpress',
  help: 'Chatling',
  assistant: 'ChatBotKit',
  partner: 'ChatBotKit via Pinkfish',
  support: 'Stack Auth',
};

const SUPPORT_WORDS = { NATIVE: 'native', EMULATED: 'emulated', NONE: '–' } as const;

const FILTER_WORDS = { pushed: 'asked of it', scanned: 'compared here', lacking: '–' } as const;

/** `support` and `filters` for all, a part for each kind, and `pinkfish` for where that is other than its kind. */
export function partsFromTables(providers: readonly Provider[]): Parts {
  return {
    support: matrix(
      VERBS,
      providers.map(({ name, can }) => ({
        name,
        word: (verb) => SUPPORT_WORDS[can[verb].support],
      })),
    ),
    filters: matrix(
      FILTER_FIELDS,
      providers.map(({ name, can }) => {
        const filters = filtersOf(can);
        return { name, word: (field) => (filters ? FILTER_WORDS[filters[field]] : '–') };
      }),
    ),
    ...Object.fromEntries(
      providers.filter(isFirstOfKind).map(({ kind, can }) => [kind, tellOne(can)]),
    ),
    pinkfish: tellDifferences(providers),
  };
}

interface Column<Row> {
  readonly name: string;
  word(row: Row): string;
}

function matrix<Row extends string>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return [
    line(['', ...columns.map(({ name }) => TITLES[name] ?? name)]),
    line(['---', ...columns.map(() => ':-:')]),
    ...rows.map((row) => line([`\`${row}\``, ...columns.map(({ word }) => word(row))])),
  ].join('\n');
}

function isFirstOfKind(
  { kind, name }: Provider,
  _index: number,
  all: readonly Provider[],
): boolean {
  return all.find((provider) => provider.kind === kind)?.name === name;
}

/** What the second account of a kind does in another way than the first. */
function tellDifferences(providers: readonly Provider[]): string {
  const [rest, tools] = providers.filter(({ kind }) => kind === 'chatbotkit');
  if (!rest || !tools) return '';
  return VERBS.filter((verb) => tellVerb(tools.can, verb) !== tellVerb(rest.can, verb))
    .map((verb) => `- ${tellVerb(tools.can, verb)}`)
    .join('\n');
}

function tellOne(can: Provider['can']): string {
  return VERBS.map((verb) => `- ${tellVerb(can, verb)}`).join('\n');
}

function tellVerb(can: Provider['can'], verb: Verb): string {
  const entry = can[verb];
  const takes = 'fields' in entry && entry.fields.length > 0 ? [`takes ${code(entry.fields)}`] : [];
  const words = [
    SUPPORT_WORDS[entry.support].replace('–', 'not there'),
    ...takes,
    ...said(can, verb),
  ];
  return `**\`${verb}\`** ${words.join(', ')}.${entry.note === null ? '' : ` ${entry.note}`}`;
}

/** What only sending has. */
function said(can: Provider['can'], verb: Verb): string[] {
  const send = can.MESSAGE_SEND;
  if (verb !== 'MESSAGE_SEND' || send.support === 'NONE') return [];
  return [
    `writes as ${code(send.roles)}`,
    `kinds ${code(send.kinds)}`,
    `contents ${code(send.contentKinds)}`,
    `replies ${send.replies}`,
    `traced by ${code(send.tracing?.ways ?? ['history'])}`,
  ];
}

function filtersOf(can: Provider['can']): FilterTable | undefined {
  const list = can.CONVERSATION_LIST;
  return list.support === 'NONE' ? undefined : list.filters;
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

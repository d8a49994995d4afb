// What each provider can do, as Markdown, read from the tables that dispatch refuses by.

import { FILTER_FIELDS } from '../src/domain/conversation.ts';
import { VERBS, type Verb } from '../src/domain/verb.ts';
import type { FilterTable, Provider } from '../src/providers/provider.ts';
import type { Parts } from './marked-parts.ts';

const TITLES: Readonly<Record<string, string>> = {
  botpress: 'Botpress',
  chatling: 'Chatling',
  chatbotkit: 'ChatBotKit',
  'stack-auth': 'Stack Auth',
};

const SUPPORT_WORDS = { NATIVE: 'native', EMULATED: 'emulated', NONE: '–' } as const;

const FILTER_WORDS = { pushed: 'asked of it', scanned: 'compared here', lacking: '–' } as const;

/** `support` and `filters` for all, and a part for each kind. */
export function partsFromTables(providers: readonly Provider[]): Parts {
  return {
    support: matrix(
      VERBS,
      providers.map(({ kind, can }) => ({
        kind,
        word: (verb) => SUPPORT_WORDS[can[verb].support],
      })),
    ),
    filters: matrix(
      FILTER_FIELDS,
      providers.map(({ kind, can }) => {
        const filters = filtersOf(can);
        return { kind, word: (field) => (filters ? FILTER_WORDS[filters[field]] : '–') };
      }),
    ),
    ...Object.fromEntries(providers.map(({ kind, can }) => [kind, tellOne(can)])),
  };
}

interface Column<Row> {
  readonly kind: string;
  word(row: Row): string;
}

function matrix<Row extends string>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  return [
    line(['', ...columns.map(({ kind }) => TITLES[kind] ?? kind)]),
    line(['---', ...columns.map(() => ':-:')]),
    ...rows.map((row) => line([`\`${row}\``, ...columns.map(({ word }) => word(row))])),
  ].join('\n');
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

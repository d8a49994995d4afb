// Opens an account of a kind from outside this tree. What its author did wrong is said here, at the start, not to a client.

import { z } from 'zod';
import type { OwnConfig } from '../config/config.ts';
import { isMapping } from '../config/mapping.ts';
import { nearest } from '../config/nearest.ts';
import type { OwnKind } from '../config/own-kind.ts';
import type { OwnTable, ProviderKind } from '../define-provider.ts';
import { FILTER_FIELDS } from '../domain/conversation.ts';
import type { ProviderName } from '../domain/ids.ts';
import { MESSAGE_KINDS, VISIBILITIES } from '../domain/message.ts';
import { MESSAGE_ROLES } from '../domain/participant.ts';
import { VERBS, type Verb } from '../domain/verb.ts';
import { type Provider, type ProviderParts, unableTable } from '../providers/provider.ts';
import { quoted } from '../providers/wire-reading.ts';

/** Throws, with a sentence for the operator, where the kind does not give a table that can be used. */
export function openOwnProvider(account: OwnConfig, { http, clock }: ProviderParts): Provider {
  const { name, of: kind, definition, settings, deadlineMs, replyDeadlineMs } = account;
  const about = `Provider ${name} cannot be opened: the kind ${kind}`;
  if (!canBeOpened(definition)) {
    throw new Error(`${about} has no \`open\`. Give it one that returns what it can do.`);
  }
  let table: OwnTable;
  try {
    table = definition.open({ name, settings, http, clock, deadlineMs, replyDeadlineMs });
  } catch (error) {
    const said =
      error instanceof Error ? `${error.name}: ${error.message}` : 'something else than an error';
    const shown = quoted(said, secretsIn(settings, definition.secrets));
    throw new Error(
      `${about} throws in \`open\` (${shown}). Correct that, or the settings it does not bear.`,
      { cause: error },
    );
  }
  const [mistake] = mistakesIn(table);
  if (mistake !== undefined) {
    throw new Error(`${about} returns from \`open\` what is no table of verbs: ${mistake}.`);
  }
  const nothing = unableTable(
    `${name} is of the kind ${kind}, which does not do this: look at its capabilities for what it does.`,
  );
  return {
    name,
    kind,
    deadlineMs,
    replyDeadlineMs,
    can: { ...nothing, ...withReadablePages(table, name) },
  };
}

/**
 * Its list is merged with those of others, who must not fall with it: a page that cannot be read is thrown here, where it
 * costs this account's rows and is logged as the bug it is.
 */
function withReadablePages(table: OwnTable, name: ProviderName): OwnTable {
  const list = table.CONVERSATION_LIST;
  if (list === undefined || list.support === 'NONE') return table;
  const page = pageOf(name);
  return {
    ...table,
    CONVERSATION_LIST: {
      ...list,
      async does(asked, call) {
        const answer = await list.does(asked, call);
        const issue = page.safeParse(answer).error?.issues[0];
        if (issue) {
          throw new Error(
            `CONVERSATION_LIST answers what is no page: ${issue.path.join('.')} is wrong (${issue.message})`,
          );
        }
        return answer;
      },
    },
  };
}

/** As much of a page as the merge stands on. */
function pageOf(name: ProviderName) {
  const row = z.looseObject({
    provider: z.literal(name),
    nativeId: z.string().min(1),
    sortedAt: z.date(),
    tags: z.array(z.looseObject({ key: z.string() })),
  });
  const value = z.looseObject({ items: z.array(row), next: z.string().nullable() });
  return z.discriminatedUnion('ok', [
    z.looseObject({ ok: z.literal(true), value }),
    z.looseObject({ ok: z.literal(false), failure: z.looseObject({ kind: z.string() }) }),
  ]);
}

function canBeOpened(kind: OwnKind): kind is ProviderKind {
  return 'open' in kind && typeof kind.open === 'function';
}

function secretsIn(settings: unknown, names: readonly string[]): string[] {
  if (!isMapping(settings)) return [];
  return names.flatMap((name) => {
    const held = settings[name];
    return isMapping(held) && typeof held['reveal'] === 'function'
      ? [String(held['reveal']())]
      : [];
  });
}

/** All that is wrong with a table, as parts of a sentence. */
function mistakesIn(table: unknown): string[] {
  if (!isMapping(table)) return ['it must be an object, and no promise of one'];
  if ('then' in table)
    return ['it must be given at once, and a promise is not: ask the service in a verb'];
  const strangers = Object.keys(table)
    .filter((verb) => !isVerb(verb))
    .map((verb) => {
      const meant = nearest(verb, VERBS);
      return `${verb} is no verb${meant ? `, ${meant} may be meant` : ''}`;
    });
  const wrong = VERBS.filter((verb) => verb in table).flatMap((verb) =>
    wrongWith(verb, table[verb]),
  );
  return [...strangers, ...wrong, ...uncomposed(table)];
}

function isVerb(word: string): word is Verb {
  return VERBS.some((verb) => verb === word);
}

function wrongWith(verb: Verb, entry: unknown): string[] {
  const isNone = isMapping(entry) && entry['support'] === 'NONE';
  const read = (isNone ? UNABLE : ENTRIES[verb]).safeParse(entry);
  const issue = read.error?.issues[0];
  return issue ? [`${[verb, ...issue.path].join('.')} is wrong (${issue.message})`] : [];
}

/** What the gateway makes of two other verbs needs both. */
function uncomposed(table: Readonly<Record<string, unknown>>): string[] {
  const composed = table['CONVERSATION_GET_OR_CREATE'];
  if (!isMapping(composed) || !('matches' in composed)) return [];
  return ['CONVERSATION_LIST', 'CONVERSATION_CREATE']
    .filter((verb) => !isAble(table[verb]))
    .map(
      (verb) => `CONVERSATION_GET_OR_CREATE has \`matches\`, and for that ${verb} must be there`,
    );
}

function isAble(entry: unknown): boolean {
  return isMapping(entry) && entry['support'] !== 'NONE';
}

const note = z.string().min(1);
const UNABLE = z.looseObject({ note });

const someFunction = z.custom<unknown>((given) => typeof given === 'function', {
  error: 'a function is expected',
});
const words = z.array(z.string());
const paging = z.enum(['token', 'last-id', 'offset', 'page-number']);
const order = z.enum(['by-time', 'own']);

function able<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject({
    support: z.enum(['NATIVE', 'EMULATED']),
    note: note.nullable(),
    ...shape,
  });
}

const bare = able({ does: someFunction });
const listed = able({ paging, order, does: someFunction });
const withFields = able({ fields: words, does: someFunction });
const roles = z.array(z.enum(MESSAGE_ROLES));
const kinds = z.array(z.enum(MESSAGE_KINDS));

/** What the types ask of each entry, for authors whose language does not. */
const ENTRIES: Readonly<Record<Verb, z.ZodType>> = {
  CONVERSATION_LIST: able({
    paging,
    order,
    filters: z.record(z.enum(FILTER_FIELDS), z.enum(['pushed', 'scanned', 'lacking'])),
    does: someFunction,
  }),
  CONVERSATION_GET: bare,
  CONVERSATION_CREATE: withFields,
  CONVERSATION_GET_OR_CREATE: z.union([
    withFields,
    able({ fields: words, matches: z.enum(['contact', 'contact-and-tags']) }),
  ]),
  CONVERSATION_UPDATE: withFields,
  CONVERSATION_DELETE: bare,
  MESSAGE_LIST: listed,
  MESSAGE_GET: bare,
  MESSAGE_SEND: able({
    fields: words,
    roles: roles.min(1),
    kinds,
    visibilities: z.array(z.enum(VISIBILITIES)),
    contentKinds: words,
    replies: z.enum(['always', 'when-asked', 'never']),
    does: someFunction,
  }),
  MESSAGE_UPDATE: able({ fields: words, roles, kinds, contentKinds: words, does: someFunction }),
  MESSAGE_DELETE: bare,
  MESSAGE_RATE: bare,
  REPLY_REQUEST: bare,
  REPLY_STREAM: bare,
  CONVERSATION_COMPLETE: able({
    fields: words,
    roles,
    kinds,
    withheld: z.record(z.string(), note),
    does: someFunction,
  }),
  CONTACT_UPSERT: able({
    of: z.enum(['conversation', 'account']),
    fields: words,
    does: someFunction,
  }),
  PARTICIPANT_LIST: listed,
  PARTICIPANT_ADD: bare,
  PARTICIPANT_REMOVE: bare,
  ATTACHMENT_UPLOAD: withFields,
  SESSION_CREATE: bare,
};

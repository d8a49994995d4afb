// The kind `notebook`: a notebook is a conversation, its notes are the messages, its reader is the contact. What it can do.

import {
  bareText,
  defineProvider,
  type FilterTable,
  invalid,
  mapOutcome,
  type Outcome,
  success,
} from 'parlance';
import { z } from 'zod';
import { type NotebookFields, notebookClient } from './client.ts';
import { toConversation, toConversations, toMessage } from './mapping.ts';

export default defineProvider({
  kind: 'notebook',
  settings: z.strictObject({ key: z.string(), shelf: z.string().default('main') }),
  secrets: ['key'],
  origin: 'http://127.0.0.1:4100',

  open(account) {
    const client = notebookClient(account);
    const { name } = account;

    return {
      CONVERSATION_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'token',
        order: 'by-time',
        filters: FILTERS,
        async does({ filter, at, size }, call) {
          const question = {
            cursor: at,
            limit: Math.min(size, MOST_ROWS),
            reader: filter.contactId,
          };
          return mapOutcome(await client.listNotebooks(call, question), ({ rows, next }) => ({
            items: toConversations(rows, name),
            next,
          }));
        },
      },
      CONVERSATION_GET: {
        support: 'NATIVE',
        note: null,
        does: async ({ nativeId }, call) =>
          mapOutcome(await client.getNotebook(call, nativeId), (row) => toConversation(row, name)),
      },
      CONVERSATION_CREATE: {
        support: 'NATIVE',
        note: '`providerOptions` may hold a `colour`.',
        fields: ['title', 'tags', 'contactId'],
        async does({ title, tags, contactId, options }, call) {
          const colour = readColour(options);
          if (!colour.ok) return colour;
          const fields: NotebookFields = {
            ...colour.value,
            setLabels: tags,
            ...(title === undefined ? {} : { title }),
            ...(contactId === undefined ? {} : { reader: contactId }),
          };
          return mapOutcome(await client.createNotebook(call, fields), (row) =>
            toConversation(row, name),
          );
        },
      },
      CONVERSATION_GET_OR_CREATE: {
        support: 'EMULATED',
        note: 'Looked for by reader and labels among the notebooks.',
        fields: ['title', 'tags', 'contactId', 'discriminateByTags'],
        matches: 'contact-and-tags',
      },
      CONVERSATION_UPDATE: {
        support: 'NATIVE',
        note: '`providerOptions` may hold a `colour`; null takes it away.',
        fields: ['title', 'contactId', 'tags'],
        async does({ conversation, changes }, call) {
          const { title, contactId, tags, options } = changes;
          const colour = readColour(options);
          if (!colour.ok) return colour;
          const fields: NotebookFields = {
            ...colour.value,
            ...(title === undefined ? {} : { title }),
            ...(contactId === undefined ? {} : { reader: contactId }),
            ...(tags === undefined ? {} : { setLabels: tags.set, removeLabels: tags.remove }),
          };
          const said = await client.updateNotebook(call, conversation.nativeId, fields);
          return mapOutcome(said, (row) => ({
            conversation: toConversation(row, name),
            ignored: [],
            unfinished: null,
          }));
        },
      },
      CONVERSATION_DELETE: {
        support: 'NATIVE',
        note: 'Its notes go with it.',
        does: ({ nativeId }, call) => client.deleteNotebook(call, nativeId),
      },
      MESSAGE_LIST: {
        support: 'NATIVE',
        note: null,
        paging: 'token',
        order: 'by-time',
        async does({ conversation, at, size }, call) {
          const question = { cursor: at, limit: Math.min(size, MOST_ROWS) };
          const said = await client.listNotes(call, conversation.nativeId, question);
          return mapOutcome(said, ({ rows, next }) => ({
            items: rows.map((row) => toMessage(row, conversation)),
            next,
          }));
        },
      },
      MESSAGE_GET: {
        support: 'NATIVE',
        note: null,
        does: async (ref, call) =>
          mapOutcome(await client.getNote(call, ref), (row) => toMessage(row, ref.conversation)),
      },
      MESSAGE_SEND: {
        support: 'NATIVE',
        note: null,
        fields: [],
        roles: ['AGENT', 'USER'],
        kinds: ['MESSAGE'],
        visibilities: ['PUBLIC'],
        contentKinds: ['text'],
        replies: 'never',
        async does({ conversation, content, as, options }, call) {
          const nothing = readNothing(options);
          if (!nothing.ok) return nothing;
          const note = { by: as === 'USER' ? 'reader' : 'keeper', text: bareText(content) ?? '' };
          const said = await client.createNote(call, conversation.nativeId, note);
          return mapOutcome(said, (row) => ({
            message: toMessage(row, conversation),
            reply: null,
            usage: null,
            unfinished: null,
          }));
        },
      },
      MESSAGE_UPDATE: {
        support: 'NATIVE',
        note: null,
        fields: ['content'],
        roles: [],
        kinds: [],
        contentKinds: ['text'],
        async does({ message, changes: { content, options } }, call) {
          const nothing = readNothing(options);
          if (!nothing.ok) return nothing;
          const text = content && bareText(content);
          if (text === undefined)
            return invalid('content', 'is all that changes: say the new text.');
          const said = await client.updateNote(call, message, { text });
          return mapOutcome(said, (row) => ({
            message: toMessage(row, message.conversation),
            ignored: [],
          }));
        },
      },
      MESSAGE_DELETE: {
        support: 'NATIVE',
        note: null,
        does: (ref, call) => client.deleteNote(call, ref),
      },
      MESSAGE_RATE: {
        support: 'NONE',
        note: 'Nobody rates a note: write another one below it.',
      },
      // The verbs that are not here are refused with a sentence that Parlance makes.
    };
  },
});

/** The service gives no more at once. */
const MOST_ROWS = 50;

const FILTERS: FilterTable = {
  channel: 'lacking',
  contactId: 'pushed',
  tags: 'scanned',
  status: 'lacking',
  archived: 'lacking',
  important: 'lacking',
  createdAfter: 'scanned',
  createdBefore: 'scanned',
  search: 'scanned',
};

const Options = z.strictObject({ colour: z.string().min(1).nullable().optional() });

/** `providerOptions` reach an adapter as they were written, so it is the adapter that reads them, and refuses what it does not know. */
function readColour(options: Given): Outcome<{ readonly colour?: string | null }> {
  if (options?.kind !== 'generic') return success({});
  const read = Options.safeParse(options.data);
  if (!read.success) return refuse(read.error);
  const { colour } = read.data;
  return success(colour === undefined ? {} : { colour });
}

function readNothing(options: Given): Outcome<object> {
  const read = z.strictObject({}).safeParse(options?.kind === 'generic' ? options.data : {});
  return read.success ? success({}) : refuse(read.error);
}

/** The group of another provider has been refused before. */
type Given = { readonly kind: string; readonly data?: unknown } | undefined;

function refuse({ issues: [issue] }: z.ZodError): Outcome<never> {
  const path = ['providerOptions', ...(issue?.path ?? [])].join('.');
  return invalid(path, `${issue?.message ?? 'Cannot be read'}.`);
}

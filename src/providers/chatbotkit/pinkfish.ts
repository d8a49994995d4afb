// ChatBotKit behind Pinkfish's tools: the same verbs, less what the tools have no word for.

import { checked, type Issue, type Outcome } from '../../domain/failure.ts';
import type { CompleteOptions, CreateOptions } from '../../domain/native.ts';
import type { Provider, Unable, VerbTable } from '../provider.ts';
import { chatbotkitBehind } from './index.ts';
import type { PinkfishAccount } from './pinkfish-account.ts';
import { pinkfishClient } from './pinkfish-client.ts';
import type { PinkfishParts } from './pinkfish-tools.ts';

/** One account over MCP, in the plain dialect of its server; lists, ids and messages are those of ChatBotKit. */
export function pinkfish(account: PinkfishAccount, parts: PinkfishParts): Provider {
  const behind = chatbotkitBehind({ account, client: pinkfishClient(account, parts) });
  return { ...behind, can: throughTools(behind.can) };
}

/** Of a table for the service's own API, what is left of it through the tools. */
function throughTools(can: VerbTable): VerbTable {
  return {
    ...can,
    CONVERSATION_LIST: whereAble(can.CONVERSATION_LIST, (list) => ({
      ...list,
      note: 'Newest first by creation, since a message does not touch its conversation; tags that are plain texts are looked for by the service, other tags, contacts, times and words by the gateway.',
      filters: { ...list.filters, contactId: 'scanned' },
    })),
    CONVERSATION_CREATE: whereAble(can.CONVERSATION_CREATE, (create) => ({
      ...create,
      note: withoutBot(create.note),
      does: (input, call) => unlessBot(input.options, () => create.does(input, call)),
    })),
    CONVERSATION_GET_OR_CREATE: whereAble(can.CONVERSATION_GET_OR_CREATE, (get) => ({
      ...get,
      note: withoutBot(get.note),
    })),
    MESSAGE_SEND: whereAble(can.MESSAGE_SEND, (send) => ({
      ...send,
      kinds: send.kinds.filter(isWritable),
    })),
    MESSAGE_UPDATE: whereAble(can.MESSAGE_UPDATE, (update) => ({
      ...update,
      kinds: update.kinds.filter(isWritable),
    })),
    REPLY_REQUEST: whereAble(can.REPLY_REQUEST, (request) => ({
      ...request,
      note: 'The bot answers what is there, once for each time it is asked; of an answer that breaks off nothing is shown.',
    })),
    CONVERSATION_COMPLETE: whereAble(can.CONVERSATION_COMPLETE, (complete) => ({
      ...complete,
      note: withoutBot(complete.note),
      does: (input, call) => unlessBot(input.options, () => complete.does(input, call)),
    })),
    ATTACHMENT_UPLOAD: whereAble(can.ATTACHMENT_UPLOAD, (upload) => ({
      ...upload,
      note: 'By url up to 4.5 MB: http: and https: are fetched by ChatBotKit, data: is taken as it is. It leaves two hidden rows of ACTIVITY.',
      fields: ['url'],
    })),
  };
}

function withoutBot(note: string | null): string {
  return `${(note ?? '').replace(/\.$/, '; ')}no bot can be chosen through Pinkfish.`;
}

/** Its list of types is older than the service's own. */
function isWritable(kind: string): boolean {
  return kind !== 'CHECKPOINT';
}

function whereAble<Entry extends { readonly support: string }>(
  entry: Entry,
  change: (able: Exclude<Entry, Unable>) => Entry,
): Entry {
  return isAble(entry) ? change(entry) : entry;
}

function isAble<Entry extends { readonly support: string }>(
  entry: Entry,
): entry is Exclude<Entry, Unable> {
  return entry.support !== 'NONE';
}

/** A tool that does not know a word drops it, and somebody else than was asked for would answer. */
async function unlessBot<T>(
  options: CreateOptions | CompleteOptions | undefined,
  go: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const own = options?.kind === 'chatbotkit' ? options : undefined;
  const issues = BOT_FIELDS.filter((field) => own?.[field] !== undefined).map(
    (field): Issue => ({ path: `chatBotKit.${field}`, message: NO_WORD_FOR_IT }),
  );
  const good = checked(null, issues);
  return good.ok ? go() : good;
}

const BOT_FIELDS = [
  'botId',
  'model',
  'backstory',
  'datasetId',
  'skillsetId',
  'privacy',
  'moderation',
] as const;

const NO_WORD_FOR_IT =
  "cannot be said through Pinkfish, whose tools choose no bot; leave it out, or take an account that is reached by ChatBotKit's own API.";

// For each field of an input: something to give, and how the store shows that it took effect.

import type { MessageContent, MessageKind, Visibility } from '../../src/domain/message.ts';
import type { MessageRole } from '../../src/domain/participant.ts';
import type { Tag } from '../../src/domain/tag.ts';
import type {
  ContactField,
  ConversationChanges,
  CreateConversation,
  CreateField,
  MessageChanges,
  MessageField,
  SendField,
  SendMessage,
  UpdateField,
  UpsertContact,
} from '../../src/providers/verbs.ts';
import type { Stage, StoredConversation, StoredMessage, StoredPerson } from './stage.ts';

const TAG: Tag = { key: 'order', value: '4711' };

export interface CreateSample {
  readonly give: Partial<CreateConversation>;
  shows(row: StoredConversation, messages: readonly StoredMessage[]): boolean;
}

export function createSample({ scene }: Stage, field: CreateField): CreateSample {
  const [, newcomer] = scene.newcomers;
  const says = (text: string) => (row: StoredMessage) => row.text === text;
  switch (field) {
    case 'channel':
      return {
        give: { channel: scene.channel },
        shows: ({ channel }) => channel === scene.channel,
      };
    case 'tags':
      return { give: { tags: [TAG] }, shows: hasTag };
    case 'title':
      return { give: { title: 'Second try' }, shows: ({ title }) => title === 'Second try' };
    case 'description':
      return {
        give: { description: 'It failed before.' },
        shows: ({ description }) => description === 'It failed before.',
      };
    case 'contactId':
      return {
        give: { contactId: newcomer },
        shows: ({ contactId }) => contactId === newcomer,
      };
    case 'priority':
      return { give: { priority: 'URGENT' }, shows: ({ priority }) => priority === 'URGENT' };
    case 'message':
      return {
        give: { message: 'Is anybody there?' },
        shows: (_row, messages) => messages.some(says('Is anybody there?')),
      };
    case 'messages':
      return {
        give: {
          messages: [
            { role: 'USER', text: 'It was broken.' },
            { role: 'BOT', text: 'It is mended.' },
          ],
        },
        shows: (_row, messages) =>
          messages.some(says('It was broken.')) && messages.some(says('It is mended.')),
      };
  }
}

/** Something other than what is there. */
export function updateSample(
  { scene }: Stage,
  field: UpdateField,
  present: StoredConversation,
): ConversationChanges {
  switch (field) {
    case 'title':
      return { title: 'Second try' };
    case 'description':
      return { description: 'It failed before.' };
    case 'status':
      return { status: present.status === 'CLOSED' ? 'OPEN' : 'CLOSED' };
    case 'priority':
      return { priority: present.priority === 'LOW' ? 'URGENT' : 'LOW' };
    case 'archived':
      return { archived: present.archived !== true };
    case 'important':
      return { important: present.important !== true };
    case 'assignee':
      return { assignee: { id: scene.newcomers[0], name: 'Nova' } };
    case 'contactId':
      return { contactId: scene.newcomers[0] };
    case 'tags':
      return { tags: { set: [TAG], remove: [] } };
  }
}

/** The conversation as it should be after these changes, whatever else there is of it. */
export function expected(
  present: StoredConversation,
  { assignee, tags, contactId, options: _options, ...plain }: ConversationChanges,
): StoredConversation {
  const { set = [], remove = [] } = tags ?? {};
  const named = new Set([...set.map(({ key }) => key), ...remove]);
  return {
    ...present,
    ...plain,
    ...(assignee === undefined ? {} : { assignee: assignee?.id ?? null }),
    ...(contactId === undefined
      ? {}
      : { contactId, participants: contactId === null ? [] : [contactId] }),
    tags: [...present.tags.filter(({ key }) => !named.has(key)), ...set].toSorted(byKey),
  };
}

/** What two tellings of one conversation are compared by: tags in an order of ours, and no words. */
export function comparable({ words: _words, ...row }: StoredConversation) {
  return { ...row, tags: row.tags.toSorted(byKey) };
}

function byKey(one: Tag, other: Tag): number {
  return one.key < other.key ? -1 : Number(one.key > other.key);
}

function hasTag({ tags }: { readonly tags: readonly Tag[] }): boolean {
  return tags.some(({ key, value }) => key === TAG.key && value === TAG.value);
}

export interface SendSample {
  readonly give: Partial<SendMessage>;
  shows(row: StoredMessage): boolean;
}

export function sendSample(field: SendField): SendSample {
  switch (field) {
    case 'tags':
      return { give: { tags: [TAG] }, shows: hasTag };
    case 'name':
      return { give: { name: 'A question' }, shows: ({ name }) => name === 'A question' };
    case 'description':
      return {
        give: { description: 'Of a new customer.' },
        shows: ({ description }) => description === 'Of a new customer.',
      };
  }
}

/** What a system says is no message of anybody's, where there are hidden rows. */
export function roleSample(
  { scene }: Stage,
  as: MessageRole,
  kinds: readonly MessageKind[],
): SendSample {
  const options = scene.options(as);
  const hidden = as === 'SYSTEM' && kinds.includes('CONTEXT') ? kindSample('CONTEXT').give : {};
  return { give: { ...hidden, as, ...(options && { options }) }, shows: ({ role }) => role === as };
}

/** What everybody sees is a kind that everybody sees, and the other way round. */
export function kindSample(kind: MessageKind): SendSample {
  const visibility = kind === 'MESSAGE' || kind === 'STATUS_CHANGE' ? 'PUBLIC' : 'INTERNAL';
  return { give: { kind, visibility }, shows: (row) => row.kind === kind };
}

/** INTERNAL is said of a note, as the gateway makes it, or of a hidden row where there are no notes. */
export function visibilitySample(
  visibility: Visibility,
  kinds: readonly MessageKind[],
): SendSample {
  const inside = kinds.includes('NOTE') ? 'NOTE' : 'CONTEXT';
  const kind = visibility === 'PUBLIC' ? 'MESSAGE' : inside;
  return { give: { kind, visibility }, shows: (row) => row.visibility === visibility };
}

export type ContentKind = MessageContent['type'];

export const CONTENT_KINDS: readonly ContentKind[] = [
  'text',
  'markdown',
  'image',
  'audio',
  'video',
  'file',
  'location',
  'choice',
  'card',
  'carousel',
  'bloc',
  'unknown',
];

export function contentSample({ scene }: Stage, kind: ContentKind): SendSample {
  const content = contentOf(kind);
  return {
    give: { content },
    shows: (row) =>
      row.contentKind === scene.storedAs(kind) &&
      (!WORDS.some((word) => word === kind) || row.text === 'It is mended.'),
  };
}

const WORDS: readonly ContentKind[] = ['text', 'markdown'];

function contentOf(type: ContentKind): MessageContent {
  const url = 'https://files.example/mended.bin';
  switch (type) {
    case 'text':
      return { type, text: 'It is mended.' };
    case 'markdown':
      return { type, markdown: 'It is mended.' };
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return { type, url, title: 'Mended' };
    case 'location':
      return { type, latitude: 51.92, longitude: 4.48, address: 'Coolsingel 40', title: 'Here' };
    case 'choice':
      return {
        type,
        text: 'Which one?',
        options: [{ label: 'This', value: 'this' }],
        dropdown: false,
      };
    case 'card':
      return CARD;
    case 'carousel':
      return { type, cards: [CARD] };
    case 'bloc':
      return { type, items: [{ type: 'text', text: 'It is mended.' }] };
    case 'unknown':
      return { type, said: 'supportTicket', payload: { number: 7 } };
  }
}

const CARD = {
  type: 'card',
  title: 'Mended',
  subtitle: null,
  imageUrl: null,
  actions: [{ action: 'postback', label: 'Thanks', value: 'thanks' }],
} as const;

export interface MessageSample {
  readonly give: MessageChanges;
  shows(row: StoredMessage): boolean;
}

export function messageSample(field: MessageField, present: StoredMessage): MessageSample {
  switch (field) {
    case 'content':
      return {
        give: { content: { type: 'text', text: 'Said better.' } },
        shows: ({ text }) => text === 'Said better.',
      };
    case 'kind':
      return { give: { kind: 'CONTEXT' }, shows: ({ kind }) => kind === 'CONTEXT' };
    case 'as': {
      const as = present.role === 'USER' ? 'BOT' : 'USER';
      return { give: { as }, shows: ({ role }) => role === as };
    }
    case 'tags':
      return { give: { tags: { set: [TAG], remove: [] } }, shows: hasTag };
    case 'name':
      return { give: { name: 'A question' }, shows: ({ name }) => name === 'A question' };
    case 'description':
      return {
        give: { description: 'Of a new customer.' },
        shows: ({ description }) => description === 'Of a new customer.',
      };
  }
}

export interface ContactSample {
  readonly give: Partial<UpsertContact>;
  shows(row: StoredPerson): boolean;
}

/** People of their own, each: they are told apart by what is given. */
export function contactSample(field: ContactField): ContactSample {
  switch (field) {
    case 'name':
      return {
        give: { name: 'Orla Berg', email: 'orla@berg.example' },
        shows: ({ name }) => name === 'Orla Berg',
      };
    case 'description':
      return {
        give: { description: 'Writes at night.', email: 'night@berg.example' },
        shows: ({ description }) => description === 'Writes at night.',
      };
    case 'email':
      return {
        give: { email: 'ida@berg.example' },
        shows: ({ email }) => email === 'ida@berg.example',
      };
    case 'phone':
      return {
        give: { phone: '+49305550199', email: 'phone@berg.example' },
        shows: ({ phone }) => phone === '+49305550199',
      };
    case 'imageUrl':
      return {
        give: { imageUrl: 'https://files.example/orla.png' },
        shows: ({ imageUrl }) => imageUrl === 'https://files.example/orla.png',
      };
    case 'tags':
      return { give: { tags: [TAG] }, shows: hasTag };
  }
}

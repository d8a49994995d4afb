// A message, in the words that fit every provider.

import { encodeId } from '../src/domain/ids.ts';
import type {
  Attachment as DomainAttachment,
  Citation as DomainCitation,
} from '../src/domain/message.ts';
import { builder } from './builder.ts';
import { MessageContent } from './message-content.ts';
import { MessageKind, Rating, Visibility } from './message-words.ts';
import { MessageNative } from './native/message.ts';
import { Conversation, Message } from './nodes.ts';
import { MessageRole, Participant } from './participant.ts';
import { rawOf } from './raw.ts';
import { Tag } from './tag.ts';

const Citation = builder.objectRef<DomainCitation>('Citation').implement({
  description: 'Something an AI drew on for its answer.',
  fields: (t) => ({
    type: t.exposeString('type', {
      nullable: true,
      description: "What it is, in the provider's word: `webpage`, `document`.",
    }),
    title: t.exposeString('title', { nullable: true, description: 'What it is called.' }),
    url: t.exposeString('url', {
      nullable: true,
      description: 'Where it is; documents have none.',
    }),
  }),
});

export const Attachment = builder.objectRef<DomainAttachment>('Attachment').implement({
  description: 'A file of a conversation.',
  fields: (t) => ({
    name: t.exposeString('name', { nullable: true, description: 'What the file is called.' }),
    type: t.exposeString('type', { nullable: true, description: 'Its media type.' }),
    url: t.exposeString('url', { nullable: true, description: 'Where it is.' }),
  }),
});

Message.implement({
  description: 'One row of a conversation.',
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'derivedId' in value,
  fields: (t) => ({
    nativeId: t.string({
      nullable: true,
      description: "The provider's own id; null where it gives its messages none.",
      resolve: ({ nativeId, derivedId }) => (derivedId ? null : nativeId),
    }),
    conversation: t.field({
      type: Conversation,
      nullable: true,
      description: 'The conversation it is part of.',
      complexity: 1,
      // That of every message on a page is one and the same.
      extensions: { calls: 'shared' },
      resolve: ({ conversation }) => encodeId({ type: 'Conversation', conversation }),
    }),
    role: t.expose('role', { type: MessageRole, description: 'Whose voice it is in.' }),
    kind: t.expose('kind', { type: MessageKind, description: 'What it is.' }),
    visibility: t.expose('visibility', { type: Visibility, description: 'Who may see it.' }),
    author: t.field({
      type: Participant,
      nullable: true,
      description: 'Who wrote it, where the provider says.',
      resolve: ({ author, conversation }) =>
        author && { provider: conversation.provider, person: author },
    }),
    text: t.exposeString('text', {
      nullable: true,
      description: 'The best plain rendering of its content; null where there is nothing to read.',
    }),
    content: t.expose('content', { type: MessageContent, description: 'What it carries.' }),
    citations: t.field({
      type: [Citation],
      description: 'What an AI drew on; empty where it says nothing.',
      resolve: ({ citations }) => [...citations],
    }),
    rating: t.expose('rating', {
      type: Rating,
      nullable: true,
      description: 'What a reader thought of it; null while unrated.',
    }),
    attachments: t.field({
      type: [Attachment],
      description: 'Files that came with it.',
      resolve: ({ attachments }) => [...attachments],
    }),
    tags: t.field({
      type: [Tag],
      description: 'The tags it has.',
      resolve: ({ tags }) => [...tags],
    }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was written; null where unknown.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was changed last; null where the provider does not say.',
    }),
    native: t.expose('native', {
      type: MessageNative,
      nullable: true,
      description: 'What only this provider has.',
    }),
    raw: rawOf(t),
  }),
});

// Uploads a file into a conversation.

import type { AttachmentUploaded } from '../../src/gateway/writes/keyed-writes.ts';
import type { Keyed } from '../../src/gateway/writes/once.ts';
import type { UploadInput } from '../../src/gateway/writes/upload-attachment.ts';
import type { HttpRequest } from '../../src/providers/verbs.ts';
import { builder } from '../builder.ts';
import { WRITE_ERRORS } from '../errors.ts';
import { unwrap } from '../failure.ts';
import { conversationRefOf } from '../global-id.ts';
import { Attachment } from '../message.ts';
import { conversationAfter } from './conversation-after.ts';
import { given } from './given.ts';
import { IDEMPOTENCY_KEY, keyOf } from './idempotency-key.ts';

const AttachmentFile = builder.inputType('AttachmentFileInput', {
  description: 'A file whose bytes you send yourself, as `upload` of the answer says.',
  fields: (t) => ({
    type: t.string({ required: true, description: 'Its media type: `image/png`.' }),
    size: t.int({ required: true, description: 'How many bytes it has.' }),
    name: t.string({ description: 'What it is called.' }),
  }),
});

const Input = builder.inputType('UploadAttachmentInput', {
  description: 'What to upload, and where. Exactly one of `url` and `file`.',
  fields: (t) => ({
    conversationId: t.id({ required: true, description: 'The conversation it is for.' }),
    url: t.string({
      description:
        'Where the file is (`http:`, `https:`), for the provider to fetch it; or the file itself (`data:`).',
    }),
    file: t.field({ type: AttachmentFile, description: 'A file to send in a second step.' }),
    idempotencyKey: t.string(IDEMPOTENCY_KEY),
  }),
});

const Header = builder.objectRef<HttpRequest['headers'][number]>('HttpHeader').implement({
  description: 'A header of a request.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    value: t.exposeString('value', { description: 'What it says.' }),
  }),
});

const Upload = builder.objectRef<HttpRequest>('UploadRequest').implement({
  description:
    'How to send the bytes of a file to the provider itself: this very request, with the bytes as its body. It is good for a short time only.',
  fields: (t) => ({
    method: t.exposeString('method', { description: '`PUT`, as a rule.' }),
    url: t.exposeString('url', {
      description: 'Where to send it. Whoever has it may write there.',
    }),
    headers: t.field({
      type: [Header],
      description: 'The headers it must have.',
      resolve: ({ headers }) => [...headers],
    }),
  }),
});

const Payload = builder.objectRef<AttachmentUploaded & Keyed>('UploadAttachmentPayload').implement({
  description: 'The file in the conversation, and what is left to do.',
  fields: (t) => ({
    attachment: t.expose('attachment', {
      type: Attachment,
      description: 'As its provider has it.',
    }),
    upload: t.expose('upload', {
      type: Upload,
      nullable: true,
      description: 'For `file`: how to send its bytes. Null for `url`: nothing is left to do.',
    }),
    conversation: conversationAfter(t),
    ...keyOf(t),
  }),
});

builder.mutationField('uploadAttachment', (t) =>
  t.field({
    type: Payload,
    description:
      'Uploads a file into a conversation, for its bot to use: from an address, from a `data:` URL, or in two steps.',
    complexity: 2,
    errors: {
      types: WRITE_ERRORS,
      union: {
        name: 'UploadAttachmentResult',
        description: 'The file in the conversation, or why it is not there.',
      },
    },
    args: { input: t.arg({ type: Input, required: true, description: 'What to upload.' }) },
    resolve: async (_root, { input }, { gateway, operation }) =>
      unwrap(await gateway.uploadAttachment(uploadOf(input), operation)),
  }),
);

function uploadOf({
  conversationId,
  url,
  file,
  idempotencyKey,
}: typeof Input.$inferInput): UploadInput & Partial<Keyed> {
  return {
    conversation: conversationRefOf(conversationId, 'conversationId'),
    ...given({ url, idempotencyKey }),
    ...(file ? { file: { ...given(file), type: file.type, size: file.size } } : {}),
  };
}

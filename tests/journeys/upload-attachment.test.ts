// A file comes into a ChatBotKit conversation from where it lies, from its own words, or by its client's own hand.

import { describe, expect, it } from 'vitest';
import { listAt, textAt } from '../support/answer.ts';
import { contactId, conversationId, mutate } from '../support/mutations.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { expectMistakes, expectUnsupported } from '../support/refused.ts';
import { rowsAdded, rowWhere, watchStores, writes } from '../support/stores.ts';

const HELLO = 'data:text/plain;base64,SGVsbG8=';

async function oneConversation(options: StartOptions = {}) {
  const parlance = await startParlance({ count: 6, ...options });
  const { store } = parlance.world.chatbotkit;
  const { id: nativeId } = rowWhere(store.conversations);
  const id = conversationId('assistant', nativeId);
  return {
    parlance,
    nativeId,
    id,
    attachments: rowsAdded(store.attachments),
    messages: rowsAdded(store.messages),
    changes: watchStores(parlance.world),
    upload: (input: object) =>
      mutate(parlance, 'uploadAttachment', { conversationId: id, ...input }),
  };
}

describe('uploading an attachment', () => {
  it('keeps the file that a data: URL is, and tells of it in two rows of activity', async () => {
    const { upload, attachments, messages, nativeId, id, changes } = await oneConversation();

    const result = await upload({ url: HELLO });

    const [row, ...others] = attachments();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      conversationId: nativeId,
      type: 'text/plain',
      bytes: Buffer.from('Hello'),
    });
    expect(messages().map(({ type, conversationId: of }) => [type, of])).toEqual([
      ['activity', nativeId],
      ['activity', nativeId],
    ]);
    expect(Object.keys(changes()).every((place) => place.startsWith('assistant/'))).toBe(true);
    expect(result).toMatchObject({
      __typename: 'UploadAttachmentPayload',
      attachment: { name: row?.name, type: 'text/plain' },
      upload: null,
      conversation: { id },
    });
    const kept = await fetch(textAt(result, 'attachment.url'));
    expect(await kept.text()).toBe('Hello');
  });

  it.each(['http://files.example.com/a.pdf', 'https://files.example.com/a.pdf'])(
    'has the service fetch what lies at %s',
    async (url) => {
      const { upload, attachments } = await oneConversation();

      const result = await upload({ url });

      expect(attachments()).toMatchObject([{ type: 'application/pdf', bytes: expect.any(Buffer) }]);
      expect(result).toMatchObject({ __typename: 'UploadAttachmentPayload', upload: null });
    },
  );

  it('announces a file, whose bytes go to the service by the request that is answered', async () => {
    const { upload, attachments, nativeId, parlance } = await oneConversation();
    const file = { type: 'text/plain', size: 5, name: 'hello.txt' };

    const result = await upload({ file });

    expect(attachments()).toMatchObject([
      { conversationId: nativeId, type: 'text/plain', sizeBytes: 5, bytes: null },
    ]);
    expect(result).toMatchObject({
      attachment: { type: 'text/plain' },
      upload: { method: 'PUT' },
    });
    const headers = listAt(result, 'upload.headers').map((header): [string, string] => [
      textAt(header, 'name'),
      textAt(header, 'value'),
    ]);
    const sent = await fetch(textAt(result, 'upload.url'), {
      method: textAt(result, 'upload.method'),
      headers: headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
      body: 'Hello',
    });
    expect(sent.status).toBe(200);
    const [row] = attachments();
    expect(parlance.world.chatbotkit.store.attachments.get(row?.id ?? '')?.bytes).toEqual(
      Buffer.from('Hello'),
    );
  });

  it('of more than the service takes is a typed error, and keeps nothing', async () => {
    const { upload, attachments, messages } = await oneConversation({
      chatbotkit: { uploadLimitBytes: 4, planFileLimitBytes: 1_000 },
    });

    const byUrl = await upload({ url: HELLO });
    const announced = await upload({ file: { type: 'text/plain', size: 1_001 } });

    for (const result of [byUrl, announced]) {
      expect.soft(result).toMatchObject({
        __typename: 'ProviderRefusedError',
        provider: { name: 'assistant' },
        providerCode: 'LIMITS_REACHED',
        message: expect.stringMatching(/file is too large: send a smaller one/),
      });
    }
    expect(attachments()).toEqual([]);
    expect(messages()).toEqual([]);
  });

  it('into a conversation that is not there says that there is none', async () => {
    const { parlance, changes } = await oneConversation();

    const result = await mutate(parlance, 'uploadAttachment', {
      conversationId: conversationId('assistant', 'conv_nowhere'),
      url: HELLO,
    });

    expect(result).toMatchObject({ __typename: 'NotFoundError' });
    expect(changes()).toEqual({});
  });

  it('whose answer was lost is told so, and not sent again', async () => {
    const { parlance, upload } = await oneConversation();
    parlance.world.chatbotkit.inject({ kind: 'cut', match: { method: 'POST' } });

    const result = await upload({ url: HELLO });

    expect(result).toMatchObject({
      __typename: 'OutcomeUnknownError',
      provider: { name: 'assistant' },
    });
    expect(writes(parlance.world, 'assistant')).toHaveLength(1);
  });

  it('refuses what cannot be meant, by its place, before anybody is asked', async () => {
    const { parlance, id } = await oneConversation();
    const file = { type: 'image/png', size: 1 };

    await expectMistakes(parlance, 'uploadAttachment', [
      {
        input: { conversationId: id },
        path: 'url',
        because: /^must be given, or else file \(type, size, name\), and not both/,
      },
      {
        input: { conversationId: id, url: HELLO, file },
        path: 'url',
        because: /and not both/,
      },
      ...['', 'a.pdf', '/etc/passwd', 'file:///etc/passwd', 'ftp://a.example/', 'javascript:1'].map(
        (url) => ({
          input: { conversationId: id, url },
          path: 'url',
          because: /begins with http:, https: or data:/,
        }),
      ),
      {
        input: { conversationId: id, url: 'http://' },
        path: 'url',
        because: /must be a whole URL/,
      },
      ...[0, -1].map((size) => ({
        input: { conversationId: id, file: { ...file, size } },
        path: 'file.size',
        because: /number of its bytes, 1 or more/,
      })),
      ...['', 'png', 'image/', 'image/png\r\nx: y'].map((type) => ({
        input: { conversationId: id, file: { ...file, type } },
        path: 'file.type',
        because: /must be a media type/,
      })),
      {
        input: { conversationId: id, file: { ...file, name: ' ' } },
        path: 'file.name',
        because: /must not be empty/,
      },
      {
        input: { conversationId: 'nonsense', url: HELLO },
        path: 'conversationId',
        because: /not an id of this gateway/,
      },
      {
        input: { conversationId: contactId('assistant', 'contact_1'), url: HELLO },
        path: 'conversationId',
        because: /the id of a Contact; give the id of a Conversation/,
      },
    ]);
  });

  it.each([
    ['website', 'botpress', /send a message with a file, an image, audio or video/],
    ['help', 'chatling', /write the address of the file into a message/],
    ['support', 'stackAuth', /write the address of the file into a message/],
  ] as const)(
    'is not to be had at %s, and what to do instead is said',
    async (account, place, note) => {
      const { parlance } = await oneConversation();
      const [nativeId = ''] = parlance.world[place].store.conversations.keys();
      const verb = 'ATTACHMENT_UPLOAD';

      for (const given of [{ url: HELLO }, { file: { type: 'image/png', size: 1 } }]) {
        const input = { conversationId: conversationId(account, nativeId), ...given };
        await expectUnsupported(parlance, 'uploadAttachment', { input, account, verb, note });
      }
    },
  );
});

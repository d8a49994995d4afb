import { describe, expect, it } from 'vitest';
import { isHidden } from '../../src/domain/message.ts';
import type { UploadAttachment, UploadedAttachment } from '../../src/providers/verbs.ts';
import { rowsAdded } from '../support/stores.ts';
import {
  aCall,
  accountHearing,
  chatbotkitAccount,
  failureOf,
  pathsOf,
  present,
  ref,
  valueOf,
} from './chatbotkit-account.ts';

type Source = UploadAttachment['source'];

const at = (url: string): Source => ({ kind: 'url', url });

async function withConversation(options: Parameters<typeof chatbotkitAccount>[0] = {}) {
  const account = await chatbotkitAccount(options);
  const { id } = account.plant();
  const upload = (source: Source) => account.upload({ conversation: ref(id), source }, aCall());
  return { account, id, upload, added: rowsAdded(account.store.attachments) };
}

/** What its client does with the address that was answered. */
async function putBytes(upload: UploadedAttachment['upload'], bytes: string): Promise<number> {
  const { method, url, headers } = present(upload ?? undefined);
  const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
  const answer = await fetch(url, { method, headers: named, body: bytes });
  return answer.status;
}

describe('a file by its address', () => {
  it('is fetched by the service and kept in the conversation', async () => {
    const { account, id, upload, added } = await withConversation();

    const { attachment, upload: request } = valueOf(
      await upload(at('https://files.example.com/plan.pdf')),
    );

    const [row, ...others] = added();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ conversationId: id, type: 'application/pdf' });
    expect(present(row).bytes?.toString()).toContain('https://files.example.com/plan.pdf');
    expect(attachment).toMatchObject({ name: present(row).name, type: null });
    expect(request).toBeNull();
    expect(account.written()).toEqual([{ file: 'https://files.example.com/plan.pdf' }]);
  });

  it('can be had at the address that is answered', async () => {
    const { upload } = await withConversation();

    const { attachment } = valueOf(await upload(at('data:text/plain;base64,SGVsbG8=')));

    const answer = await fetch(present(attachment.url ?? undefined));
    expect(await answer.text()).toBe('Hello');
    expect(attachment.type).toBe('text/plain');
  });

  it.each([
    ['base64', 'data:image/png;base64,SGVsbG8=', 'image/png', 'Hello'],
    ['escapes', 'data:text/plain;charset=utf-8,Hello%2C%20you', 'text/plain', 'Hello, you'],
    ['no type', 'data:,Hello', null, 'Hello'],
    ['nothing', 'data:text/plain,', 'text/plain', ''],
  ])('may be its own words: %s', async (_how, url, type, bytes) => {
    const { upload, added } = await withConversation();

    const { attachment } = valueOf(await upload(at(url)));

    expect(present(added()[0]).bytes?.toString()).toBe(bytes);
    expect(attachment.type).toBe(type);
  });

  it.each([
    ['base64', (bytes: number) => `data:;base64,${Buffer.alloc(bytes).toString('base64')}`],
    ['escapes', (bytes: number) => `data:,${'%20'.repeat(bytes)}`],
    ['letters of two bytes', (bytes: number) => `data:,${'é'.repeat(bytes / 2)}`],
  ])('is of 4.5 MB at most, and told the other way above that: %s', async (_how, dataUrl) => {
    const { account, upload, added } = await withConversation();
    const most = 4.5 * 1024 * 1024;

    const fits = await upload(at(dataUrl(most)));
    account.asked();
    const large = failureOf(await upload(at(dataUrl(most + 2))));

    expect(fits.ok).toBe(true);
    expect(added()).toHaveLength(1);
    expect(large).toEqual({
      kind: 'invalid-input',
      issues: [{ path: 'url', message: expect.stringMatching(/4\.5 MB .* give file .* instead/) }],
    });
    expect(account.asked()).toEqual([]);
  });

  it.each([
    'ftp://files.example.com/plan.pdf',
    'file:///etc/passwd',
    'attachment://plan.pdf',
    'javascript:alert(1)',
    'plan.pdf',
    '//files.example.com/plan.pdf',
    '',
    'https://',
    'https:files.example.com',
    'https://files.example.com/a plan.pdf',
    ' https://files.example.com/plan.pdf',
    'data:text/plain',
    'data:text/plain;base64,SGVs bG8=',
    'data:text/plain;base64,@@@',
    'data:text/plain;base64,SGVsbG8===',
  ])('is no address that the service could fetch: "%s"', async (url) => {
    const { account, upload } = await withConversation();

    const outcome = await upload(at(url));

    expect(pathsOf(outcome)).toEqual(['url']);
    expect(account.asked()).toEqual([]);
  });

  it('that is not there is said to be the service’s trouble, not done', async () => {
    const { upload, added } = await withConversation({
      download: async () => ({ status: 500, type: 'text/html', bytes: Buffer.from('') }),
    });

    const failure = failureOf(await upload(at('https://files.example.com/broken.pdf')));

    expect(failure.kind).toBe('outcome-unknown');
    expect(added()).toEqual([]);
  });
});

describe('a file in two steps', () => {
  it('is announced, then its bytes are sent to the service itself and kept', async () => {
    const { account, id, upload, added } = await withConversation();
    const source = { kind: 'file', type: 'text/plain', size: 5, name: 'hello.txt' } as const;

    const { attachment, upload: request } = valueOf(await upload(source));
    const announced = present(added()[0]);
    const status = await putBytes(request, 'Hello');

    expect(announced).toMatchObject({ conversationId: id, sizeBytes: 5, bytes: null });
    expect(status).toBe(200);
    expect(account.store.attachments.get(announced.id)?.bytes?.toString()).toBe('Hello');
    expect(request).toMatchObject({
      method: 'PUT',
      headers: [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Content-Disposition', value: 'attachment; filename=hello.txt' },
      ],
    });
    expect(attachment).toMatchObject({ name: announced.name, type: 'text/plain' });
    const answer = await fetch(present(attachment.url ?? undefined));
    expect(await answer.text()).toBe('Hello');
  });

  it('may be larger than a file by its address', async () => {
    const { account, upload, added } = await withConversation({ uploadLimitBytes: 3 });

    const { upload: request } = valueOf(
      await upload({ kind: 'file', type: 'application/octet-stream', size: 5 }),
    );

    expect(await putBytes(request, 'Hello')).toBe(200);
    expect(present(added()[0]).bytes?.toString()).toBe('Hello');
    expect(account.written()).toContainEqual({
      file: { type: 'application/octet-stream', size: 5 },
    });
  });

  it.each([0, -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'has a whole number of bytes, not %d',
    async (size) => {
      const { account, upload } = await withConversation();

      const outcome = await upload({ kind: 'file', type: 'text/plain', size });

      expect(pathsOf(outcome)).toEqual(['file.size']);
      expect(account.asked()).toEqual([]);
    },
  );

  it('is not called done where nobody says where its bytes are to go', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { id: 'a1', name: 'a1.txt' },
    }));
    const source = { kind: 'file', type: 'text/plain', size: 5 } as const;

    const failure = failureOf(await account.upload({ conversation: ref('c1'), source }, aCall()));

    expect(failure).toEqual({
      kind: 'outcome-unknown',
      provider: 'assistant',
      because: 'its answer was not shaped as expected: uploadRequest',
    });
  });
});

describe('any upload', () => {
  it.each<readonly [string, Source, string]>([
    ['by address', at('data:text/plain,hi'), 'application/octet-stream'],
    [
      'in two steps',
      { kind: 'file', type: 'text/plain', size: 5, name: 'hello.txt' },
      'text/plain',
    ],
  ])(
    '%s leaves two hidden rows, of which the second names the file',
    async (_how, source, type) => {
      const { account, id, upload, added } = await withConversation();

      await upload(source);

      const { name } = present(added()[0]);
      const rows = account.messagesOf(id);
      expect(rows.map((row) => [row.type, row.text])).toEqual([
        ['activity', ''],
        ['activity', ''],
      ]);
      const question = { conversation: ref(id), at: null, size: 10 };
      const { items } = valueOf(await account.messages(question, aCall()));
      expect(items.map(({ kind }) => [kind, isHidden(kind)])).toEqual([
        ['ACTIVITY', true],
        ['ACTIVITY', true],
      ]);
      expect(items.flatMap(({ attachments }) => attachments)).toEqual([
        { name, type, url: `attachment://${name}` },
      ]);
    },
  );

  it.each([
    [
      { id: 'a1', name: 'a1.txt' },
      { name: 'a1.txt', url: 'attachment://a1.txt' },
    ],
    [
      { id: 'a1', name: null, downloadRequest: null },
      { name: null, url: null },
    ],
    [
      { id: 'a1', name: 'a1.txt', downloadRequest: 'soon' },
      { name: 'a1.txt', url: 'attachment://a1.txt' },
    ],
  ])('is named by the service alone where it tells no address: %o', async (body, told) => {
    const account = await accountHearing(() => ({ status: 200, body }));

    const { attachment, upload } = valueOf(
      await account.upload({ conversation: ref('c1'), source: at('data:text/plain,hi') }, aCall()),
    );

    expect(attachment).toEqual({ ...told, type: 'text/plain' });
    expect(upload).toBeNull();
  });

  it.each<readonly [string, Source, Parameters<typeof chatbotkitAccount>[0]]>([
    ['a file in the call', at('data:text/plain,hello'), { uploadLimitBytes: 4 }],
    ['a file announced', { kind: 'file', type: 'a/b', size: 5 }, { planFileLimitBytes: 4 }],
  ])(
    'over the limit is refused as too large, never as too often: %s',
    async (_what, source, limits) => {
      const { account, id, upload, added } = await withConversation(limits);

      const failure = failureOf(await upload(source));

      expect(failure).toEqual({
        kind: 'refused',
        provider: 'assistant',
        code: 'LIMITS_REACHED',
        said: expect.stringMatching(/^Limits reached\. .*too large: send a smaller one/),
      });
      expect(added()).toEqual([]);
      expect(account.messagesOf(id)).toEqual([]);
    },
  );

  it('is sent to the form that takes more, unless that is the one it came by', async () => {
    const limits = { uploadLimitBytes: 4, planFileLimitBytes: 4 };
    const { upload } = await withConversation(limits);

    const atOnce = failureOf(await upload(at('data:text/plain,hello')));
    const announced = failureOf(await upload({ kind: 'file', type: 'a/b', size: 5 }));

    expect(atOnce).toMatchObject({ said: expect.stringMatching(/announce one .* with file/) });
    expect(announced).toMatchObject({ said: expect.stringMatching(/plan that takes it$/) });
  });

  it('up to the limit is taken', async () => {
    const { upload, added } = await withConversation({
      uploadLimitBytes: 5,
      planFileLimitBytes: 5,
    });

    valueOf(await upload(at('data:text/plain,hello')));
    valueOf(await upload({ kind: 'file', type: 'a/b', size: 5 }));

    expect(added()).toHaveLength(2);
  });

  it('that was one of too many is asked for again later', async () => {
    const { account, upload } = await withConversation({ tooMany: 'TOO_MANY_REQUESTS' });
    account.emulator.inject({ kind: 'status', status: 429, times: 1 });

    const failure = failureOf(await upload(at('data:text/plain,hello')));

    expect(failure).toEqual({
      kind: 'rate-limited',
      provider: 'assistant',
      retryAt: null,
      doubtful: true,
    });
  });

  it('that is too large is told so late as well as early', async () => {
    const account = await accountHearing(() => ({
      status: 200,
      body: { message: 'Limits reached', code: 'LIMITS_REACHED' },
    }));

    const failure = failureOf(
      await account.upload({ conversation: ref('c1'), source: at('https://a.example/b') }, aCall()),
    );

    expect(failure).toMatchObject({ kind: 'refused', code: 'LIMITS_REACHED' });
  });
});

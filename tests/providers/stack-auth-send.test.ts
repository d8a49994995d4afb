// Writing into a conversation as the agent whose session it is.

import { describe, expect, it } from 'vitest';
import {
  bad,
  changingBodies,
  good,
  hurried,
  INBOX,
  NOBODY,
  NOW_MS,
  openAccount,
  ref,
  SUPPORT,
} from './stack-auth-account.ts';

describe('sending', () => {
  it('a message replies as the agent, in one call, and moves an open conversation to pending', async () => {
    const { send, find, row, messages, asked, agent } = await openAccount();
    const { id } = find(({ status }) => status === 'open');

    const { message, reply, usage } = good(await send(id, 'We are on it.'));

    const written = messages(id).at(-1);
    expect(written).toMatchObject({
      messageType: 'message',
      body: 'We are on it.',
      sender: { type: 'agent', id: agent?.id },
    });
    expect(message).toMatchObject({
      conversation: ref(id),
      nativeId: written?.id,
      role: 'AGENT',
      kind: 'MESSAGE',
      visibility: 'PUBLIC',
      author: { nativeId: agent?.id, name: agent?.displayName },
      text: 'We are on it.',
      createdAt: new Date(written?.createdAt ?? ''),
    });
    expect([reply, usage]).toEqual([null, null]);
    expect(row(id).status).toBe('pending');
    expect(asked()).toEqual([`PATCH ${INBOX}/${id}`]);
  });

  it.each([
    { kind: 'NOTE', visibility: 'INTERNAL' },
    { kind: 'MESSAGE', visibility: 'INTERNAL' },
  ] as const)('as %j writes a note that moves nothing else', async (how) => {
    const { send, find, row, messages } = await openAccount();
    const { id, status } = find((one) => one.status === 'open');

    const { message } = good(await send(id, 'Careful with this one.', how));

    expect(messages(id).at(-1)).toMatchObject({
      messageType: 'internal-note',
      body: 'Careful with this one.',
    });
    expect(message).toMatchObject({ kind: 'NOTE', visibility: 'INTERNAL', role: 'AGENT' });
    expect(row(id).status).toBe(status);
  });

  it('markdown sends its text', async () => {
    const { send, find, messages } = await openAccount();
    const { id } = find(() => true);

    good(await send(id, '', { content: { type: 'markdown', markdown: '**Hello**' } }));

    expect(messages(id).at(-1)?.body).toBe('**Hello**');
  });

  it.each([
    { type: 'image', url: 'https://images.example/a.png', title: null },
    { type: 'location', latitude: 1, longitude: 2, address: null, title: null },
    { type: 'unknown', said: 'dance', payload: {} },
  ] as const)('what is no text is invalid input: %j', async (content) => {
    const { send, find, asked } = await openAccount();

    expect(bad(await send(find(() => true).id, '', { content }))).toMatchObject({
      kind: 'invalid-input',
      issues: [{ path: 'content' }],
    });
    expect(asked()).toEqual([]);
  });

  it('trims, because the service refuses what is not trimmed', async () => {
    const { send, find, messages } = await openAccount();
    const { id } = find(() => true);

    const { message } = good(await send(id, '\n  hi there \t'));

    expect(messages(id).at(-1)?.body).toBe('hi there');
    expect(message?.text).toBe('hi there');
  });

  it('a note for the public is invalid input', async () => {
    const { send, find, asked } = await openAccount();

    const failure = bad(
      await send(find(() => true).id, 'Whom for?', { kind: 'NOTE', visibility: 'PUBLIC' }),
    );

    expect(failure).toMatchObject({ kind: 'invalid-input', issues: [{ path: 'visibility' }] });
    expect(asked()).toEqual([]);
  });

  it('nothing but blanks is invalid input', async () => {
    const { send, find, asked } = await openAccount();

    expect(bad(await send(find(() => true).id, ' \n '))).toMatchObject({
      kind: 'invalid-input',
      issues: [{ path: 'text' }],
    });
    expect(asked()).toEqual([]);
  });

  it('the same words twice gives back the later message', async () => {
    const { send, find, pass, messages } = await openAccount();
    const { id } = find(() => true);

    const first = good(await send(id, 'Thank you!'));
    pass(1_000);
    const second = good(await send(id, 'Thank you!'));

    const [one, two] = messages(id).slice(-2);
    expect([first.message?.nativeId, second.message?.nativeId]).toEqual([one?.id, two?.id]);
    expect(second.message?.createdAt).toEqual(new Date(NOW_MS + 1_000));
  });

  it('is not mistaken for what a customer said in the same words a moment later', async () => {
    const { send, find, messages } = await openAccount({
      wrap: changingBodies((body) => {
        const { messages: rows, ...rest } = Object(body);
        const echo = { ...rows.at(-1), id: NOBODY, sender: { type: 'user', id: NOBODY } };
        return { ...rest, messages: [...rows, echo] };
      }),
    });
    const { id } = find(() => true);

    const { message } = good(await send(id, 'Hello?'));

    expect(message).toMatchObject({ nativeId: messages(id).at(-1)?.id, role: 'AGENT' });
  });

  it('into a closed conversation leaves it closed', async () => {
    const { send, find, row } = await openAccount();
    const { id } = find(({ status }) => status === 'closed');

    good(await send(id, 'One more thing.'));

    expect(row(id).status).toBe('closed');
  });

  it('gives no message where the answer does not show it', async () => {
    const { send, find, messages } = await openAccount({
      wrap: changingBodies((body) => ({ ...Object(body), messages: [] })),
    });
    const { id } = find(() => true);

    expect(good(await send(id, 'Hello'))).toEqual({
      message: null,
      reply: null,
      usage: null,
      unfinished: null,
    });
    expect(messages(id).at(-1)?.body).toBe('Hello');
  });

  it.each([NOBODY, 'conv_1'])('into what is not there (%s) is not found', async (id) => {
    const { send } = await openAccount();

    expect(bad(await send(id, 'Hello'))).toEqual({
      kind: 'not-found',
      what: `conversation ${id} at ${SUPPORT}`,
    });
  });

  it.each([
    ['cut-after-accept', 1],
    ['malformed', 1],
    ['cut', 0],
  ] as const)(
    'whose answer was lost (%s) is of an outcome unknown, and is not sent again',
    async (kind, written) => {
      const { send, find, messages, journal, inject } = await openAccount();
      const { id } = find(() => true);
      const before = messages(id).length;
      inject({ kind, times: 1 });

      expect(bad(await send(id, 'Hello'))).toMatchObject({ kind: 'outcome-unknown' });
      expect(messages(id)).toHaveLength(before + written);
      expect(journal).toHaveLength(1);
    },
  );

  it('that hung is of an outcome unknown at the deadline', async () => {
    const { send, find, inject } = await openAccount();
    inject({ kind: 'hang' });

    expect(bad(await send(find(() => true).id, 'Hello', {}, hurried()))).toMatchObject({
      kind: 'outcome-unknown',
      because: 'it did not answer within the deadline',
    });
  });
});

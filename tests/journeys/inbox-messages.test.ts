// Every message of every conversation, newest first, by pages of any size.

import { describe, expect, it } from 'vitest';
import { ACCOUNTS } from '../support/accounts.ts';
import { at, listAt } from '../support/answer.ts';
import { idsAt } from '../support/inbox.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';
import { type Read, readThreads, threadsOf } from '../support/threads.ts';

describe.each(ACCOUNTS)('the messages at %s', (account) => {
  it.each([1, 7, 100])('are all there once, newest first, by pages of %i', async (first) => {
    const parlance = await startParlance(ROOM);
    const ids = await idsAt(parlance, account);

    const threads = await readThreads(parlance, [...ids.values()], { first, includeHidden: true });

    const stored = threadsOf(parlance.world, account);
    expect(ids.size).toBe(stored.size);
    for (const [nativeId, said] of stored) {
      const read = threads.get(ids.get(nativeId) ?? '') ?? [];
      expect(read.map((message) => message.nativeId)).toEqual(
        said.map((message) => message.nativeId),
      );
      expect(read.map(({ createdAtMs }) => createdAtMs)).toEqual(
        said.map(({ createdAtMs }) => createdAtMs),
      );
      expect(textsWhereSaid(read, said)).toEqual(said.map(({ text }) => text));
    }
  });
});

describe('rows that steer a bot or tell of its work', () => {
  it.each([1, 7, 100])(
    'of ChatBotKit are there where they are asked for, and nowhere else, by pages of %i',
    async (first) => {
      const parlance = await startParlance({ ...ROOM, count: 20 });
      const ids = await idsAt(parlance, 'assistant');
      const all = [...ids.values()];

      const shown = await readThreads(parlance, all, { first, includeHidden: false });
      const whole = await readThreads(parlance, all, { first, includeHidden: true });

      const stored = threadsOf(parlance.world, 'assistant');
      for (const [nativeId, said] of stored) {
        const aloud = said.filter(({ type }) => type === 'user' || type === 'bot');
        expect(nativeIds(shown.get(ids.get(nativeId) ?? ''))).toEqual(
          aloud.map((message) => message.nativeId),
        );
        expect(nativeIds(whole.get(ids.get(nativeId) ?? ''))).toEqual(
          said.map((message) => message.nativeId),
        );
      }
      const kinds = (threads: ReadonlyMap<string, readonly Read[]>) =>
        new Set([...threads.values()].flatMap((read) => read.map(({ kind }) => kind)));
      expect(kinds(shown)).toEqual(new Set(['MESSAGE']));
      expect(kinds(whole)).toEqual(
        new Set([
          'MESSAGE',
          'CONTEXT',
          'INSTRUCTION',
          'BACKSTORY',
          'REASONING',
          'ACTIVITY',
          'CHECKPOINT',
        ]),
      );
    },
  );

  it('leave no empty page behind them at the end', async () => {
    const parlance = await startParlance({ count: 12 });
    const ids = await idsAt(parlance, 'assistant');
    const stored = threadsOf(parlance.world, 'assistant');

    for (const [nativeId, said] of stored) {
      const aloud = said.filter(({ type }) => type === 'user' || type === 'bot');
      const { data } = await parlance.ask(
        `query ($id: ID!, $first: Int!) {
          conversation(id: $id) {
            messages(first: $first) { nodes { id } pageInfo { hasNextPage } }
          }
        }`,
        { id: ids.get(nativeId), first: aloud.length },
      );

      expect(listAt(data, 'conversation.messages.nodes')).toHaveLength(aloud.length);
      expect(at(data, 'conversation.messages.pageInfo.hasNextPage')).toBe(false);
    }
    // They begin with such rows, mostly, which a newest-first list ends with.
    const endings = [...stored.values()].map((said) => said.at(-1)?.type);
    expect(endings).toContain('context');
  });

  it('stay out of the messages within an inbox unless asked for', async () => {
    const { ask } = await startParlance({ count: 12 });

    const { data } = await ask(`{
      conversations(first: 12, filter: { providers: ["assistant"] }) {
        nodes {
          plain: messages(first: 20) { nodes { kind visibility } }
          whole: messages(first: 100, includeHidden: true) { nodes { kind visibility } }
        }
      }
    }`);

    const rows = (name: string) =>
      listAt(data, 'conversations.nodes').flatMap((node) => listAt(node, `${name}.nodes`));
    expect(new Set(rows('plain').map((row) => at(row, 'visibility')))).toEqual(new Set(['PUBLIC']));
    const hidden = rows('whole').filter((row) => at(row, 'kind') !== 'MESSAGE');
    expect(hidden.length).toBeGreaterThan(12);
    expect(new Set(hidden.map((row) => at(row, 'visibility')))).toEqual(new Set(['INTERNAL']));
  });

  it.each(['website', 'help', 'support'] as const)('are none at %s', async (account) => {
    const parlance = await startParlance({ count: 8 });
    const ids = await idsAt(parlance, account);
    const all = [...ids.values()];

    const shown = await readThreads(parlance, all, { first: 50, includeHidden: false });
    const whole = await readThreads(parlance, all, { first: 50, includeHidden: true });

    expect(shown).toEqual(whole);
  });
});

/** One walk makes more calls than Chatling lets a key make in a minute. */
const ROOM: StartOptions = { chatling: { callsPerMinute: 100_000 } };

function nativeIds(read: readonly Read[] | undefined): unknown[] {
  return (read ?? []).map(({ nativeId }) => nativeId);
}

/** What was read, but for what the store does not put into words. */
function textsWhereSaid(read: readonly Read[], said: readonly { readonly text: string | null }[]) {
  return read.map(({ text }, index) => (said[index]?.text === null ? null : text));
}

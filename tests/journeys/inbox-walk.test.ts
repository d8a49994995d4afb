// Nothing changes here while the inbox is walked: every conversation once, in order, from any place.

import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/answer.ts';
import { keysOf, standing, walkInbox } from '../support/inbox.ts';
import { type StartOptions, startParlance } from '../support/parlance.ts';

const DIALECTS: readonly (readonly [string, StartOptions])[] = [
  ['the providers at their likeliest', {}],
  ['a Chatling that sorts by activity', { chatling: { sortBy: 'activity' } }],
  ['a Chatling that sorts by no date', { chatling: { sortBy: 'own' } }],
  [
    'a ChatBotKit that goes on after a deleted row',
    { chatbotkit: { cursorOfDeleted: 'continues' } },
  ],
  ['a Stack Auth from before it had pages', { stackAuth: { era: 'feature-branch' } }],
  // It picks its own page size, of 20: there have to be more.
  ['a Botpress of the oldest generation', { count: 23, botpress: { generation: 'seed' } }],
  [
    'services that say as little as they may',
    {
      chatling: {
        messageIds: false,
        conversationType: false,
        missingContact: 'absent',
        flags: 'booleans',
        timestamps: 'mixed',
        perPage: { conversations: 3 },
      },
      chatbotkit: { nulls: 'omit' },
      stackAuth: { unknownFields: true, originNames: 'stack-auth' },
    },
  ],
];

describe.each(DIALECTS)('a walk over the inbox, with %s,', (_, dialect) => {
  it.each([
    ['nothing is kept', false, ['FRESH']],
    ['what was asked is kept', {}, ['FRESH', 'CACHED', 'STALE']],
  ] as const)(
    'lists every conversation once, newest first, by pages of 1, 7 and 20, where %s',
    async (_kept, cache, statuses) => {
      const parlance = await startParlance({ count: 9, cache, ...dialect });
      const expected = standing(parlance.world);
      const saidTimes = new Map([...expected].filter(([, time]) => time !== null));
      const chatlingOrder = await orderAtChatling(parlance.world.credentials.chatling);

      for (const first of [1, 7, 20]) {
        const pages = await walkInbox(parlance, { first });

        const rows = pages.flatMap((page) => page.rows);
        expect(rows.map(({ key }) => key).toSorted()).toEqual([...expected.keys()].toSorted());
        const times = rows.map(({ sortedAtMs }) => sortedAtMs);
        expect(times).toEqual(times.toSorted((one, other) => other - one));
        expect(
          new Map(
            rows.flatMap((row) => (saidTimes.has(row.key) ? [[row.key, row.sortedAtMs]] : [])),
          ),
        ).toEqual(saidTimes);
        expect(keysOf(pages).filter((key) => key.startsWith('help/'))).toEqual(chatlingOrder);
        expect(pages.slice(0, -1).every((page) => page.rows.length === first)).toBe(true);
        const sources = pages.flatMap((page) => page.sources);
        expect(statuses).toEqual(expect.arrayContaining(sources.map(({ status }) => status)));
      }
    },
  );
});

async function orderAtChatling(chatling: {
  readonly url: string;
  readonly token: string;
  readonly chatbotId: string;
}): Promise<string[]> {
  const keys: string[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await fetch(
      `${chatling.url}/v2/chatbots/${chatling.chatbotId}/conversations?page=${page}`,
      { headers: { authorization: `Bearer ${chatling.token}` } },
    );
    const said: unknown = await answer.json();
    keys.push(...listAt(said, 'data.conversations').map((row) => `help/${textAt(row, 'id')}`));
    if (at(said, 'data.pages.last_page') === page) return keys;
  }
}

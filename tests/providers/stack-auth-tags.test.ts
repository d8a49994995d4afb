// Tags are labels in a list that the service replaces as a whole: whatever else is in it must survive.

import { describe, expect, it } from 'vitest';
import {
  bad,
  changingBodies,
  good,
  hurried,
  INBOX,
  newCall,
  openAssigned,
  quiet,
} from './stack-auth-account.ts';

describe('tags', () => {
  it('are set under their key, in their place, and leave everything else as it was', async () => {
    const { update, id, stored, before } = await openAssigned();

    const { conversation, ignored, unfinished } = good(
      await update(id, {
        tags: {
          set: [
            { key: 'plan', value: 'team' },
            { key: 'lang', value: 'de' },
          ],
          remove: [],
        },
      }),
    );

    const tags = ['vip', 'plan:team', 'follow-up', 'lang:de'];
    expect(quiet(stored)).toEqual(quiet({ ...before, tags }));
    expect(conversation.native).toMatchObject({ metadata: { tags } });
    expect([ignored, unfinished]).toEqual([[], null]);
  });

  it('are removed by their key, whatever their value', async () => {
    const { update, id, stored, before } = await openAssigned();

    good(await update(id, { tags: { set: [], remove: ['plan', 'vip', 'never-there'] } }));

    expect(quiet(stored)).toEqual(quiet({ ...before, tags: ['follow-up'] }));
  });

  it('under one key several times become the one that is set', async () => {
    const { update, id, stored } = await openAssigned();
    stored.tags = ['team:a', 'vip', 'team:b', 'team'];

    good(await update(id, { tags: { set: [{ key: 'team', value: 'c' }], remove: [] } }));

    expect(stored.tags).toEqual(['team:c', 'vip']);
  });

  it('set and removed at once are set', async () => {
    const { update, id, stored } = await openAssigned();

    good(await update(id, { tags: { set: [{ key: 'vip', value: 'gold' }], remove: ['vip'] } }));

    expect(stored.tags).toEqual(['vip:gold', 'plan:pro', 'follow-up']);
  });

  it('that are there already are not written again', async () => {
    const { update, id, asked } = await openAssigned();

    const { conversation } = good(
      await update(id, { tags: { set: [{ key: 'vip', value: null }], remove: ['gone'] } }),
    );

    expect(conversation.tags).toHaveLength(3);
    expect(asked()).toEqual([`GET ${INBOX}/${id}`]);
  });

  it.each([
    ['tags.set.0.key', { set: [{ key: 'a:b', value: null }], remove: [] }],
    ['tags.set.0.key', { set: [{ key: '', value: null }], remove: [] }],
    [
      'tags.set.1.key',
      {
        set: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
        remove: [],
      },
    ],
    ['tags.remove.1', { set: [], remove: ['a', 'plan:pro'] }],
  ])('that could not be read back the same are invalid input at %s', async (path, tags) => {
    const { update, id, asked } = await openAssigned();

    expect(bad(await update(id, { tags }))).toMatchObject({
      kind: 'invalid-input',
      issues: [{ path }],
    });
    expect(asked()).toEqual([]);
  });

  it('written at the same time under different keys all survive', async () => {
    const { update, id, stored } = await openAssigned();
    const keys = Array.from({ length: 12 }, (_, index) => `key-${index}`);

    const outcomes = await Promise.all(
      keys.map((key, index) =>
        update(index % 2 === 0 ? id : id.toUpperCase(), {
          tags: { set: [{ key, value: 'x' }], remove: [] },
        }),
      ),
    );

    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(stored.tags).toEqual(['vip', 'plan:pro', 'follow-up', ...keys.map((key) => `${key}:x`)]);
  });

  it('written since this operation read the conversation survive', async () => {
    const { get, update, id, stored } = await openAssigned();
    const call = newCall();
    good(await get(id, call));
    stored.tags = [...stored.tags, 'from:elsewhere'];

    good(await update(id, { tags: { set: [{ key: 'mine', value: null }], remove: [] } }, call));

    expect(stored.tags).toEqual(['vip', 'plan:pro', 'follow-up', 'from:elsewhere', 'mine']);
  });

  it('wait for a write in front no longer than their own deadline, and are not overtaken by it', async () => {
    const { update, id, stored, inject } = await openAssigned();
    inject({ kind: 'hang', times: 1, match: { method: 'PATCH' } });
    const set = (key: string) => ({ tags: { set: [{ key, value: null }], remove: [] } });

    const first = update(id, set('first'), hurried(400));
    const second = update(id, set('second'), hurried(50));
    const third = update(id, set('third'));
    const order: string[] = [];
    void first.then(() => order.push('first'));
    void second.then(() => order.push('second'));
    void third.then(() => order.push('third'));

    expect(bad(await second)).toMatchObject({
      kind: 'unavailable',
      because: expect.stringContaining('another write to the same conversation'),
    });
    expect(bad(await first)).toMatchObject({ kind: 'outcome-unknown' });
    good(await third);
    expect(order).toEqual(['second', 'first', 'third']);
    expect(stored.tags).toEqual(['vip', 'plan:pro', 'follow-up', 'third']);
  });

  it('are not written where those there are not understood', async () => {
    const { update, id, stored, before } = await openAssigned({
      wrap: changingBodies((body) => {
        const { conversation, ...rest } = Object(body);
        const metadata = { ...conversation.metadata, tags: [{ label: 'vip' }] };
        return { ...rest, conversation: { ...conversation, metadata } };
      }),
    });

    const failure = bad(await update(id, { tags: { set: [], remove: ['vip'] } }));

    expect(failure).toMatchObject({
      kind: 'unavailable',
      because: 'its answer was not shaped as expected: conversation.metadata',
    });
    expect(stored).toEqual(before);
  });
});

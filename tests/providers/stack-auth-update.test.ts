// Changing a conversation whose service empties what it is not told: nothing that was not asked about may change.

import { describe, expect, it } from 'vitest';
import {
  bad,
  good,
  hurried,
  INBOX,
  NOBODY,
  openAccount,
  openAssigned,
  quiet,
  SUPPORT,
} from './stack-auth-account.ts';

describe('the assignee', () => {
  it('is changed by id and name, and everything else stays', async () => {
    const { update, id, stored, before } = await openAssigned();

    const { conversation } = good(await update(id, { assignee: { id: 'amara', name: 'Amara' } }));

    expect(quiet(stored)).toEqual(
      quiet({ ...before, assignedToUserId: 'amara', assignedToDisplayName: 'Amara' }),
    );
    expect(conversation.assignee).toMatchObject({
      nativeId: 'amara',
      name: 'Amara',
      role: 'AGENT',
    });
  });

  it('is cleared by null, and everything else stays', async () => {
    const { update, id, stored, before } = await openAssigned();

    const { conversation } = good(await update(id, { assignee: null }));

    expect(quiet(stored)).toEqual(
      quiet({ ...before, assignedToUserId: null, assignedToDisplayName: null }),
    );
    expect(conversation.assignee).toBeNull();
  });

  it('without a name keeps the one it has, and does not inherit another’s', async () => {
    const { update, id, stored, before } = await openAssigned();

    good(await update(id, { assignee: { id: before.assignedToUserId ?? '', name: null } }));
    expect(stored.assignedToDisplayName).toBe(before.assignedToDisplayName);
    good(await update(id, { assignee: { id: 'amara', name: null } }));

    expect(stored).toMatchObject({ assignedToUserId: 'amara', assignedToDisplayName: null });
  });
});

describe('the priority', () => {
  it.each(['LOW', 'NORMAL', 'URGENT'] as const)(
    'becomes %s, and the trio beside it stays',
    async (priority) => {
      const { update, id, stored, before } = await openAssigned();

      const { conversation } = good(await update(id, { priority }));

      expect(conversation.priority).toBe(priority);
      expect(quiet(stored)).toEqual(
        quiet({ ...before, priority: stored.priority, updatedAt: stored.updatedAt }),
      );
      expect(stored.priority).toBe(priority.toLowerCase());
    },
  );

  it('that it has already is not written again', async () => {
    const { update, id, asked } = await openAssigned();

    expect(good(await update(id, { priority: 'HIGH' })).conversation.priority).toBe('HIGH');
    expect(asked()).toEqual([`GET ${INBOX}/${id}`]);
  });

  it('and the status cannot be set to UNKNOWN', async () => {
    const { update, id, asked } = await openAssigned();

    expect(bad(await update(id, { priority: 'UNKNOWN', status: 'UNKNOWN' }))).toMatchObject({
      kind: 'invalid-input',
      issues: [{ path: 'status' }, { path: 'priority' }],
    });
    expect(asked()).toEqual([]);
  });
});

describe('the status', () => {
  it.each(['OPEN', 'PENDING', 'CLOSED'] as const)('becomes %s in one call', async (status) => {
    const { update, id, stored, messages, asked } = await openAssigned();
    stored.status = status === 'OPEN' ? 'closed' : 'open';

    const { conversation } = good(await update(id, { status }));

    expect(stored.status).toBe(status.toLowerCase());
    expect(conversation.status).toBe(status);
    expect(messages(id).at(-1)).toMatchObject({
      messageType: 'status-change',
      metadata: { status: status.toLowerCase() },
    });
    expect(asked()).toEqual([`PATCH ${INBOX}/${id}`]);
  });

  it('leaves the trio and the priority as they were', async () => {
    const { update, id, stored, before } = await openAssigned();

    good(await update(id, { status: 'CLOSED' }));

    expect(stored).toMatchObject({
      tags: before.tags,
      priority: before.priority,
      assignedToUserId: before.assignedToUserId,
      assignedToDisplayName: before.assignedToDisplayName,
    });
  });

  it('that it has already is success, and leaves no trace', async () => {
    const { update, id, stored, before, messages } = await openAssigned();
    const rows = messages(id).length;

    const { conversation, unfinished } = good(
      await update(id, { status: before.status === 'open' ? 'OPEN' : 'PENDING' }),
    );

    expect(conversation.status).toBe(before.status.toUpperCase());
    expect(unfinished).toBeNull();
    expect(stored).toEqual(before);
    expect(messages(id)).toHaveLength(rows);
  });
});

describe('attributes and status together', () => {
  const both = {
    status: 'CLOSED',
    priority: 'LOW',
    tags: { set: [{ key: 'done', value: null }], remove: ['follow-up'] },
  } as const;

  it('are all changed, attributes first', async () => {
    const { update, id, stored, asked } = await openAssigned();

    const { conversation, unfinished } = good(await update(id, both));

    expect(stored).toMatchObject({
      status: 'closed',
      priority: 'low',
      tags: ['vip', 'plan:pro', 'done'],
    });
    expect(conversation).toMatchObject({ status: 'CLOSED', priority: 'LOW' });
    expect(unfinished).toBeNull();
    const path = `${INBOX}/${id}`;
    expect(asked()).toEqual([`GET ${path}`, `PATCH ${path}`, `PATCH ${path}`]);
  });

  it('spare the call for a status that it has already', async () => {
    const { update, id, stored, asked } = await openAssigned();
    stored.status = 'closed';

    expect(good(await update(id, both)).unfinished).toBeNull();

    expect(asked()).toHaveLength(2);
  });

  it('show a status that somebody else has set in between', async () => {
    const { update, id } = await openAssigned({
      wrap: (http) => ({
        ...http,
        async ask(call, ask) {
          // The same change, a moment before ours.
          if (Object(ask.json).type === 'status') await http.ask(call, ask);
          return http.ask(call, ask);
        },
      }),
    });

    const { conversation, unfinished } = good(await update(id, both));

    expect(conversation).toMatchObject({ status: 'CLOSED', priority: 'LOW' });
    expect(unfinished).toBeNull();
  });

  it('of which the second failed say why, and show the conversation as it is then', async () => {
    const { update, id, stored, before, inject } = await openAssigned();
    inject({ kind: 'delay', ms: 0, times: 1, match: { method: 'PATCH' } });
    inject({ kind: 'status', status: 500, times: 1, match: { method: 'PATCH' } });

    const { conversation, unfinished } = good(await update(id, both));

    expect(unfinished).toMatchObject({ kind: 'unavailable', because: 'it answered HTTP 500' });
    expect(stored).toMatchObject({ status: before.status, priority: 'low' });
    expect(conversation).toMatchObject({ status: before.status.toUpperCase(), priority: 'LOW' });
  });

  it('of which the second lost its answer show what became of it', async () => {
    const { update, id, stored, inject } = await openAssigned();
    inject({ kind: 'delay', ms: 0, times: 1, match: { method: 'PATCH' } });
    inject({ kind: 'cut-after-accept', times: 1, match: { method: 'PATCH' } });

    const { conversation, unfinished } = good(await update(id, both));

    expect(unfinished).toMatchObject({ kind: 'outcome-unknown' });
    expect(stored.status).toBe('closed');
    expect(conversation.status).toBe('CLOSED');
  });

  it('of which the second hung show what the first left', async () => {
    const { update, id, before, inject } = await openAssigned();
    inject({ kind: 'delay', ms: 0, times: 1, match: { method: 'PATCH' } });
    inject({ kind: 'hang', times: 1, match: { method: 'PATCH' } });

    const { conversation, unfinished } = good(await update(id, both, hurried(300)));

    expect(unfinished).toMatchObject({ kind: 'outcome-unknown' });
    expect(conversation).toMatchObject({ priority: 'LOW', status: before.status.toUpperCase() });
  });

  it('of which the first failed change nothing', async () => {
    const { update, id, stored, before, inject } = await openAssigned();
    inject({ kind: 'status', status: 500, times: 1, match: { method: 'PATCH' } });

    expect(bad(await update(id, both))).toMatchObject({ kind: 'unavailable' });
    expect(stored).toEqual(before);
  });
});

describe('an update', () => {
  it('of nothing shows the conversation', async () => {
    const { update, id, stored, before, asked } = await openAssigned();

    expect(good(await update(id, {})).conversation.nativeId).toBe(id);
    expect(stored).toEqual(before);
    expect(asked()).toEqual([`GET ${INBOX}/${id}`]);
  });

  it.each([NOBODY, 'conv_1'])('of what is not there (%s) is not found', async (id) => {
    const { update } = await openAccount();

    for (const changes of [{ status: 'CLOSED' }, { priority: 'LOW' }, {}] as const) {
      expect(bad(await update(id, changes))).toEqual({
        kind: 'not-found',
        what: `conversation ${id} at ${SUPPORT}`,
      });
    }
  });

  it.each([{ status: 'CLOSED' }, { priority: 'LOW' }] as const)(
    'of %j whose answer was lost is of an outcome unknown',
    async (changes) => {
      for (const kind of ['cut-after-accept', 'malformed'] as const) {
        const { update, id, inject } = await openAssigned();
        inject({ kind, match: { method: 'PATCH' } });

        expect(bad(await update(id, changes))).toMatchObject({ kind: 'outcome-unknown' });
      }
    },
  );
});

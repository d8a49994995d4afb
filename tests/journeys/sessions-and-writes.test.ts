// A write that was asked for while it was allowed goes on when the session ends: half of it undone would help nobody.

import { describe, expect, it, vi } from 'vitest';
import { at } from '../support/answer.ts';
import { callerNamed } from '../support/callers.ts';
import { openDoors } from '../support/doors.ts';
import { conversationId } from '../support/mutations.ts';
import { startParlance } from '../support/parlance.ts';
import { ofType, openSocket } from '../support/socket.ts';
import { rowsAdded, rowWhere, writes } from '../support/stores.ts';

const SEND = `mutation ($id: ID!) {
  sendMessage(input: { conversationId: $id, text: "goes on" }) { __typename ... on SendMessagePayload { delivery } }
}`;

async function started() {
  const doors = openDoors({ good: callerNamed('ann') });
  const { world, url } = await startParlance({ count: 2, doorkeeper: doors });
  const { id } = rowWhere(world.botpress.store.conversations);
  world.botpress.inject({ kind: 'delay', ms: 150, match: { method: 'POST' } });
  return {
    doors,
    url,
    payload: { query: SEND, variables: { id: conversationId('website', id) } },
    added: rowsAdded(world.botpress.store.messages),
    underWay: () => vi.waitFor(() => expect(writes(world, 'website')).toHaveLength(1)),
  };
}

describe('a write under way when its session is revoked', () => {
  it('over HTTP is done, and told to be: whoever is not told would do it again', async () => {
    const { doors, url, payload, added, underWay } = await started();
    const answer = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer good' },
      body: JSON.stringify(payload),
    });
    await underWay();

    doors.end('good', 'revoked');
    const response = await answer;

    expect(response.status).toBe(200);
    expect(at(await response.json(), 'data.sendMessage.delivery')).toBe('SENT');
    expect(added()).toHaveLength(1);
  });

  it('over WebSocket is done, and its connection is closed', async () => {
    const { doors, url, payload, added, underWay } = await started();
    const { say, hear, heard, closed } = await openSocket(url);
    say({ type: 'connection_init', payload: { authorization: 'Bearer good' } });
    await hear(ofType('connection_ack'));
    say({ type: 'subscribe', id: 'a', payload });
    await underWay();

    doors.end('good', 'revoked');

    expect(await closed).toMatchObject({ code: 4401 });
    expect(heard).toHaveLength(1);
    await vi.waitFor(() => expect(added()).toHaveLength(1));
  });
});

// Who takes part in a conversation. A participant is a user, with no role and no date of its own on the wire.

import type { EmulatorAnswer } from '../emulator.ts';
import { Refusal } from './errors.ts';
import { turnPage } from './paging.ts';
import { idText, readBody } from './request.ts';
import { type Call, found, type Route, referred } from './routes.ts';
import { userView } from './users.ts';
import { joined } from './webhooks.ts';
import { join, type World } from './world.ts';

export function participantRoutes(world: World): Route[] {
  const { store, switches, emit } = world;
  const show = userView(world);

  function joinedIn({ param }: Call): Map<string, string> {
    const { id } = found(store.conversations, param('id'));
    return store.participants.get(id) ?? new Map();
  }

  function present(call: Call): string {
    const userId = call.param('userId');
    if (joinedIn(call).has(userId)) return userId;
    throw new Refusal(
      switches.absentParticipant,
      `User ${userId} does not take part in ${call.param('id')}: add them first.`,
    );
  }

  /** In the order they joined: which order the real one has is not written down. */
  function list(call: Call): EmulatorAnswer {
    const page = turnPage({
      name: `participants ${call.param('id')}`,
      rows: [...joinedIn(call)],
      direction: 'asc',
      place: ([userId, joinedAt]) => ({ by: joinedAt, id: userId }),
      query: call.query,
      switches,
    });
    const participants = page.rows.flatMap(([userId]) => {
      const row = store.users.get(userId);
      return row ? [show(row, call.caller)] : [];
    });
    return { status: 200, body: { participants, meta: page.meta } };
  }

  /** The bot cannot be added: its id signs messages, but there is no user of that id. */
  function add({ request, param, caller }: Call): EmulatorAnswer {
    const userId = readBody(request, ['userId']).required('userId', idText);
    const { id: conversationId } = found(store.conversations, param('id'));
    const row = referred(store.users, userId);
    join(world, { conversationId, userId });
    return { status: 200, body: { participant: show(row, caller) } };
  }

  function get(call: Call): EmulatorAnswer {
    const row = found(store.users, present(call));
    return { status: 200, body: { participant: show(row, call.caller) } };
  }

  function remove(call: Call): EmulatorAnswer {
    readBody(call.request, []);
    const { id: conversationId, integration } = found(store.conversations, call.param('id'));
    const userId = present(call);
    joinedIn(call).delete(userId);
    emit(integration, joined('participant_removed', { conversationId, userId }));
    return { status: 200, body: {} };
  }

  return [
    { method: 'GET', path: HOME, answer: list },
    { method: 'POST', path: HOME, answer: add },
    { method: 'GET', path: `${HOME}/:userId`, answer: get },
    { method: 'DELETE', path: `${HOME}/:userId`, answer: remove },
  ];
}

const HOME = '/v1/chat/conversations/:id/participants';

// The four ways to give the bot a turn: what each stores, says and leaves out.

import { asked } from './asked.ts';
import { linkedContact, readLinkedContact } from './contacts.ts';
import { readEntities, readMessages } from './messages.ts';
import { detectEntities } from './redaction.ts';
import { isRefusal, isRefusalCode, type Refusal, refuse } from './refusal.ts';
import type { ConversationRow } from './rows.ts';
import type { Session } from './session.ts';
import {
  type Emit,
  emitter,
  keepRow,
  type Sink,
  type Spoken,
  speak,
  type TurnEvent,
} from './speech.ts';
import { messagesOf, ownConversation, type World } from './store.ts';
import { readEngineWishes } from './wishes.ts';

export type Turn = (sink: Sink) => Promise<void>;

/** POST {id}/complete: the customer's words if there are any, then the bot's. */
export function completeTurn(
  world: World,
  { account, trusted }: Session,
  id: string,
  body: unknown,
): Turn | Refusal {
  const wish = asked(body);
  const text = wish.words('text', 'optional');
  readEntities(wish, world.switches.entitiesOnSend);
  const wishes = readEngineWishes(wish, 'limits');
  const refused = wish.refusal();
  if (refused) return refused;
  const row = ownConversation(world.store, account.id, id);
  if (isRefusal(row)) return failedEarly(world, row);

  return async (sink) => {
    const emit = emitter(world, sink, row);
    const usage = { token: 0 };
    if (text !== undefined) {
      const message = keepRow(world, row, 'user', text);
      emit('sendResult', { id: message.id, text, entities: safeEntities(world, row, text), usage });
    }
    const spoken = await speak(world, { row, wishes, trusted, heard: heardIn(world, row) }, sink);
    finish(world, emit, spoken, { ...named(spoken, world), ...resultOf(spoken) });
  };
}

/** POST {id}/send: the row of the customer, and not a word from the bot. */
export function sendTurn(
  world: World,
  { account }: Session,
  id: string,
  body: unknown,
): Turn | Refusal {
  const wish = asked(body);
  const text = wish.words('text', 'required') ?? '';
  readEntities(wish, world.switches.entitiesOnSend);
  readEngineWishes(wish, 'no limits');
  const row = wish.refusal() ?? ownConversation(world.store, account.id, id);
  if (isRefusal(row)) return row;

  return async (sink) => {
    const message = keepRow(world, row, 'user', text);
    const entities = safeEntities(world, row, text);
    emitter(world, sink, row)('result', { id: message.id, text, entities, usage: { token: 0 } });
  };
}

/** POST {id}/receive: the bot alone, and no reason in its result. */
export function receiveTurn(
  world: World,
  { account, trusted }: Session,
  id: string,
  body: unknown,
): Turn | Refusal {
  const wish = asked(body);
  const wishes = readEngineWishes(wish, 'no limits');
  const row = wish.refusal() ?? ownConversation(world.store, account.id, id);
  if (isRefusal(row)) return row;

  return async (sink) => {
    const emit = emitter(world, sink, row);
    const spoken = await speak(world, { row, wishes, trusted, heard: heardIn(world, row) }, sink);
    if (spoken.reason === 'error' && world.switches.afterEngineError === 'end') return;
    const { text, usage } = resultOf(spoken);
    emit('result', { ...named(spoken, world), text, usage });
  };
}

/** POST complete: a conversation that is only in the request; nothing is stored, so nothing has an id. */
export function statelessTurn(
  world: World,
  { account, trusted }: Session,
  body: unknown,
): Turn | Refusal {
  const wish = asked(body);
  for (const key of ['botId', 'backstory', 'model', 'datasetId', 'skillsetId', 'namespace']) {
    wish.nullableText(key);
  }
  wish.flag('privacy');
  wish.flag('moderation');
  const messages = readMessages(wish, world.switches);
  if (!wish.has('messages')) wish.complain('"messages" is required');
  else if (messages.length === 0) wish.complain('"messages" must contain at least 1 items');
  const attachments = wish.list('attachments', (item) => item.words('url', 'required'));
  const contact = readLinkedContact(wish, world.switches);
  const wishes = readEngineWishes(wish, 'limits');
  const refused = wish.refusal();
  if (refused) return refused;
  const contactId = linkedContact(world, account.id, contact);
  if (isRefusal(contactId)) return contactId;
  // Its reference does not tell of the namespace that attachments need.
  if (attachments?.length && !wish.raw('namespace')) {
    return failedEarly(world, refuse('BAD_REQUEST', 'Attachments require a namespace'));
  }

  return async (sink) => {
    const emit = emitter(world, sink);
    const heard = messages.map(({ text }) => text);
    const text = heard.at(-1) ?? '';
    emit('sendResult', { text, entities: [], usage: { token: 0 } });
    const spoken = await speak(world, { accountId: account.id, wishes, trusted, heard }, sink);
    finish(world, emit, spoken, resultOf(spoken));
  };
}

/** What a turn comes to for those who do not listen to it: its result, or its first error. */
export async function settle(events: AsyncIterable<TurnEvent>): Promise<object | Refusal> {
  for await (const { type, data } of events) {
    if (type === 'result') return data;
    if (type === 'error') {
      const code = 'code' in data && typeof data.code === 'string' ? data.code : '';
      const message = 'message' in data ? String(data.message) : '';
      return refuse(isRefusalCode(code) ? code : 'INTERNAL_SERVER_ERROR', message);
    }
  }
  // A turn that was aborted has no result, and nobody who waits for one.
  return refuse('TIMEOUT');
}

function finish(world: World, emit: Emit, spoken: Spoken, result: object): void {
  if (spoken.reason === 'error' && world.switches.afterEngineError === 'end') return;
  emit('receiveResult', result);
  emit('result', result);
}

function resultOf({ text, tokens, reason }: Spoken) {
  return { text, usage: { token: tokens }, end: { reason } };
}

/** Where nothing was stored the result has an id all the same, one that leads nowhere. */
function named({ id }: Spoken, { mintId }: World): { readonly id: string } {
  return { id: id ?? `msg-${mintId()}` };
}

function heardIn({ store }: World, row: ConversationRow): string[] {
  return messagesOf(store, row.id)
    .filter(({ type }) => type === 'user')
    .map(({ text }) => text);
}

/** Privacy finds personal data for the model's eyes; the row keeps the text as it was sent. */
function safeEntities({ switches }: World, row: ConversationRow, text: string) {
  return row.privacy && switches.pii === 'redacts' ? detectEntities(text, []).entities : [];
}

function failedEarly({ switches }: World, refusal: Refusal): Turn | Refusal {
  if (switches.earlyErrorsInStream === 'status') return refusal;
  const { message, code } = refusal;
  return async (sink) => sink.push({ type: 'error', data: { message, code } });
}

// One good question for every verb, of whatever provider: what a law then lets go wrong.

import { failed, type Outcome, success } from '../../src/domain/failure.ts';
import type { ConversationRef, MessageRef } from '../../src/domain/ids.ts';
import type { ReplyEvent } from '../../src/domain/reply.ts';
import type { Verb } from '../../src/domain/verb.ts';
import type { Able, Call } from '../../src/providers/provider.ts';
import type { SendMessage, StreamReply, UpsertContact } from '../../src/providers/verbs.ts';
import { aCall, ask, gatewayOver, type Stage, type StoredMessage } from './stage.ts';

/** Where a question is about one conversation or message: the standing ones, or those of the law's own choice. */
export interface About {
  readonly conversation?: ConversationRef;
  readonly message?: MessageRef;
}

export async function attempt(
  stage: Stage,
  verb: Verb,
  call: Call = aCall(),
  about: About = {},
): Promise<Outcome<unknown>> {
  const { scene } = stage;
  const conversation = about.conversation ?? scene.standing;
  const message = () => about.message ?? refTo(stage, aText(stage));
  switch (verb) {
    case 'CONVERSATION_LIST':
      return ask(stage, verb, (able) => able.does({ filter: {}, at: null, size: 5 }, call));
    case 'CONVERSATION_GET':
      return ask(stage, verb, (able) => able.does(conversation, call));
    case 'CONVERSATION_CREATE':
      return ask(stage, verb, (able) => able.does(scene.creation, call));
    case 'CONVERSATION_GET_OR_CREATE':
      return getOrCreate(stage, findable(stage), call);
    case 'CONVERSATION_UPDATE':
      return ask(stage, verb, (able) =>
        able.does({ conversation, changes: someChange(able) }, call),
      );
    case 'CONVERSATION_DELETE':
      return ask(stage, verb, (able) => able.does(conversation, call));
    case 'MESSAGE_LIST':
      return ask(stage, verb, (able) => able.does({ conversation, at: null, size: 3 }, call));
    case 'MESSAGE_GET':
      return ask(stage, verb, (able) => able.does(message(), call));
    case 'MESSAGE_SEND':
      return ask(stage, verb, (able) => able.does(saying(able, conversation, 'Any news?'), call));
    case 'MESSAGE_UPDATE':
      return ask(stage, verb, (able) => {
        const content = { type: 'text', text: 'Said better.' } as const;
        return able.does({ message: message(), changes: { content } }, call);
      });
    case 'MESSAGE_DELETE':
      return ask(stage, verb, (able) => able.does(message(), call));
    case 'MESSAGE_RATE':
      return ask(stage, verb, (able) =>
        able.does(
          { message: about.message ?? refTo(stage, anAnswer(stage)), rating: 'HELPFUL' },
          call,
        ),
      );
    case 'REPLY_REQUEST':
      return ask(stage, verb, (able) => able.does({ conversation }, call));
    case 'REPLY_STREAM':
      return ask(stage, verb, async (able) =>
        ending(await events(able, history(conversation), call)),
      );
    case 'CONVERSATION_COMPLETE':
      return ask(stage, verb, (able) => able.does(asked('How do I begin?'), call));
    case 'CONTACT_UPSERT':
      return ask(stage, verb, (able) =>
        able.does(aPerson(able, about.conversation ?? scene.lonely), call),
      );
    case 'PARTICIPANT_LIST':
      return ask(stage, verb, (able) => able.does({ conversation, at: null, size: 5 }, call));
    case 'PARTICIPANT_ADD':
    case 'PARTICIPANT_REMOVE':
      return ask(stage, verb, (able) =>
        able.does({ conversation, participantId: participantFor(stage, verb) }, call),
      );
    case 'ATTACHMENT_UPLOAD':
      return ask(stage, verb, (able) =>
        able.does({ conversation, source: { kind: 'url', url: A_FILE } }, call),
      );
    case 'SESSION_CREATE':
      return ask(stage, verb, (able) => able.does({ conversation }, call));
  }
}

/** A page of text, as bytes in an address. */
export const A_FILE = 'data:text/plain;base64,SGVsbG8sIHdvcmxkIQ==';

/** Whether what is lost of it can be asked again. */
export const EFFECTS: Readonly<Record<Verb, 'read' | 'write'>> = {
  CONVERSATION_LIST: 'read',
  CONVERSATION_GET: 'read',
  CONVERSATION_CREATE: 'write',
  CONVERSATION_GET_OR_CREATE: 'write',
  CONVERSATION_UPDATE: 'write',
  CONVERSATION_DELETE: 'write',
  MESSAGE_LIST: 'read',
  MESSAGE_GET: 'read',
  MESSAGE_SEND: 'write',
  MESSAGE_UPDATE: 'write',
  MESSAGE_DELETE: 'write',
  MESSAGE_RATE: 'write',
  REPLY_REQUEST: 'write',
  REPLY_STREAM: 'write',
  CONVERSATION_COMPLETE: 'write',
  CONTACT_UPSERT: 'write',
  PARTICIPANT_LIST: 'read',
  PARTICIPANT_ADD: 'write',
  PARTICIPANT_REMOVE: 'write',
  ATTACHMENT_UPLOAD: 'write',
  SESSION_CREATE: 'write',
};

type Wanted = Parameters<ReturnType<typeof gatewayOver>['getOrCreateConversation']>[0];

/** By the gateway, which composes it where the provider has no such call. */
export function getOrCreate(stage: Stage, wanted: Omit<Wanted, 'provider'>, call: Call = aCall()) {
  const { provider } = stage;
  return gatewayOver(stage).getOrCreateConversation({ provider: provider.name, ...wanted }, call);
}

/** What a conversation can be found again by: somebody, and a tag where there are tags. */
export function findable({ provider, scene }: Stage, which: 0 | 1 = 0): Omit<Wanted, 'provider'> {
  const { can } = provider;
  const entry = can.CONVERSATION_GET_OR_CREATE;
  const fields = entry.support === 'NONE' ? [] : entry.fields;
  return {
    ...scene.creation,
    ...(fields.includes('contactId') ? { contactId: scene.newcomers[which] } : {}),
    tags: fields.includes('tags') ? [{ key: 'order', value: `471${which}` }] : [],
  };
}

/** The first thing this provider can change. */
function someChange({ fields }: Able<'CONVERSATION_UPDATE'>) {
  if (fields.includes('tags'))
    return { tags: { set: [{ key: 'order', value: '4711' }], remove: [] } };
  return { important: true, archived: true };
}

/** What a client's `sendMessage(text)` becomes at this provider. */
export function saying(
  { roles, replies }: Able<'MESSAGE_SEND'>,
  conversation: ConversationRef,
  text: string,
): SendMessage {
  return {
    conversation,
    content: { type: 'text', text },
    kind: 'MESSAGE',
    visibility: 'PUBLIC',
    as: roles[0],
    expectReply: replies === 'always',
    tags: [],
  };
}

export function history(conversation: ConversationRef): StreamReply {
  return { to: 'history', request: { conversation } };
}

export function asked(text: string) {
  return { messages: [{ role: 'USER', kind: 'MESSAGE', text }] } as const;
}

export function aPerson(
  { of: owner, fields }: Able<'CONTACT_UPSERT'>,
  conversation: ConversationRef,
): UpsertContact {
  return {
    ...(owner === 'conversation' ? { conversation } : {}),
    ...(fields.includes('name') ? { name: 'Vera Lind' } : {}),
    ...(fields.includes('email') ? { email: 'vera@lind.example' } : {}),
    tags: fields.includes('tags') ? [{ key: 'email', value: 'vera@lind.example' }] : [],
  };
}

/** To add: who is not there yet; to remove: who is. */
export function participantFor(
  { scene, world }: Stage,
  verb: 'PARTICIPANT_ADD' | 'PARTICIPANT_REMOVE',
): string {
  if (verb === 'PARTICIPANT_ADD') return scene.newcomers[0];
  const row = world.conversations().find(({ nativeId }) => nativeId === scene.standing.nativeId);
  return row?.participants[0] ?? '';
}

/** All that happened until the stream ended, and whatever still came after that. */
export async function events(
  able: Able<'REPLY_STREAM'>,
  input: StreamReply,
  call: Call = aCall(),
): Promise<ReplyEvent[]> {
  const told: ReplyEvent[] = [];
  for await (const event of able.does(input, call)) told.push(event);
  return told;
}

function ending(told: readonly ReplyEvent[]): Outcome<unknown> {
  const last = told.at(-1);
  if (last?.type === 'failed') return failed(last.failure);
  if (last?.type === 'completed') return success(last);
  throw new Error(`a stream that ends with ${JSON.stringify(last)}`);
}

/** The newest message that is words. */
export function aText(stage: Stage): StoredMessage {
  return messageWhere(
    stage,
    ({ contentKind, kind }) => contentKind === 'text' && kind === 'MESSAGE',
  );
}

/** The newest that a bot said. */
export function anAnswer(stage: Stage): StoredMessage {
  return messageWhere(stage, ({ role, text }) => role === 'BOT' && text !== null);
}

function messageWhere(
  { world, scene }: Stage,
  isWanted: (row: StoredMessage) => boolean,
): StoredMessage {
  const row = world.messages(scene.standing.nativeId).find(isWanted);
  if (!row) throw new Error('no message is as this law wants one: tell more tales');
  return row;
}

export function refTo({ scene }: Stage, { nativeId }: StoredMessage): MessageRef {
  return { conversation: scene.standing, nativeId };
}

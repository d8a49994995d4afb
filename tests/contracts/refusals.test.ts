// What a provider's table does not have is refused before any upstream call: whole verbs, and each word of each input.

import { describe, expect, it, test } from 'vitest';
import type { Failure, Outcome } from '../../src/domain/failure.ts';
import { MESSAGE_KINDS, VISIBILITIES } from '../../src/domain/message.ts';
import { MESSAGE_ROLES } from '../../src/domain/participant.ts';
import { VERBS, type Verb } from '../../src/domain/verb.ts';
import type { Operation } from '../../src/gateway/dispatch.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { MessageChanges } from '../../src/providers/verbs.ts';
import { A_FILE, asked, aText, refTo } from './attempts.ts';
import { PROMISED, type Promised } from './capabilities.ts';
import { FIELDS } from './cells.ts';
import { opened } from './hold.ts';
import {
  CONTENT_KINDS,
  contactSample,
  contentSample,
  createSample,
  messageSample,
  sendSample,
  updateSample,
} from './samples.ts';
import { conversationIn, failureOf, gatewayOver, type Stage } from './stage.ts';

/** One thing that a client may say. */
interface Saying {
  readonly name: string;
  say(gateway: Gateway, operation: Operation): Promise<Outcome<unknown>>;
}

/** What was said and not refused, or refused as something else, or after the provider was asked. */
async function unrefused(stage: Stage, sayings: readonly Saying[]): Promise<object[]> {
  const gateway = gatewayOver(stage);
  const wrong: object[] = [];
  for (const { name, say } of sayings) {
    stage.requests();
    const operation = { signal: new AbortController().signal, reads: new Map() };
    const outcome = await say(gateway, operation);
    const kind = outcome.ok ? 'done' : outcome.failure.kind;
    const requests = stage.requests().length;
    if (kind !== 'unsupported' || requests > 0) wrong.push({ name, kind, requests });
  }
  return wrong;
}

/** Each verb as the gateway is asked it, where it can be asked for one provider. */
function asking(stage: Stage, verb: Verb): Saying['say'] | undefined {
  const { scene, provider } = stage;
  const { standing: conversation, creation } = scene;
  const { name } = provider;
  const [participantId] = scene.newcomers;
  const message = refTo(stage, aText(stage));
  switch (verb) {
    case 'CONVERSATION_GET':
      return (gateway, operation) => gateway.getConversation(conversation, operation);
    case 'CONVERSATION_CREATE':
      return (gateway, operation) =>
        gateway.createConversation({ provider: name, ...creation }, operation);
    case 'CONVERSATION_GET_OR_CREATE':
      return (gateway, operation) =>
        gateway.getOrCreateConversation({ provider: name, ...creation }, operation);
    case 'CONVERSATION_UPDATE':
      return (gateway, operation) =>
        gateway.updateConversation({ conversation, changes: { title: 'Other' } }, operation);
    case 'CONVERSATION_DELETE':
      return (gateway, operation) => gateway.deleteConversation(conversation, operation);
    case 'MESSAGE_GET':
      return (gateway, operation) => gateway.getMessage(message, operation);
    case 'MESSAGE_SEND':
      return (gateway, operation) =>
        gateway.sendMessage({ conversation, text: 'Any news?', tags: [] }, operation);
    case 'MESSAGE_UPDATE':
      return (gateway, operation) =>
        gateway.updateMessage({ message, text: 'Better.', changes: {} }, operation);
    case 'MESSAGE_DELETE':
      return (gateway, operation) => gateway.deleteMessage(message, operation);
    case 'MESSAGE_RATE':
      return (gateway, operation) => gateway.rateMessage({ message, rating: 'HELPFUL' }, operation);
    case 'REPLY_REQUEST':
      return (gateway, operation) => gateway.requestReply({ conversation }, operation);
    case 'CONVERSATION_COMPLETE':
      return (gateway, operation) =>
        gateway.completeConversation(
          { provider: name, ...asked('How do I begin?'), attachments: [] },
          operation,
        );
    case 'CONTACT_UPSERT':
      return (gateway, operation) =>
        gateway.upsertContact({ provider: name, name: 'Mara Vos', tags: [] }, operation);
    case 'PARTICIPANT_ADD':
      return (gateway, operation) =>
        gateway.addParticipant({ conversation, participantId }, operation);
    case 'PARTICIPANT_REMOVE':
      return (gateway, operation) =>
        gateway.removeParticipant({ conversation, participantId }, operation);
    case 'ATTACHMENT_UPLOAD':
      return (gateway, operation) =>
        gateway.uploadAttachment({ conversation, url: A_FILE }, operation);
    case 'SESSION_CREATE':
      return (gateway, operation) => gateway.createSession({ conversation }, operation);
    // A list is asked of all at once; who takes part is null where that is nothing one asks; nobody can ask for a stream yet.
    case 'CONVERSATION_LIST':
    case 'MESSAGE_LIST':
    case 'PARTICIPANT_LIST':
    case 'REPLY_STREAM':
      return undefined;
  }
}

function not<Word extends string>(words: readonly Word[], taken: readonly string[]): Word[] {
  return words.filter((word) => !taken.includes(word));
}

/** The words of a cell of the table; none where the verb is not there. */
function declaredIn({ provider }: Stage, verb: Verb, cell: string): string[] {
  const found = Object.entries(provider.can[verb]).find(([name]) => name === cell)?.[1];
  return Array.isArray(found) ? found.map(String) : [];
}

function has({ provider }: Stage, verb: Verb): boolean {
  return provider.can[verb].support !== 'NONE';
}

describe.each(PROMISED)('$subject.name', ({ subject }: Promised) => {
  it('is asked for no verb that it lacks, and its note is what the client reads', async () => {
    const stage = await opened(subject);
    const gateway = gatewayOver(stage);
    stage.requests();
    const told: Record<string, Failure> = {};
    const noted: Record<string, object> = {};
    for (const verb of VERBS) {
      const entry = stage.provider.can[verb];
      const say = entry.support === 'NONE' ? asking(stage, verb) : undefined;
      if (!say) continue;
      const operation = { signal: new AbortController().signal, reads: new Map() };
      told[verb] = failureOf(await say(gateway, operation));
      const { name: provider } = stage.provider;
      noted[verb] = { kind: 'unsupported', provider, verb, note: entry.note };
    }
    expect(told).toEqual(noted);
    expect(stage.requests()).toEqual([]);
  });

  it('shows no participants where it has no list of them, without being asked', async () => {
    const stage = await opened(subject);
    const { standing, absent } = stage.scene;
    const lacks = !has(stage, 'PARTICIPANT_LIST');
    const operation = { signal: new AbortController().signal, reads: new Map() };
    const gateway = gatewayOver(stage);
    const read = await gateway.getConversation(standing, operation);
    const conversation = read.ok ? read.value : null;
    stage.requests();
    const page =
      conversation &&
      (await gateway.listParticipants(
        { ...conversation, nativeId: lacks ? absent.nativeId : standing.nativeId },
        { first: 5, after: null },
        operation,
      ));
    expect(page?.ok && page.value === null).toBe(lacks);
    expect(stage.requests()).toHaveLength(lacks ? 0 : 1);
  });

  test('a field that it does not take is refused, wherever it may be given', async () => {
    const stage = await opened(subject);
    const { scene, provider } = stage;
    const { standing: conversation, creation } = scene;
    const { name } = provider;
    const message = aText(stage);
    const present = conversationIn(stage, conversation.nativeId);
    const untaken = <Field extends string>(verb: Verb, fields: readonly Field[]) =>
      has(stage, verb) ? not(fields, declaredIn(stage, verb, 'fields')) : [];

    const sayings: Saying[] = [
      ...untaken('CONVERSATION_CREATE', FIELDS.CONVERSATION_CREATE).map((field) => ({
        name: `create ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const { give } = createSample(stage, field);
          return gateway.createConversation({ provider: name, ...creation, ...give }, operation);
        },
      })),
      ...untaken('CONVERSATION_GET_OR_CREATE', FIELDS.CONVERSATION_CREATE).map((field) => ({
        name: `get or create ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const { give } = createSample(stage, field);
          const input = { provider: name, ...creation, ...give };
          return gateway.getOrCreateConversation(input, operation);
        },
      })),
      ...untaken('CONVERSATION_UPDATE', FIELDS.CONVERSATION_UPDATE).map((field) => ({
        name: `update ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const changes = updateSample(stage, field, present);
          return gateway.updateConversation({ conversation, changes }, operation);
        },
      })),
      ...untaken('MESSAGE_SEND', FIELDS.MESSAGE_SEND).map((field) => ({
        name: `send ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const { name: named, description, tags = [] } = sendSample(field).give;
          const input = {
            conversation,
            text: 'Any news?',
            tags,
            ...(named === undefined ? {} : { name: named }),
            ...(description === undefined ? {} : { description }),
          };
          return gateway.sendMessage(input, operation);
        },
      })),
      ...untaken('MESSAGE_UPDATE', FIELDS.MESSAGE_UPDATE).map((field) => ({
        name: `update message ${field}`,
        say: changing(stage, messageSample(field, message).give),
      })),
      ...untaken('CONTACT_UPSERT', FIELDS.CONTACT_UPSERT).map((field) => ({
        name: `upsert ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const { can } = provider;
          const at =
            can.CONTACT_UPSERT.support !== 'NONE' && can.CONTACT_UPSERT.of === 'conversation'
              ? { conversation }
              : { provider: name };
          return gateway.upsertContact(
            { ...at, tags: [], ...contactSample(field).give },
            operation,
          );
        },
      })),
      ...untaken('ATTACHMENT_UPLOAD', FIELDS.ATTACHMENT_UPLOAD).map((field) => ({
        name: `upload ${field}`,
        say: (gateway: Gateway, operation: Operation) =>
          gateway.uploadAttachment(
            {
              conversation,
              ...(field === 'url' ? { url: A_FILE } : { file: { type: 'text/plain', size: 13 } }),
            },
            operation,
          ),
      })),
      ...untaken('CONVERSATION_COMPLETE', ['attachments']).map((field) => ({
        name: `complete ${field}`,
        say: (gateway: Gateway, operation: Operation) => {
          const attachments = [{ url: 'https://files.example/plan.pdf' }];
          return gateway.completeConversation(
            { provider: name, ...asked('What is in it?'), attachments },
            operation,
          );
        },
      })),
    ];

    expect(sayings.length).toBeGreaterThan(0);
    expect(await unrefused(stage, sayings)).toEqual([]);
  });

  test('a role, a kind, an audience or a content that it does not take is refused', async () => {
    const stage = await opened(subject);
    const { standing: conversation } = stage.scene;
    const sends = (cell: string) => declaredIn(stage, 'MESSAGE_SEND', cell);
    const changes = (cell: string) => declaredIn(stage, 'MESSAGE_UPDATE', cell);
    const completes = (cell: string) => declaredIn(stage, 'CONVERSATION_COMPLETE', cell);
    const text = 'Any news?';
    const sending = (input: Partial<Parameters<Gateway['sendMessage']>[0]>): Saying['say'] => {
      const { content } = input;
      const words = content === undefined ? { text } : {};
      return (gateway, operation) =>
        gateway.sendMessage({ conversation, tags: [], ...words, ...input }, operation);
    };
    const completing =
      (message: object): Saying['say'] =>
      (gateway, operation) =>
        gateway.completeConversation(
          {
            provider: stage.provider.name,
            messages: [{ role: 'USER', kind: 'MESSAGE', text, ...message }],
            attachments: [],
          },
          operation,
        );

    const sayings: Saying[] = [
      ...not(MESSAGE_ROLES, sends('roles')).map((as) => ({
        name: `as ${as}`,
        say: sending({ as }),
      })),
      ...not(MESSAGE_KINDS, sends('kinds')).map((kind) => ({
        name: `kind ${kind}`,
        say: sending({ kind }),
      })),
      ...not(VISIBILITIES, sends('visibilities')).map((visibility) => ({
        name: `visibility ${visibility}`,
        say: sending({ visibility }),
      })),
      ...not(CONTENT_KINDS, [...sends('contentKinds'), 'unknown']).map((kind) => {
        const { content } = contentSample(stage, kind).give;
        return { name: `content ${kind}`, say: sending(content ? { content } : {}) };
      }),
      ...(has(stage, 'MESSAGE_UPDATE')
        ? [
            ...not(MESSAGE_ROLES, changes('roles')).map((as) => ({
              name: `changed to be by ${as}`,
              say: changing(stage, { as }),
            })),
            ...not(MESSAGE_KINDS, changes('kinds')).map((kind) => ({
              name: `changed to ${kind}`,
              say: changing(stage, { kind }),
            })),
            ...not(CONTENT_KINDS, [...changes('contentKinds'), 'unknown']).map((kind) => {
              const { content } = contentSample(stage, kind).give;
              return {
                name: `changed to ${kind}`,
                say: changing(stage, content ? { content } : {}),
              };
            }),
          ]
        : []),
      ...(has(stage, 'CONVERSATION_COMPLETE')
        ? [
            ...not(MESSAGE_ROLES, completes('roles')).map((role) => ({
              name: `completed for ${role}`,
              say: completing({ role }),
            })),
            ...not(MESSAGE_KINDS, completes('kinds')).map((kind) => ({
              name: `completed with ${kind}`,
              say: completing({ kind }),
            })),
          ]
        : []),
    ];

    expect(sayings.length).toBeGreaterThan(0);
    expect(await unrefused(stage, sayings)).toEqual([]);
  });
});

function changing(stage: Stage, changes: MessageChanges): Saying['say'] {
  const message = refTo(stage, aText(stage));
  return (gateway, operation) => gateway.updateMessage({ message, changes }, operation);
}

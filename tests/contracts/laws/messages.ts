// Laws of messages: listed, read, and sent.

import { expect } from 'vitest';
import { failed } from '../../../src/domain/failure.ts';
import type { Message } from '../../../src/domain/message.ts';
import type { Page } from '../../../src/domain/page.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { SendMessage, SentMessage } from '../../../src/providers/verbs.ts';
import { saying } from '../attempts.ts';
import { altering, entryOf, type Law, onValue, withItems } from '../law.ts';
import {
  contentSample,
  kindSample,
  roleSample,
  type SendSample,
  sendSample,
  visibilitySample,
} from '../samples.ts';
import {
  ask,
  changed,
  failureOf,
  had,
  isOf,
  noted,
  type Stage,
  type StoredMessage,
  valueOf,
} from '../stage.ts';

const MOST_PAGES = 50;

async function history(stage: Stage): Promise<Message[]> {
  const conversation = stage.scene.standing;
  const rows: Message[] = [];
  let at: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const from: string | null = at;
    const page: Page<Message> = await had(stage, 'MESSAGE_LIST', ({ does }, call) =>
      does({ conversation, at: from, size: 2 }, call),
    );
    rows.push(...page.items);
    at = page.next;
    if (at === null) return rows;
  }
  expect.fail(`the conversation has more than ${MOST_PAGES} pages`);
}

function idsOf(rows: readonly { readonly nativeId: string }[]): string[] {
  return rows.map(({ nativeId }) => nativeId);
}

function nature({ role, kind, visibility }: Message | StoredMessage) {
  return [role, kind, visibility];
}

/** What a message says however one came by it; names and descriptions come with one by itself alone. */
function said({ native: _native, raw: _raw, ...row }: Message) {
  return row;
}

const LIST_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_LIST',
    sentence: 'its pages show every message, newest first, and none twice',
    async holds(stage) {
      const stored = stage.world.messages(stage.scene.standing.nativeId);
      expect(stored.length).toBeGreaterThan(2);
      expect(idsOf(await history(stage))).toEqual(idsOf(stored));
    },
    mutant: {
      fault: 'lists the oldest of a page first',
      of: (provider) =>
        altering(provider, 'MESSAGE_LIST', (able) => ({
          ...able,
          does: (input, call) => withItems(able.does(input, call), (items) => items.toReversed()),
        })),
    },
  },
  {
    verb: 'MESSAGE_LIST',
    sentence: 'a message is told as what it is: who speaks, of what kind, for whose eyes',
    async holds(stage) {
      const stored = stage.world.messages(stage.scene.standing.nativeId);
      expect((await history(stage)).map(nature)).toEqual(stored.map(nature));
    },
    mutant: {
      fault: 'takes every row for something a person said',
      of: (provider) =>
        altering(provider, 'MESSAGE_LIST', (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, role: 'USER', kind: 'MESSAGE', visibility: 'PUBLIC' })),
            ),
        })),
    },
  },
  {
    verb: 'MESSAGE_LIST',
    sentence: 'the words of a message are told to the letter, with its tags',
    async holds(stage) {
      const stored = stage.world.messages(stage.scene.standing.nativeId);
      const told = await history(stage);
      const words = told.map(({ text, tags }, index) => ({
        text: stored[index]?.text === null ? null : text,
        tags,
      }));
      expect(words).toEqual(stored.map(({ text, tags }) => ({ text, tags })));
    },
    mutant: {
      fault: 'shortens what is said',
      of: (provider) =>
        altering(provider, 'MESSAGE_LIST', (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, text: row.text?.slice(0, 4) ?? null })),
            ),
        })),
    },
  },
  {
    verb: 'MESSAGE_LIST',
    sentence: 'a conversation that is not there has no messages: it is not found, or empty',
    async holds(stage) {
      const answer = await ask(stage, 'MESSAGE_LIST', ({ does }, call) =>
        does({ conversation: stage.scene.absent, at: null, size: 3 }, call),
      );
      // A list that is asked by a filter has nothing to find missing.
      const told = answer.ok ? { kind: 'empty', ...answer.value } : answer.failure;
      expect(told).toMatchObject(
        told.kind === 'empty' ? { items: [], next: null } : { kind: 'not-found' },
      );
    },
    mutant: {
      fault: 'shows the messages of another',
      of: (provider, { scene }) =>
        altering(provider, 'MESSAGE_LIST', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, conversation: scene.standing }, call),
        })),
    },
  },
];

function messageAt(stage: Stage, nativeId: string, conversation = stage.scene.standing) {
  return ask(stage, 'MESSAGE_GET', ({ does }, call) => does({ conversation, nativeId }, call));
}

const GET_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_GET',
    sentence: 'every message of the list is found by its id, and tells the same',
    async holds(stage) {
      const listed = await history(stage);
      const told: Message[] = [];
      for (const { nativeId } of listed) told.push(valueOf(await messageAt(stage, nativeId)));
      expect(told.map(said)).toEqual(listed.map(said));
    },
    mutant: {
      fault: 'answers the newest message, whichever is asked for',
      of: (provider, { world }) =>
        altering(provider, 'MESSAGE_GET', (able) => ({
          ...able,
          does: ({ conversation, nativeId }, call) => {
            const [newest] = world.messages(conversation.nativeId);
            return able.does({ conversation, nativeId: newest?.nativeId ?? nativeId }, call);
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_GET',
    sentence: 'one that is not there is not found, and named',
    async holds(stage) {
      const { nativeId } = stage.scene.absentMessage;
      expect(failureOf(await messageAt(stage, nativeId))).toMatchObject({
        kind: 'not-found',
        what: expect.stringContaining(nativeId),
      });
    },
    mutant: {
      fault: 'does not say which one is missing',
      of: (provider) =>
        altering(provider, 'MESSAGE_GET', (able) => ({
          ...able,
          async does(ref, call) {
            const found = await able.does(ref, call);
            return found.ok ? found : failed({ kind: 'not-found', what: 'message' });
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_GET',
    sentence: 'one of another conversation is not found in this one',
    async holds(stage) {
      const { standing, another } = stage.scene;
      const [newest] = stage.world.messages(standing.nativeId);
      const answer = await messageAt(stage, newest?.nativeId ?? '', another);
      expect(failureOf(answer).kind).toBe('not-found');
    },
    mutant: {
      fault: 'looks a message up by its own id alone',
      of: (provider, { scene }) =>
        altering(provider, 'MESSAGE_GET', (able) => ({
          ...able,
          does: (ref, call) => able.does({ ...ref, conversation: scene.standing }, call),
        })),
    },
  },
];

async function send(
  stage: Stage,
  more: Partial<SendMessage> = {},
): Promise<{ readonly sent: SentMessage; readonly added: readonly StoredMessage[] }> {
  const { standing } = stage.scene;
  stage.clock.pass(1_000);
  const known = new Set(idsOf(stage.world.messages(standing.nativeId)));
  const sent = await had(stage, 'MESSAGE_SEND', (able, call) =>
    able.does({ ...saying(able, standing, 'Any news of my order?'), ...more }, call),
  );
  const now = stage.world.messages(standing.nativeId);
  return { sent, added: now.filter(({ nativeId }) => !known.has(nativeId)) };
}

function sendEntry(provider: Provider) {
  return entryOf(provider, 'MESSAGE_SEND');
}

/** Those of the samples that were not stored as they were given. */
async function lost(
  stage: Stage,
  samples: readonly (readonly [name: string, sample: SendSample])[],
): Promise<string[]> {
  const names: string[] = [];
  for (const [name, { give, shows }] of samples) {
    const { added } = await send(stage, give);
    if (!added.some(shows)) names.push(name);
  }
  return names;
}

/** A send with another input than it was given. */
function sending(provider: Provider, change: (input: SendMessage) => SendMessage): Provider {
  return altering(provider, 'MESSAGE_SEND', (able) => ({
    ...able,
    does: (input, call) => able.does(change(input), call),
  }));
}

const SEND_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_SEND',
    sentence: 'it is stored once, to the letter, in its conversation and in no other',
    async holds(stage) {
      const was = noted(stage);
      const { added } = await send(stage);
      const own = added.filter(({ text }) => text === 'Any news of my order?');
      expect(own).toHaveLength(1);
      expect(changed(was, stage).filter((place) => !isOf(place, stage.scene.standing))).toEqual([]);
    },
    mutant: {
      fault: 'sends again what has arrived',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', (able) => ({
          ...able,
          async does(input, call) {
            await able.does(input, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'it answers the message that was stored, by the id it is found by',
    async holds(stage) {
      const { sent, added } = await send(stage);
      expect(idsOf(added)).toContain(sent.message?.nativeId);
      const found = valueOf(await messageAt(stage, sent.message?.nativeId ?? ''));
      expect(found.text).toBe('Any news of my order?');
      expect(sent.message && said(sent.message)).toEqual(said(found));
    },
    mutant: {
      fault: 'answers an id of its own making',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (sent) => ({
              ...sent,
              message: sent.message && { ...sent.message, nativeId: 'made-up' },
            })),
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'written as each of its roles it is stored as that role',
    async holds(stage) {
      const { roles = [], kinds = [] } = sendEntry(stage.provider) ?? {};
      expect(roles.length).toBeGreaterThan(0);
      const samples = roles.map((role) => [role, roleSample(stage, role, kinds)] as const);
      expect(await lost(stage, samples)).toEqual([]);
    },
    mutant: {
      fault: 'claims a role that it cannot write as',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', ({ roles: [first, ...rest], ...able }) => ({
          ...able,
          roles: [first, ...rest, 'UNKNOWN'],
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'each kind it takes is stored as that kind',
    async holds(stage) {
      const kinds = sendEntry(stage.provider)?.kinds ?? [];
      expect(kinds.length).toBeGreaterThan(0);
      const samples = kinds.map((kind) => [kind, kindSample(kind)] as const);
      expect(await lost(stage, samples)).toEqual([]);
    },
    mutant: {
      fault: 'claims a kind that it does not have',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', (able) => ({
          ...able,
          kinds: [...able.kinds, 'STATUS_CHANGE'],
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'what is meant for colleagues nobody else can see',
    concerns: (provider) => sendEntry(provider)?.visibilities.includes('INTERNAL') ?? false,
    async holds(stage) {
      const { visibilities = [], kinds = [] } = sendEntry(stage.provider) ?? {};
      const samples = visibilities.map((seen) => [seen, visibilitySample(seen, kinds)] as const);
      expect(await lost(stage, samples)).toEqual([]);
    },
    mutant: {
      fault: 'forgets whose eyes it is for',
      of: (provider) =>
        sending(provider, (input) => ({ ...input, kind: 'MESSAGE', visibility: 'PUBLIC' })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'each kind of content it takes is stored as what it is',
    async holds(stage) {
      const kinds = sendEntry(stage.provider)?.contentKinds ?? [];
      expect(kinds.length).toBeGreaterThan(0);
      const samples = kinds.map((kind) => [kind, contentSample(stage, kind)] as const);
      expect(await lost(stage, samples)).toEqual([]);
    },
    mutant: {
      fault: 'sends a few words of its own whatever it is given',
      of: (provider) =>
        sending(provider, (input) => ({ ...input, content: { type: 'text', text: '[content]' } })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'each field it takes is stored with it',
    concerns: (provider) => (sendEntry(provider)?.fields.length ?? 0) > 0,
    async holds(stage) {
      const fields = sendEntry(stage.provider)?.fields ?? [];
      const samples = fields.map((field) => [field, sendSample(field)] as const);
      expect(await lost(stage, samples)).toEqual([]);
    },
    mutant: {
      fault: 'sends the words alone',
      of: (provider) =>
        sending(provider, ({ name: _name, description: _description, ...input }) => ({
          ...input,
          tags: [],
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'where a bot answers within the call, its answer is what was stored',
    concerns: (provider) => sendEntry(provider)?.replies !== 'never',
    async holds(stage) {
      const { sent, added } = await send(stage, { expectReply: true });
      const answers = added.filter(({ role, kind }) => role === 'BOT' && kind === 'MESSAGE');
      expect(answers).toHaveLength(1);
      expect(sent.reply).toMatchObject({
        nativeId: answers[0]?.nativeId,
        text: answers[0]?.text,
        role: 'BOT',
      });
    },
    mutant: {
      fault: 'shortens the answer',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (sent) => ({
              ...sent,
              reply: sent.reply && { ...sent.reply, text: sent.reply.text?.slice(1) ?? null },
            })),
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'where no answer is asked for, none is made up',
    concerns: (provider) => sendEntry(provider)?.replies !== 'always',
    async holds(stage) {
      const { sent, added } = await send(stage);
      expect({ reply: sent.reply, stored: added.length }).toEqual({ reply: null, stored: 1 });
    },
    mutant: {
      fault: 'takes the message for its own answer',
      of: (provider) =>
        altering(provider, 'MESSAGE_SEND', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (sent) => ({ ...sent, reply: sent.message })),
        })),
    },
  },
  {
    verb: 'MESSAGE_SEND',
    sentence: 'into a conversation that is not there nothing is sent',
    async holds(stage) {
      const was = noted(stage);
      const answer = await ask(stage, 'MESSAGE_SEND', (able, call) =>
        able.does(saying(able, stage.scene.absent, 'Anybody?'), call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(changed(was, stage)).toEqual([]);
    },
    mutant: {
      fault: 'sends it into another conversation instead',
      of: (provider, { scene }) =>
        sending(provider, (input) => ({ ...input, conversation: scene.standing })),
    },
  },
];

export const MESSAGE_LAWS: readonly Law[] = [...LIST_LAWS, ...GET_LAWS, ...SEND_LAWS];

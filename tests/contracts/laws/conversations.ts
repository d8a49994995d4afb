// Laws of one conversation: read, created, got or created, changed, deleted.

import { expect } from 'vitest';
import type { Conversation } from '../../../src/domain/conversation.ts';
import { type Failure, failed, success } from '../../../src/domain/failure.ts';
import type { ConversationRef } from '../../../src/domain/ids.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { ConversationChanges, UpdateField } from '../../../src/providers/verbs.ts';
import { findable, getOrCreate } from '../attempts.ts';
import { altering, asIfDone, entryOf, type Law, onValue, withItems } from '../law.ts';
import { comparable, createSample, expected, updateSample } from '../samples.ts';
import {
  aCall,
  ask,
  changed,
  conversationIn,
  failureOf,
  had,
  isOf,
  noted,
  type Stage,
  valueOf,
} from '../stage.ts';
import { walk } from './lists.ts';

/** What a conversation says, but for what only a list or only a single answer has. */
function said({ embedded: _embedded, native: _native, raw: _raw, ...row }: Conversation) {
  const { preview: _preview, sortedAt: _sortedAt, lastActivityAt: _last, ...rest } = row;
  return rest;
}

function getIn(stage: Stage, nativeId: string) {
  const { name } = stage.provider;
  return ask(stage, 'CONVERSATION_GET', ({ does }, call) =>
    does({ provider: name, nativeId }, call),
  );
}

const GET_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_GET',
    sentence: 'it tells of a conversation what the list tells of it',
    async holds(stage) {
      const listed = await walk(stage);
      const told: Conversation[] = [];
      for (const { nativeId } of listed) told.push(valueOf(await getIn(stage, nativeId)));
      // Some say how many messages there are only where they give them.
      const counts = told.map(({ messageCount }) => messageCount);
      expect(told.map(said)).toEqual(
        listed.map((row, index) =>
          said({ ...row, messageCount: row.messageCount ?? counts[index] ?? null }),
        ),
      );
    },
    mutant: {
      fault: 'tells another time for its beginning',
      of: (provider) =>
        altering(provider, 'CONVERSATION_GET', (able) => ({
          ...able,
          does: (ref, call) =>
            onValue(able.does(ref, call), (row) => ({ ...row, createdAt: new Date(0) })),
        })),
    },
  },
  {
    verb: 'CONVERSATION_GET',
    sentence: 'it answers the conversation it was asked for',
    async holds(stage) {
      const { standing, another } = stage.scene;
      for (const { nativeId } of [standing, another, standing]) {
        expect(valueOf(await getIn(stage, nativeId))).toMatchObject({ nativeId });
      }
    },
    mutant: {
      fault: 'keeps answering the first it was asked for',
      of(provider) {
        let first: ConversationRef | undefined;
        return altering(provider, 'CONVERSATION_GET', (entry) => ({
          ...entry,
          does: (ref, call) => {
            first ??= ref;
            return entry.does(first, call);
          },
        }));
      },
    },
  },
  {
    verb: 'CONVERSATION_GET',
    sentence: 'one that is not there is not found, and named',
    async holds(stage) {
      const { nativeId } = stage.scene.absent;
      const failure = failureOf(await getIn(stage, nativeId));
      expect(failure).toMatchObject({
        kind: 'not-found',
        what: expect.stringContaining(nativeId),
      });
    },
    mutant: {
      fault: 'answers some other conversation instead',
      of: (provider, { scene }) =>
        altering(provider, 'CONVERSATION_GET', (able) => ({
          ...able,
          does: (_ref, call) => able.does(scene.standing, call),
        })),
    },
  },
];

/** The ids of conversations that were not there before. */
function newIds(stage: Stage): () => string[] {
  const known = new Set(stage.world.conversations().map(({ nativeId }) => nativeId));
  return () =>
    stage.world
      .conversations()
      .map(({ nativeId }) => nativeId)
      .filter((id) => !known.has(id));
}

const CREATE_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_CREATE',
    sentence: 'it begins one conversation, touches no other, and answers the one it began',
    async holds(stage) {
      const begun = newIds(stage);
      const was = noted(stage);
      const { creation } = stage.scene;
      const { nativeId } = await had(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
        does(creation, call),
      );
      expect(begun()).toEqual([nativeId]);
      expect(changed(was, stage).filter((place) => !isOf(place, { nativeId }))).toEqual([]);
    },
    mutant: {
      fault: 'tries again what has worked',
      of: (provider) =>
        altering(provider, 'CONVERSATION_CREATE', (able) => ({
          ...able,
          async does(input, call) {
            await able.does(input, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_CREATE',
    sentence: 'each field it takes is stored as it was given',
    async holds(stage) {
      const missing: string[] = [];
      for (const field of entryOf(stage.provider, 'CONVERSATION_CREATE')?.fields ?? []) {
        const { give, shows } = createSample(stage, field);
        const { nativeId } = await had(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
          does({ ...stage.scene.creation, ...give }, call),
        );
        const isShown = shows(conversationIn(stage, nativeId), stage.world.messages(nativeId));
        if (!isShown) missing.push(field);
      }
      expect(missing).toEqual([]);
    },
    mutant: {
      fault: 'lets go of tags and of whom it is for',
      of: (provider, { scene }) =>
        altering(provider, 'CONVERSATION_CREATE', (able) => ({
          ...able,
          does: ({ contactId: _contactId, ...input }, call) =>
            able.does({ ...scene.creation, ...input, tags: [] }, call),
        })),
    },
  },
  {
    verb: 'CONVERSATION_CREATE',
    sentence: 'what it answers is what a look at it tells afterwards',
    async holds(stage) {
      const made = await had(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
        does(stage.scene.creation, call),
      );
      expect(said(made)).toEqual(said(valueOf(await getIn(stage, made.nativeId))));
    },
    mutant: {
      fault: 'answers with what it was asked rather than with what became of it',
      of: (provider) =>
        altering(provider, 'CONVERSATION_CREATE', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (row) => ({ ...row, createdAt: null })),
        })),
    },
  },
];

const GET_OR_CREATE_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_GET_OR_CREATE',
    sentence: 'asked twice it is one conversation, and it says which time it began',
    async holds(stage) {
      const begun = newIds(stage);
      const first = valueOf(await getOrCreate(stage, findable(stage)));
      stage.clock.pass(1_000);
      const second = valueOf(await getOrCreate(stage, findable(stage)));
      expect([first.created, second.created]).toEqual([true, false]);
      expect(begun()).toEqual([first.conversation.nativeId]);
      expect(second.conversation.nativeId).toBe(first.conversation.nativeId);
    },
    mutant: {
      fault: 'begins one each time',
      of: (provider) => forgetful(provider),
    },
  },
  {
    verb: 'CONVERSATION_GET_OR_CREATE',
    sentence: 'another contact or another tag is another conversation',
    async holds(stage) {
      const first = valueOf(await getOrCreate(stage, findable(stage, 0)));
      stage.clock.pass(1_000);
      const second = valueOf(await getOrCreate(stage, findable(stage, 1)));
      expect([first.created, second.created]).toEqual([true, true]);
      expect(second.conversation.nativeId).not.toBe(first.conversation.nativeId);
    },
    mutant: {
      fault: 'takes whatever stands first for a match',
      of: (provider) => credulous(provider),
    },
  },
  {
    verb: 'CONVERSATION_GET_OR_CREATE',
    sentence: 'composed of others, it looks for one whose answer was lost, and begins no second',
    concerns: ({ can }) => 'matches' in can.CONVERSATION_GET_OR_CREATE,
    async holds(stage) {
      const begun = newIds(stage);
      stage.strike({ kind: 'cut-after-accept' }, 'write');
      const first = valueOf(await getOrCreate(stage, findable(stage)));
      stage.heal();
      const second = valueOf(await getOrCreate(stage, findable(stage)));
      expect([first.created, second.created]).toEqual([true, false]);
      expect(begun()).toEqual([first.conversation.nativeId]);
      expect(second.conversation.nativeId).toBe(first.conversation.nativeId);
    },
    mutant: {
      fault: 'takes a lost answer for a service that was never reached',
      of: (provider) =>
        altering(provider, 'CONVERSATION_CREATE', (able) => ({
          ...able,
          does: async (input, call) => {
            const answer = await able.does(input, call);
            return answer.ok ? answer : failed(neverReached(provider));
          },
        })),
    },
  },
];

function neverReached({ name }: Provider): Failure {
  return { kind: 'unavailable', provider: name, because: 'it was not there', retryAt: null };
}

/** Finds nothing of what there is. */
function forgetful(provider: Provider): Provider {
  const blind = altering(provider, 'CONVERSATION_LIST', (able) => ({
    ...able,
    does: (input, call) => withItems(able.does(input, call), () => []),
  }));
  return altering(blind, 'CONVERSATION_GET_OR_CREATE', (able) =>
    'does' in able
      ? {
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (got) => ({ ...got, created: true })),
        }
      : able,
  );
}

function credulous(provider: Provider): Provider {
  const blind = altering(provider, 'CONVERSATION_LIST', (able) => ({
    ...able,
    does: (input, call) =>
      withItems(able.does({ ...input, filter: {} }, call), (items) =>
        items.map((row) => ({
          ...row,
          tags: input.filter.tags ?? [],
          contact: input.filter.contactId
            ? {
                nativeId: input.filter.contactId,
                name: null,
                email: null,
                phone: null,
                imageUrl: null,
              }
            : null,
        })),
      ),
  }));
  return altering(blind, 'CONVERSATION_GET_OR_CREATE', (able) =>
    'does' in able
      ? {
          ...able,
          does: (input, call) =>
            onValue(able.does({ ...input, tags: [] }, call), (got) => ({ ...got, created: false })),
        }
      : able,
  );
}

function updateFields(provider: Provider): readonly UpdateField[] {
  return entryOf(provider, 'CONVERSATION_UPDATE')?.fields ?? [];
}

function update(stage: Stage, changes: ConversationChanges) {
  const conversation = stage.scene.standing;
  return ask(stage, 'CONVERSATION_UPDATE', ({ does }, call) =>
    does({ conversation, changes }, call),
  );
}

const CLEARED = { title: null, description: null, assignee: null, contactId: null } as const;

function clearable(provider: Provider): (keyof typeof CLEARED)[] {
  return (['title', 'description', 'assignee', 'contactId'] as const).filter((field) =>
    updateFields(provider).includes(field),
  );
}

const UPDATE_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'each field it takes is changed as asked, and nothing else of it',
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      for (const field of updateFields(stage.provider)) {
        const present = conversationIn(stage, nativeId);
        const changes = updateSample(stage, field, present);
        valueOf(await update(stage, changes));
        expect({ [field]: comparable(conversationIn(stage, nativeId)) }).toEqual({
          [field]: comparable(expected(present, changes)),
        });
      }
    },
    mutant: {
      fault: 'says that it is done and does nothing',
      of: (provider) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          does: async ({ conversation }, call) => {
            const get = entryOf(provider, 'CONVERSATION_GET');
            const seen = await get?.does(conversation, call);
            return seen?.ok
              ? success({ conversation: seen.value, ignored: [], unfinished: null })
              : failed({ kind: 'not-found', what: conversation.nativeId });
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'no other conversation and no message that was there is touched',
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      for (const field of updateFields(stage.provider)) {
        const was = noted(stage);
        const present = conversationIn(stage, nativeId);
        valueOf(await update(stage, updateSample(stage, field, present)));
        const touched = changed(was, stage).filter(
          (place) => was.has(place) && !place.startsWith(`${nativeId}.`),
        );
        expect({ [field]: touched }).toEqual({ [field]: [] });
      }
    },
    mutant: {
      fault: 'changes another one as well',
      of: (provider, { scene }) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          async does(input, call) {
            await able.does({ ...input, conversation: scene.another }, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'setting one tag keeps the others, and removing one takes that one alone',
    concerns: (provider) => updateFields(provider).includes('tags'),
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      const before = conversationIn(stage, nativeId);
      expect(before.tags).not.toHaveLength(0);
      const first = before.tags[0]?.key ?? '';
      const set = [{ key: 'order', value: '4711' }];
      valueOf(await update(stage, { tags: { set, remove: [] } }));
      const between = conversationIn(stage, nativeId);
      expect(between.tags).toEqual(expect.arrayContaining([...before.tags, ...set]));
      valueOf(await update(stage, { tags: { set: [], remove: [first] } }));
      expect(comparable(conversationIn(stage, nativeId)).tags).toEqual(
        comparable(expected(between, { tags: { set: [], remove: [first] } })).tags,
      );
    },
    mutant: {
      fault: 'writes the tags it is given over those there are',
      of: (provider, { world, scene }) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          does: ({ conversation, changes }, call) => {
            const set = changes.tags?.set ?? [];
            const present = world
              .conversations()
              .find(({ nativeId }) => nativeId === scene.standing.nativeId);
            const remove = (present?.tags ?? [])
              .map(({ key }) => key)
              .filter((key) => set.every((tag) => tag.key !== key));
            return able.does(
              { conversation, changes: { ...changes, tags: { set, remove } } },
              call,
            );
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'it answers the conversation as it is after the change',
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      for (const field of updateFields(stage.provider)) {
        const present = conversationIn(stage, nativeId);
        const answer = valueOf(await update(stage, updateSample(stage, field, present)));
        expect(answer).toMatchObject({ ignored: [], unfinished: null });
        expect({ [field]: said(answer.conversation) }).toEqual({
          [field]: said(valueOf(await getIn(stage, nativeId))),
        });
      }
    },
    mutant: {
      fault: 'answers the conversation as it was',
      of: (provider) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          async does(input, call) {
            const get = entryOf(provider, 'CONVERSATION_GET');
            const seen = await get?.does(input.conversation, aCall());
            return onValue(able.does(input, call), (answer) =>
              seen?.ok ? { ...answer, conversation: seen.value } : answer,
            );
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'a null clears, or is refused before anything is written',
    concerns: (provider) => clearable(provider).length > 0,
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      for (const field of clearable(stage.provider)) {
        valueOf(await update(stage, updateSample(stage, field, conversationIn(stage, nativeId))));
        stage.requests();
        const answer = await update(stage, { [field]: CLEARED[field] });
        const done = answer.ok
          ? { is: conversationIn(stage, nativeId)[field], writes: null }
          : { is: null, writes: stage.writes().length || null };
        expect({ [field]: done }).toEqual({ [field]: { is: null, writes: null } });
      }
    },
    mutant: {
      fault: 'takes a null for something that was not said',
      of: (provider) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          async does({ conversation, changes }, call) {
            const given = Object.values(changes).some((value) => value !== null);
            if (given) return able.does({ conversation, changes }, call);
            const get = entryOf(provider, 'CONVERSATION_GET');
            const seen = await get?.does(conversation, call);
            return seen?.ok
              ? success({ conversation: seen.value, ignored: [], unfinished: null })
              : failed({ kind: 'not-found', what: conversation.nativeId });
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_UPDATE',
    sentence: 'one that is not there is not found',
    async holds(stage) {
      const { absent, standing } = stage.scene;
      const present = conversationIn(stage, standing.nativeId);
      for (const field of updateFields(stage.provider)) {
        const changes = updateSample(stage, field, present);
        const answer = await ask(stage, 'CONVERSATION_UPDATE', ({ does }, call) =>
          does({ conversation: absent, changes }, call),
        );
        expect({ [field]: failureOf(answer).kind }).toEqual({ [field]: 'not-found' });
      }
    },
    mutant: {
      fault: 'changes another one instead',
      of: (provider, { scene }) =>
        altering(provider, 'CONVERSATION_UPDATE', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, conversation: scene.standing }, call),
        })),
    },
  },
];

const DELETE_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_DELETE',
    sentence: 'it is gone, with its messages, and nothing else is',
    async holds(stage) {
      const { standing } = stage.scene;
      const was = noted(stage);
      await had(stage, 'CONVERSATION_DELETE', ({ does }, call) => does(standing, call));
      const lost = changed(was, stage);
      const own = [...was.keys()].filter((place) => isOf(place, standing));
      expect(lost.toSorted()).toEqual(own.toSorted());
      expect(stage.world.messages(standing.nativeId)).toEqual([]);
      expect(failureOf(await getIn(stage, standing.nativeId)).kind).toBe('not-found');
    },
    mutant: {
      fault: 'says that it is deleted and keeps it',
      of: (provider) =>
        altering(provider, 'CONVERSATION_DELETE', (able) => ({
          ...able,
          does: () => Promise.resolve(success(null)),
        })),
    },
  },
  {
    verb: 'CONVERSATION_DELETE',
    sentence: 'one that is not there is not found, and nothing is lost',
    async holds(stage) {
      const was = noted(stage);
      const answer = await ask(stage, 'CONVERSATION_DELETE', ({ does }, call) =>
        does(stage.scene.absent, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(changed(was, stage)).toEqual([]);
    },
    mutant: {
      fault: 'takes what is not there for deleted',
      of: (provider) =>
        altering(provider, 'CONVERSATION_DELETE', (able) => ({
          ...able,
          does: (ref, call) => asIfDone(able.does(ref, call)),
        })),
    },
  },
];

export const CONVERSATION_LAWS: readonly Law[] = [
  ...GET_LAWS,
  ...CREATE_LAWS,
  ...GET_OR_CREATE_LAWS,
  ...UPDATE_LAWS,
  ...DELETE_LAWS,
];

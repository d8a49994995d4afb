// Laws of a message that is there: changed, deleted, rated.

import { expect } from 'vitest';
import { success } from '../../../src/domain/failure.ts';
import type { MessageChanges } from '../../../src/providers/verbs.ts';
import { anAnswer, aText, refTo } from '../attempts.ts';
import { altering, asIfDone, entryOf, type Law, onValue } from '../law.ts';
import { messageSample } from '../samples.ts';
import {
  ask,
  changed,
  failureOf,
  had,
  noted,
  type Stage,
  type StoredMessage,
  valueOf,
} from '../stage.ts';

function rowOf({ world, scene }: Stage, { nativeId }: StoredMessage): StoredMessage | undefined {
  return world.messages(scene.standing.nativeId).find((row) => row.nativeId === nativeId);
}

function change(stage: Stage, row: StoredMessage, changes: MessageChanges) {
  const message = refTo(stage, row);
  return ask(stage, 'MESSAGE_UPDATE', ({ does }, call) => does({ message, changes }, call));
}

function fieldsOf({ provider }: Stage) {
  return entryOf(provider, 'MESSAGE_UPDATE')?.fields ?? [];
}

/** What a field is called in the store; what kind a row is says also who may see it, and who speaks. */
const PLACES = {
  content: ['text'],
  kind: ['kind', 'role', 'visibility'],
  as: ['role'],
  tags: ['tags'],
  name: ['name'],
  description: ['description'],
} as const;

const UPDATE_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_UPDATE',
    sentence: 'each field it takes is changed as asked, and nothing else anywhere',
    async holds(stage) {
      const { nativeId } = stage.scene.standing;
      expect(fieldsOf(stage).length).toBeGreaterThan(0);
      for (const field of fieldsOf(stage)) {
        const row = aText(stage);
        const { give, shows } = messageSample(field, row);
        const was = noted(stage);
        valueOf(await change(stage, row, give));
        const after = rowOf(stage, row);
        const own = PLACES[field].map((place) => `${nativeId}/${row.nativeId}.${place}`);
        const beyond = changed(was, stage).filter((place) => !own.includes(place));
        expect({ field, shown: after !== undefined && shows(after), beyond }).toEqual({
          field,
          shown: true,
          beyond: [],
        });
      }
    },
    mutant: {
      fault: 'changes another message as well',
      of: (provider, stage) =>
        altering(provider, 'MESSAGE_UPDATE', (able) => ({
          ...able,
          async does(input, call) {
            const { nativeId } = input.message;
            const other = stage.world
              .messages(stage.scene.standing.nativeId)
              .find((row) => row.nativeId !== nativeId && row.contentKind === 'text');
            if (other) await able.does({ ...input, message: refTo(stage, other) }, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_UPDATE',
    sentence: 'it answers the message as it is after the change',
    async holds(stage) {
      for (const field of fieldsOf(stage)) {
        const row = aText(stage);
        const { give } = messageSample(field, row);
        const answer = valueOf(await change(stage, row, give));
        const after = rowOf(stage, row);
        const { role, kind, text, tags } = answer.message;
        expect(answer.ignored).toEqual([]);
        expect({ field, role, kind, text, tags }).toEqual({
          field,
          role: after?.role,
          kind: after?.kind,
          text: after?.text,
          tags: after?.tags,
        });
      }
    },
    mutant: {
      fault: 'answers the message as it was',
      of: (provider) =>
        altering(provider, 'MESSAGE_UPDATE', (able) => ({
          ...able,
          async does(input, call) {
            const get = entryOf(provider, 'MESSAGE_GET');
            const seen = await get?.does(input.message, { ...call, reads: new Map() });
            return onValue(able.does(input, call), (answer) =>
              seen?.ok ? { ...answer, message: seen.value } : answer,
            );
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_UPDATE',
    sentence: 'one that is not there is not found, and nothing is changed',
    async holds(stage) {
      const was = noted(stage);
      const answer = await ask(stage, 'MESSAGE_UPDATE', ({ does }, call) =>
        does(
          {
            message: stage.scene.absentMessage,
            changes: { content: { type: 'text', text: 'Said better.' } },
          },
          call,
        ),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(changed(was, stage)).toEqual([]);
    },
    mutant: {
      fault: 'changes the newest instead',
      of: (provider, stage) =>
        altering(provider, 'MESSAGE_UPDATE', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, message: refTo(stage, aText(stage)) }, call),
        })),
    },
  },
];

const DELETE_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_DELETE',
    sentence: 'it is gone, and no other is',
    async holds(stage) {
      const row = aText(stage);
      const was = noted(stage);
      await had(stage, 'MESSAGE_DELETE', ({ does }, call) => does(refTo(stage, row), call));
      expect(rowOf(stage, row)).toBeUndefined();
      const beyond = changed(was, stage).filter((place) => !place.includes(`/${row.nativeId}.`));
      expect(beyond).toEqual([]);
    },
    mutant: {
      fault: 'says that it is deleted and keeps it',
      of: (provider) =>
        altering(provider, 'MESSAGE_DELETE', (able) => ({
          ...able,
          does: () => Promise.resolve(success(null)),
        })),
    },
  },
  {
    verb: 'MESSAGE_DELETE',
    sentence: 'one that is not there is not found',
    async holds(stage) {
      const was = noted(stage);
      const answer = await ask(stage, 'MESSAGE_DELETE', ({ does }, call) =>
        does(stage.scene.absentMessage, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(changed(was, stage)).toEqual([]);
    },
    mutant: {
      fault: 'takes what is not there for deleted',
      of: (provider) =>
        altering(provider, 'MESSAGE_DELETE', (able) => ({
          ...able,
          does: (ref, call) => asIfDone(able.does(ref, call)),
        })),
    },
  },
];

const RATINGS = ['HELPFUL', 'UNHELPFUL', 'HELPFUL'] as const;

const RATE_LAWS: readonly Law[] = [
  {
    verb: 'MESSAGE_RATE',
    sentence: 'what was thought of an answer is stored, and read back as it was said',
    async holds(stage) {
      const row = anAnswer(stage);
      for (const rating of RATINGS) {
        const told = await had(stage, 'MESSAGE_RATE', ({ does }, call) =>
          does({ message: refTo(stage, row), rating }, call),
        );
        expect([told.rating, rowOf(stage, row)?.rating]).toEqual([rating, rating]);
      }
    },
    mutant: {
      fault: 'thinks well of everything',
      of: (provider) =>
        altering(provider, 'MESSAGE_RATE', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, rating: 'HELPFUL' }, call),
        })),
    },
  },
  {
    verb: 'MESSAGE_RATE',
    sentence: 'a rating is taken back with null',
    async holds(stage) {
      const message = refTo(stage, anAnswer(stage));
      const rate = (rating: 'HELPFUL' | null) =>
        had(stage, 'MESSAGE_RATE', ({ does }, call) => does({ message, rating }, call));
      await rate('HELPFUL');
      const told = await rate(null);
      expect([told.rating, rowOf(stage, anAnswer(stage))?.rating]).toEqual([null, null]);
    },
    mutant: {
      fault: 'keeps a rating for good',
      of: (provider) =>
        altering(provider, 'MESSAGE_RATE', (able) => ({
          ...able,
          does: ({ message, rating }, call) =>
            able.does({ message, rating: rating ?? 'HELPFUL' }, call),
        })),
    },
  },
  {
    verb: 'MESSAGE_RATE',
    sentence: 'it touches nothing else',
    async holds(stage) {
      const row = anAnswer(stage);
      const was = noted(stage);
      await had(stage, 'MESSAGE_RATE', ({ does }, call) =>
        does({ message: refTo(stage, row), rating: 'UNHELPFUL' }, call),
      );
      const place = `${stage.scene.standing.nativeId}/${row.nativeId}.rating`;
      expect(changed(was, stage).filter((one) => one !== place)).toEqual([]);
    },
    mutant: {
      fault: 'says something besides',
      of: (provider, { scene }) =>
        altering(provider, 'MESSAGE_RATE', (able) => ({
          ...able,
          async does(input, call) {
            await entryOf(provider, 'CONVERSATION_CREATE')?.does(scene.creation, call);
            return able.does(input, call);
          },
        })),
    },
  },
];

export const CHANGED_MESSAGE_LAWS: readonly Law[] = [...UPDATE_LAWS, ...DELETE_LAWS, ...RATE_LAWS];

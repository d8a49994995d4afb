// Laws of people, files and sessions: who is written down, who takes part, what is uploaded, who is let in.

import { expect } from 'vitest';
import { success } from '../../../src/domain/failure.ts';
import type { Page } from '../../../src/domain/page.ts';
import type { Participant } from '../../../src/domain/participant.ts';
import type { UpsertContact } from '../../../src/providers/verbs.ts';
import { A_FILE, aPerson, participantFor } from '../attempts.ts';
import { altering, asIfDone, entryOf, type Law, onValue, withItems } from '../law.ts';
import { contactSample } from '../samples.ts';
import {
  ask,
  changed,
  conversationIn,
  failureOf,
  had,
  isOf,
  noted,
  type Stage,
  type StoredPerson,
} from '../stage.ts';

/** Everybody who was not there before. */
function newPeople({ world }: Stage): () => readonly StoredPerson[] {
  const known = new Set(world.people().map(({ nativeId }) => nativeId));
  return () => world.people().filter(({ nativeId }) => !known.has(nativeId));
}

function upsert(stage: Stage, more: Partial<UpsertContact> = {}) {
  return had(stage, 'CONTACT_UPSERT', (able, call) =>
    able.does({ ...aPerson(able, stage.scene.lonely), ...more }, call),
  );
}

const CONTACT_LAWS: readonly Law[] = [
  {
    verb: 'CONTACT_UPSERT',
    sentence: 'the same words twice are one person, the one that is answered',
    async holds(stage) {
      const added = newPeople(stage);
      const first = await upsert(stage);
      stage.clock.pass(1_000);
      const second = await upsert(stage);
      expect(added().map(({ nativeId }) => nativeId)).toEqual([first.contact.nativeId]);
      expect(second.contact.nativeId).toBe(first.contact.nativeId);
      expect(['CREATED', 'LINKED']).toContain(first.outcome);
      expect(['UPDATED', 'UNCHANGED']).toContain(second.outcome);
    },
    mutant: {
      fault: 'calls everybody new',
      of: (provider) =>
        altering(provider, 'CONTACT_UPSERT', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (upserted) => ({ ...upserted, outcome: 'CREATED' })),
        })),
    },
  },
  {
    verb: 'CONTACT_UPSERT',
    sentence: 'each field it takes is written down',
    async holds(stage) {
      const missing: string[] = [];
      for (const field of entryOf(stage.provider, 'CONTACT_UPSERT')?.fields ?? []) {
        const { give, shows } = contactSample(field);
        const { contact } = await upsert(await fresh(stage), give);
        const row = stage.world.people().find(({ nativeId }) => nativeId === contact.nativeId);
        if (!row || !shows(row)) missing.push(field);
      }
      expect(missing).toEqual([]);
    },
    mutant: {
      fault: 'writes everybody down as one and the same',
      of: (provider) =>
        altering(provider, 'CONTACT_UPSERT', (able) => ({
          ...able,
          does: ({ conversation, options }, call) =>
            able.does(
              {
                ...(conversation && { conversation }),
                ...(options && { options }),
                ...(able.fields.includes('name') ? { name: 'Somebody' } : {}),
                ...(able.fields.includes('email') ? { email: 'some@body.example' } : {}),
                tags: able.fields.includes('tags') ? [{ key: 'email', value: 'some' }] : [],
              },
              call,
            ),
        })),
    },
  },
  {
    verb: 'CONTACT_UPSERT',
    sentence: 'where it is of a conversation, it is that conversation’s contact, and of no other',
    concerns: (provider) => entryOf(provider, 'CONTACT_UPSERT')?.of === 'conversation',
    async holds(stage) {
      const { lonely } = stage.scene;
      const was = noted(stage);
      const { contact } = await upsert(stage);
      expect(conversationIn(stage, lonely.nativeId).contactId).toBe(contact.nativeId);
      const beyond = changed(was, stage).filter((place) => !isOf(place, lonely));
      expect(beyond).toEqual([]);
    },
    mutant: {
      fault: 'links it to another conversation',
      of: (provider, { scene }) =>
        altering(provider, 'CONTACT_UPSERT', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, conversation: scene.another }, call),
        })),
    },
  },
];

/** Where a contact is of a conversation and linked once, the next one takes a conversation of its own. */
async function fresh(stage: Stage): Promise<Stage> {
  if (entryOf(stage.provider, 'CONTACT_UPSERT')?.of !== 'conversation') return stage;
  const { nativeId } = await had(stage, 'CONVERSATION_CREATE', ({ does }, call) =>
    does(stage.scene.creation, call),
  );
  const lonely = { provider: stage.provider.name, nativeId };
  return { ...stage, scene: { ...stage.scene, lonely } };
}

async function everybody(stage: Stage): Promise<Participant[]> {
  const conversation = stage.scene.standing;
  const people: Participant[] = [];
  let at: string | null = null;
  for (let pages = 0; pages < 20; pages += 1) {
    const from: string | null = at;
    const page: Page<Participant> = await had(stage, 'PARTICIPANT_LIST', ({ does }, call) =>
      does({ conversation, at: from, size: 1 }, call),
    );
    people.push(...page.items);
    at = page.next;
    if (at === null) return people;
  }
  expect.fail('nobody has so many participants');
}

/** The standing conversation with two more in it. */
async function crowded(stage: Stage): Promise<void> {
  const conversation = stage.scene.standing;
  for (const participantId of stage.scene.newcomers) {
    await had(stage, 'PARTICIPANT_ADD', ({ does }, call) =>
      does({ conversation, participantId }, call),
    );
  }
}

function within(stage: Stage): readonly string[] {
  return conversationIn(stage, stage.scene.standing.nativeId).participants.toSorted();
}

const PARTICIPANT_LAWS: readonly Law[] = [
  {
    verb: 'PARTICIPANT_LIST',
    sentence: 'its pages show everybody who takes part, and nobody twice',
    async holds(stage) {
      await crowded(stage);
      const told = (await everybody(stage)).map(({ nativeId }) => nativeId ?? '');
      expect(told.toSorted()).toEqual(within(stage));
      expect(told.length).toBeGreaterThan(2);
    },
    mutant: {
      fault: 'shows its first page alone',
      of: (provider) =>
        altering(provider, 'PARTICIPANT_LIST', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (page) => ({ ...page, next: null })),
        })),
    },
  },
  {
    verb: 'PARTICIPANT_LIST',
    sentence: 'it says of each what the store says',
    async holds(stage) {
      await crowded(stage);
      const told = (await everybody(stage)).map(({ nativeId, name }) => ({ nativeId, name }));
      const known = new Map(stage.world.people().map((row) => [row.nativeId, row.name]));
      expect(told).toEqual(
        told.map(({ nativeId }) => ({ nativeId, name: known.get(nativeId ?? '') })),
      );
    },
    mutant: {
      fault: 'knows nobody by name',
      of: (provider) =>
        altering(provider, 'PARTICIPANT_LIST', (able) => ({
          ...able,
          does: (input, call) =>
            withItems(able.does(input, call), (items) =>
              items.map((row) => ({ ...row, name: null })),
            ),
        })),
    },
  },
  {
    verb: 'PARTICIPANT_ADD',
    sentence: 'who is added takes part, also when added twice, and nobody else joins or leaves',
    async holds(stage) {
      const before = within(stage);
      const [participantId] = stage.scene.newcomers;
      const conversation = stage.scene.standing;
      for (const times of [1, 2]) {
        const told = await had(stage, 'PARTICIPANT_ADD', ({ does }, call) =>
          does({ conversation, participantId }, call),
        );
        expect({ times, id: told.nativeId }).toEqual({ times, id: participantId });
        expect(within(stage)).toEqual([...before, participantId].toSorted());
      }
    },
    mutant: {
      fault: 'says that somebody joined and leaves them out',
      of: (provider) =>
        altering(provider, 'PARTICIPANT_ADD', (able) => ({
          ...able,
          does: ({ participantId }) =>
            Promise.resolve(
              success({
                nativeId: participantId,
                role: 'USER',
                name: null,
                email: null,
                imageUrl: null,
              }),
            ),
        })),
    },
  },
  {
    verb: 'PARTICIPANT_ADD',
    sentence: 'who is not there is not found',
    async holds(stage) {
      const before = within(stage);
      const conversation = stage.scene.standing;
      const participantId = `${stage.scene.newcomers[0].slice(0, -4)}NONE`;
      const answer = await ask(stage, 'PARTICIPANT_ADD', ({ does }, call) =>
        does({ conversation, participantId }, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(within(stage)).toEqual(before);
    },
    mutant: {
      fault: 'adds somebody else instead',
      of: (provider, { scene }) =>
        altering(provider, 'PARTICIPANT_ADD', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, participantId: scene.newcomers[1] }, call),
        })),
    },
  },
  {
    verb: 'PARTICIPANT_REMOVE',
    sentence: 'who is removed takes part no longer, and everybody else does',
    async holds(stage) {
      await crowded(stage);
      const before = within(stage);
      const [participantId] = stage.scene.newcomers;
      const conversation = stage.scene.standing;
      await had(stage, 'PARTICIPANT_REMOVE', ({ does }, call) =>
        does({ conversation, participantId }, call),
      );
      expect(within(stage)).toEqual(before.filter((id) => id !== participantId));
    },
    mutant: {
      fault: 'says that somebody left and keeps them',
      of: (provider) =>
        altering(provider, 'PARTICIPANT_REMOVE', (able) => ({
          ...able,
          does: () => Promise.resolve(success(null)),
        })),
    },
  },
  {
    verb: 'PARTICIPANT_REMOVE',
    sentence: 'who does not take part is not found, and nobody is removed',
    async holds(stage) {
      const before = within(stage);
      const conversation = stage.scene.standing;
      const participantId = participantFor(stage, 'PARTICIPANT_ADD');
      const answer = await ask(stage, 'PARTICIPANT_REMOVE', ({ does }, call) =>
        does({ conversation, participantId }, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(within(stage)).toEqual(before);
    },
    mutant: {
      fault: 'takes who was never there for removed',
      of: (provider) =>
        altering(provider, 'PARTICIPANT_REMOVE', (able) => ({
          ...able,
          does: (input, call) => asIfDone(able.does(input, call)),
        })),
    },
  },
];

const FILE_AND_SESSION_LAWS: readonly Law[] = [
  {
    verb: 'ATTACHMENT_UPLOAD',
    sentence: 'a file is stored once, whole, in its conversation and in no other',
    async holds(stage) {
      const conversation = stage.scene.standing;
      const known = stage.world.attachments().length;
      const was = noted(stage);
      const { attachment, upload } = await had(stage, 'ATTACHMENT_UPLOAD', ({ does }, call) =>
        does({ conversation, source: { kind: 'url', url: A_FILE } }, call),
      );
      const added = stage.world.attachments().slice(known);
      expect(added).toMatchObject([
        { conversationId: conversation.nativeId, type: 'text/plain', complete: true },
      ]);
      expect(upload).toBeNull();
      expect(attachment.url).not.toBeNull();
      const beyond = changed(was, stage).filter((place) => !isOf(place, conversation));
      expect(beyond).toEqual([]);
    },
    mutant: {
      fault: 'uploads it twice',
      of: (provider) =>
        altering(provider, 'ATTACHMENT_UPLOAD', (able) => ({
          ...able,
          async does(input, call) {
            await able.does(input, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'ATTACHMENT_UPLOAD',
    sentence: 'of a file that is announced it says where its bytes go',
    concerns: (provider) =>
      entryOf(provider, 'ATTACHMENT_UPLOAD')?.fields.includes('file') ?? false,
    async holds(stage) {
      const conversation = stage.scene.standing;
      const known = stage.world.attachments().length;
      const bytes = Buffer.from('Hello, world!');
      const { upload } = await had(stage, 'ATTACHMENT_UPLOAD', ({ does }, call) =>
        does(
          { conversation, source: { kind: 'file', type: 'text/plain', size: bytes.length } },
          call,
        ),
      );
      expect(stage.world.attachments().slice(known)).toMatchObject([{ complete: false }]);
      expect(String(upload?.url)).toMatch(/^https?:/);
      const headers = Object.fromEntries(
        (upload?.headers ?? []).map(({ name, value }) => [name, value]),
      );
      const put = await fetch(upload?.url ?? '', {
        method: upload?.method ?? 'GET',
        headers,
        body: bytes,
      });
      expect(put.ok).toBe(true);
      expect(stage.world.attachments().slice(known)).toMatchObject([{ complete: true }]);
    },
    mutant: {
      fault: 'keeps to itself where the bytes go',
      of: (provider) =>
        altering(provider, 'ATTACHMENT_UPLOAD', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (uploaded) => ({ ...uploaded, upload: null })),
        })),
    },
  },
  {
    verb: 'ATTACHMENT_UPLOAD',
    sentence: 'into a conversation that is not there nothing is uploaded',
    async holds(stage) {
      const known = stage.world.attachments().length;
      const answer = await ask(stage, 'ATTACHMENT_UPLOAD', ({ does }, call) =>
        does({ conversation: stage.scene.absent, source: { kind: 'url', url: A_FILE } }, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
      expect(stage.world.attachments()).toHaveLength(known);
    },
    mutant: {
      fault: 'uploads it into another',
      of: (provider, { scene }) =>
        altering(provider, 'ATTACHMENT_UPLOAD', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, conversation: scene.standing }, call),
        })),
    },
  },
  {
    verb: 'SESSION_CREATE',
    sentence: 'a session ends when it was asked to end',
    async holds(stage) {
      const conversation = stage.scene.standing;
      const { token, expiresAt } = await had(stage, 'SESSION_CREATE', ({ does }, call) =>
        does({ conversation, durationSeconds: 3_600 }, call),
      );
      expect(token).not.toBe('');
      expect(expiresAt.getTime() - stage.clock()).toBe(3_600_000);
    },
    mutant: {
      fault: 'takes seconds for milliseconds',
      of: (provider) =>
        altering(provider, 'SESSION_CREATE', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (session) => ({
              ...session,
              expiresAt: new Date(session.expiresAt.getTime() / 1_000),
            })),
        })),
    },
  },
  {
    verb: 'SESSION_CREATE',
    sentence: 'it opens nothing in a conversation that is not there',
    async holds(stage) {
      const answer = await ask(stage, 'SESSION_CREATE', ({ does }, call) =>
        does({ conversation: stage.scene.absent }, call),
      );
      expect(failureOf(answer).kind).toBe('not-found');
    },
    mutant: {
      fault: 'opens another',
      of: (provider, { scene }) =>
        altering(provider, 'SESSION_CREATE', (able) => ({
          ...able,
          does: (input, call) => able.does({ ...input, conversation: scene.standing }, call),
        })),
    },
  },
];

export const PEOPLE_LAWS: readonly Law[] = [
  ...CONTACT_LAWS,
  ...PARTICIPANT_LAWS,
  ...FILE_AND_SESSION_LAWS,
];

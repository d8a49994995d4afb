// Who takes part at Botpress: listed, added and removed, with the emulated bot's own store as the witness.

import { describe, expect, it } from 'vitest';
import {
  aCall,
  accountHearing,
  botpressAccount,
  everyPage,
  failureOf,
  firstOf,
  ref,
  TALES,
  valueOf,
  WEBSITE,
} from './botpress-account.ts';

const NOBODY = 'user_01KQFYK6RGMDWM1JKNNWGA28MS';

describe('the participants of a conversation', () => {
  it.each([1, 2, 100])('are its users, each once, in pages of %i', async (size) => {
    const { participants, store, conversation, users } = await crowd();

    const pages = await everyPage((at) => participants.does({ conversation, at, size }, aCall()));

    expect(pages.flat()).toEqual(
      users.map((id) => ({
        nativeId: id,
        role: 'USER',
        name: store.users.get(id)?.name ?? null,
        email: null,
        imageUrl: store.users.get(id)?.pictureUrl ?? null,
      })),
    );
    expect(users.length).toBeGreaterThan(2);
    expect(pages).toHaveLength(Math.ceil(users.length / size));
  });

  it('come in pages of the size that an older service chooses', async () => {
    const { participants, conversation, users } = await crowd({
      generation: 'seed',
      defaultPageSize: 2,
    });

    const pages = await everyPage((at) =>
      participants.does({ conversation, at, size: 50 }, aCall()),
    );

    expect(pages.flat().map(({ nativeId }) => nativeId)).toEqual(users);
    expect(pages[0]).toHaveLength(2);
  });

  it('are told apart from the bot by its id', async () => {
    const rows = [{ id: 'bot-1', name: 'Ada', pictureUrl: 'https://x.example/a.png' }, { id: 'u' }];
    const { participants } = await accountHearing(() => ({
      status: 200,
      body: { participants: rows, meta: {} },
    }));

    const { items } = valueOf(
      await participants.does({ conversation: ref('c'), at: null, size: 5 }, aCall()),
    );

    expect(items).toEqual([
      { nativeId: 'bot-1', role: 'BOT', name: 'Ada', email: null, imageUrl: rows[0]?.pictureUrl },
      { nativeId: 'u', role: 'USER', name: null, email: null, imageUrl: null },
    ]);
  });

  it('of a conversation that is not there are not found', async () => {
    const { participants } = await botpressAccount();

    const outcome = await participants.does(
      { conversation: ref('conv_never'), at: null, size: 5 },
      aCall(),
    );

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: 'conversation conv_never at website',
    });
  });
});

describe('adding', () => {
  it('makes a user take part, and is answered with them', async () => {
    const { addParticipant, store, conversation, stranger, written } = await crowd();

    const participant = valueOf(
      await addParticipant.does({ conversation, participantId: stranger }, aCall()),
    );

    expect(store.participants.get(conversation.nativeId)?.has(stranger)).toBe(true);
    expect(participant).toMatchObject({
      nativeId: stranger,
      role: 'USER',
      name: store.users.get(stranger)?.name,
    });
    expect(written()).toEqual([{ userId: stranger }]);
  });

  it('somebody who is there already changes nothing', async () => {
    const { addParticipant, store, conversation, users } = await crowd();
    const before = new Map(store.participants.get(conversation.nativeId));
    const [participantId = ''] = users;

    const participant = valueOf(
      await addParticipant.does({ conversation, participantId }, aCall()),
    );

    expect(participant.nativeId).toBe(participantId);
    expect(store.participants.get(conversation.nativeId)).toEqual(before);
  });

  it.each([NOBODY, 'bob', '', '..', 'x'.repeat(37)])(
    'somebody who is not there (%s) says that they are not, not that the conversation is not',
    async (participantId) => {
      const { addParticipant, store, conversation } = await crowd();
      const before = new Map(store.participants.get(conversation.nativeId));

      const outcome = await addParticipant.does({ conversation, participantId }, aCall());

      expect(failureOf(outcome)).toEqual({
        kind: 'not-found',
        what: `participant ${participantId} at website`,
      });
      expect(store.participants.get(conversation.nativeId)).toEqual(before);
    },
  );

  it('the bot itself is refused by the service, which has no such user', async () => {
    const { addParticipant, conversation, botId } = await crowd();

    const outcome = await addParticipant.does({ conversation, participantId: botId }, aCall());

    expect(failureOf(outcome)).toEqual({
      kind: 'not-found',
      what: `participant ${botId} at website`,
    });
  });

  it('to a conversation that is not there says so', async () => {
    const { addParticipant, stranger } = await crowd();
    const named = { conversation: ref('conv_never'), participantId: stranger };

    expect(failureOf(await addParticipant.does(named, aCall()))).toEqual({
      kind: 'not-found',
      what: 'conversation conv_never at website',
    });
  });
});

describe('removing', () => {
  it('takes somebody out, and leaves the others and the user', async () => {
    const { removeParticipant, store, conversation, users, written } = await crowd();
    const [participantId = '', ...others] = users;

    const removed = await removeParticipant.does({ conversation, participantId }, aCall());

    expect(valueOf(removed)).toBeNull();
    expect([...(store.participants.get(conversation.nativeId)?.keys() ?? [])]).toEqual(others);
    expect(store.users.has(participantId)).toBe(true);
    expect(written()).toEqual([{}]);
  });

  it.each(['ResourceNotFound', 'ReferenceNotFound'] as const)(
    'somebody who does not take part names them, where the service says %s',
    async (absentParticipant) => {
      const { removeParticipant, conversation, stranger } = await crowd({ absentParticipant });

      for (const participantId of [stranger, NOBODY, 'bob', '..']) {
        const outcome = await removeParticipant.does({ conversation, participantId }, aCall());

        expect(failureOf(outcome)).toEqual({
          kind: 'not-found',
          what: `participant ${participantId} in conversation ${conversation.nativeId} at website`,
        });
      }
    },
  );

  it('from a conversation that is not there names the conversation', async () => {
    const { removeParticipant, stranger } = await crowd();
    const named = { conversation: ref('conv_never'), participantId: stranger };

    expect(failureOf(await removeParticipant.does(named, aCall()))).toEqual({
      kind: 'not-found',
      what: 'conversation conv_never at website',
    });
  });

  it('whose answer is lost is not known to be done, and is not sent again', async () => {
    const { removeParticipant, emulator, conversation, users, asked } = await crowd();
    emulator.inject({ kind: 'cut-after-accept', times: 1 });
    const [participantId = ''] = users;

    const outcome = await removeParticipant.does({ conversation, participantId }, aCall());

    expect(failureOf(outcome)).toMatchObject({ kind: 'outcome-unknown', provider: WEBSITE });
    expect(asked()).toHaveLength(1);
  });
});

/** An account, a conversation in which all users but one take part, and that one. */
async function crowd(options: Parameters<typeof botpressAccount>[0] = {}) {
  const account = await botpressAccount({ tales: TALES, ...options });
  const { store } = account;
  const conversation = ref(firstOf(store.conversations.keys()));
  const [stranger = '', ...users] = store.users.keys();
  store.participants.set(
    conversation.nativeId,
    new Map(users.map((id, place) => [id, new Date(place).toISOString()])),
  );
  return { ...account, conversation, stranger, users };
}

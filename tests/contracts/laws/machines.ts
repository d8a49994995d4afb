// Laws of what a bot answers: asked for, streamed, and of a conversation that is stored nowhere.

import { expect } from 'vitest';
import { success } from '../../../src/domain/failure.ts';
import type { ReplyEvent } from '../../../src/domain/reply.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { asked, events, history, saying } from '../attempts.ts';
import { altering, entryOf, type Law, onValue } from '../law.ts';
import { changed, had, noted, type Stage, type StoredMessage } from '../stage.ts';

/** The rows of the standing conversation that were not there before, newest first. */
function news(stage: Stage): () => readonly StoredMessage[] {
  const { nativeId } = stage.scene.standing;
  stage.clock.pass(1_000);
  const known = new Set(stage.world.messages(nativeId).map((row) => row.nativeId));
  return () => stage.world.messages(nativeId).filter((row) => !known.has(row.nativeId));
}

async function streamed(stage: Stage): Promise<ReplyEvent[]> {
  const { standing } = stage.scene;
  return had(stage, 'REPLY_STREAM', async (able, call) =>
    success(await events(able, history(standing), call)),
  );
}

function wordsOf(told: readonly ReplyEvent[]): string {
  return told.map((event) => (event.type === 'token' ? event.text : '')).join('');
}

/** A stream whose events are changed one by one. */
function streaming(
  provider: Provider,
  change: (event: ReplyEvent, index: number) => readonly ReplyEvent[],
): Provider {
  return altering(provider, 'REPLY_STREAM', (able) => ({
    ...able,
    async *does(input, call) {
      let index = 0;
      for await (const event of able.does(input, call)) {
        yield* change(event, index);
        index += 1;
      }
    },
  }));
}

export const MACHINE_LAWS: readonly Law[] = [
  {
    verb: 'REPLY_REQUEST',
    sentence: 'the bot answers what is there once, and its answer is what was stored',
    async holds(stage) {
      const added = news(stage);
      const conversation = stage.scene.standing;
      const { reply, unfinished } = await had(stage, 'REPLY_REQUEST', ({ does }, call) =>
        does({ conversation }, call),
      );
      const said = added().map(({ nativeId, text, role, kind }) => ({
        nativeId,
        text,
        role,
        kind,
      }));
      expect(unfinished).toBeNull();
      expect(said).toEqual([
        { nativeId: reply?.nativeId, text: reply?.text, role: 'BOT', kind: 'MESSAGE' },
      ]);
    },
    mutant: {
      fault: 'asks twice and tells of one answer',
      of: (provider) =>
        altering(provider, 'REPLY_REQUEST', (able) => ({
          ...able,
          async does(input, call) {
            await able.does(input, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'REPLY_STREAM',
    sentence: 'its tokens make the text it completes with, which is the text that is stored',
    async holds(stage) {
      const added = news(stage);
      const told = await streamed(stage);
      const texts = added().map(({ text }) => text);
      expect([wordsOf(told)]).toEqual(texts);
      expect(told.at(-1)).toMatchObject({ type: 'completed', text: wordsOf(told) });
    },
    mutant: {
      fault: 'drops a token',
      of: (provider) => streaming(provider, (event, index) => (index === 1 ? [] : [event])),
    },
  },
  {
    verb: 'REPLY_STREAM',
    sentence: 'it ends once, and nothing follows',
    async holds(stage) {
      const told = await streamed(stage);
      const ends = told.flatMap(({ type }, index) =>
        type === 'completed' || type === 'failed' ? [index] : [],
      );
      expect(ends).toEqual([told.length - 1]);
    },
    mutant: {
      fault: 'goes on after the end',
      of: (provider) =>
        streaming(provider, (event) =>
          event.type === 'completed' ? [event, { type: 'token', text: ' And so on.' }] : [event],
        ),
    },
  },
  {
    verb: 'REPLY_STREAM',
    sentence: 'words that are sent with it are stored once, and named before they are answered',
    async holds(stage) {
      const added = news(stage);
      const { standing } = stage.scene;
      const entry = entryOf(stage.provider, 'MESSAGE_SEND');
      const told = await had(stage, 'REPLY_STREAM', async (able, call) => {
        const message = entry && saying(entry, standing, 'Any news of my order?');
        return success(message ? await events(able, { to: 'message', message }, call) : []);
      });
      const [answer, question, ...rest] = added();
      expect(rest).toEqual([]);
      expect([question?.text, answer?.role]).toEqual(['Any news of my order?', 'BOT']);
      expect(told[0]).toEqual({ type: 'stored', nativeId: question?.nativeId });
    },
    mutant: {
      fault: 'keeps to itself where the words are',
      of: (provider) => streaming(provider, (event) => (event.type === 'stored' ? [] : [event])),
    },
  },
  {
    verb: 'REPLY_STREAM',
    sentence: 'it names the row that its answer became',
    async holds(stage) {
      const added = news(stage);
      const last = (await streamed(stage)).at(-1);
      expect(last).toMatchObject({ type: 'completed', nativeId: added()[0]?.nativeId });
    },
    mutant: {
      fault: 'does not know where its answer is',
      of: (provider) =>
        streaming(provider, (event) =>
          event.type === 'completed' ? [{ ...event, nativeId: null }] : [event],
        ),
    },
  },
  {
    verb: 'CONVERSATION_COMPLETE',
    sentence: 'it is answered, and nothing of it is stored',
    async holds(stage) {
      const was = noted(stage);
      const { text } = await had(stage, 'CONVERSATION_COMPLETE', ({ does }, call) =>
        does(asked('How do I begin?'), call),
      );
      expect(text).not.toBe('');
      expect(changed(was, stage)).toEqual([]);
    },
    mutant: {
      fault: 'keeps what it was asked',
      of: (provider, { scene }) =>
        altering(provider, 'CONVERSATION_COMPLETE', (able) => ({
          ...able,
          async does(input, call) {
            await entryOf(provider, 'CONVERSATION_CREATE')?.does(scene.creation, call);
            return able.does(input, call);
          },
        })),
    },
  },
  {
    verb: 'CONVERSATION_COMPLETE',
    sentence: 'it answers what it was asked, and says what that cost',
    async holds(stage) {
      const say = (text: string) =>
        had(stage, 'CONVERSATION_COMPLETE', ({ does }, call) => does(asked(text), call));
      const [one, again, other] = [await say('One?'), await say('One?'), await say('And two?')];
      expect(again.text).toBe(one.text);
      expect(other.text).not.toBe(one.text);
      expect(one.usage.tokens).toBeGreaterThan(0);
    },
    mutant: {
      fault: 'always says the same',
      of: (provider) =>
        altering(provider, 'CONVERSATION_COMPLETE', (able) => ({
          ...able,
          does: (input, call) =>
            onValue(able.does(input, call), (answer) => ({ ...answer, text: 'Yes.' })),
        })),
    },
  },
];

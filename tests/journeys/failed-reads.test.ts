// A read that fails says which code of the closed list it is, and what to do next, in the place of what it could not give.

import { describe, expect, it } from 'vitest';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { at } from '../support/answer.ts';
import {
  CONVERSATION,
  expectUnharmed,
  FEW,
  idsOf,
  MESSAGES,
  post,
  refusalsIn,
} from '../support/hostile.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const PLACES = {
  website: 'botpress',
  help: 'chatling',
  assistant: 'chatbotkit',
  support: 'stackAuth',
} as const;
const NAMES = ['website', 'help', 'assistant', 'support'] as const;

const FAULTS = [
  [{ kind: 'status', status: 500 }, 'PROVIDER_UNAVAILABLE', /cannot be had: .*Try again/],
  [{ kind: 'status', status: 429 }, 'RATE_LIMITED', /asked too often.*Try again/],
  [{ kind: 'status', status: 401 }, 'PROVIDER_AUTH', /own credential.*operator must renew it/],
  [{ kind: 'cut' }, 'PROVIDER_UNAVAILABLE', /cannot be had: .*Try again/],
  [{ kind: 'hang' }, 'PROVIDER_UNAVAILABLE', /within the deadline.*Try again/],
  [{ kind: 'malformed' }, 'PROVIDER_UNAVAILABLE', /cannot be had: .*Try again/],
] as const;

describe.each(NAMES)('a read at %s', (name) => {
  it.each(FAULTS)('that meets %o is told as %s', async (fault, code, sentence) => {
    const parlance = await startParlance({ ...FEW, deadlineMs: 400 });
    const id = (await idsOf(parlance))[name];
    parlance.world[PLACES[name]].inject(fault);

    const said = await post(parlance.url, { query: CONVERSATION, variables: { id } });

    expect(at(said.body, 'data')).toEqual({ conversation: null });
    expect(refusalsIn(said.body)).toMatchObject([
      { code, message: expect.stringMatching(sentence) },
    ]);
    expect(at(said.body, 'errors.0.path')).toEqual(['conversation']);
    parlance.world[PLACES[name]].heal();
    await expectUnharmed(parlance, said.text);
  });

  it('of what is not there says so, and where to look', async () => {
    const parlance = await startParlance(FEW);
    const nativeId = await absentId(parlance, name);
    const id = encodeId({
      type: 'Conversation',
      conversation: { provider: providerName(name), nativeId },
    });

    const said = await post(parlance.url, { query: CONVERSATION, variables: { id } });

    expect(refusalsIn(said.body)).toMatchObject([
      {
        code: 'NOT_FOUND',
        message: expect.stringMatching(/^There is no conversation .*list again/),
      },
    ]);
  });
});

describe('the messages of a conversation', () => {
  it('fail in their own place, and the conversation stands', async () => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);
    parlance.world.botpress.inject({
      kind: 'status',
      status: 503,
      match: { path: '/v1/chat/messages' },
    });

    const said = await post(parlance.url, { query: MESSAGES, variables: { id: website } });

    expect(at(said.body, 'data')).toEqual({ conversation: { messages: null } });
    expect(refusalsIn(said.body)).toMatchObject([{ code: 'PROVIDER_UNAVAILABLE' }]);
    expect(at(said.body, 'errors.0.path')).toEqual(['conversation', 'messages']);
    expect(at(said.body, 'errors.0.extensions.provider')).toBe('website');
  });
});

/** An id of the right shape for which nothing is kept. */
async function absentId(parlance: TestParlance, name: (typeof NAMES)[number]): Promise<string> {
  const id = (await idsOf(parlance))[name];
  const { data } = await parlance.ask('query C($id: ID!) { conversation(id: $id) { nativeId } }', {
    id,
  });
  return String(at(data, 'conversation.nativeId')).replace(/.$/, (last) =>
    last === '7' ? '8' : '7',
  );
}

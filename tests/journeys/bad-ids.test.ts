// An id is copied from an answer, or it is refused: by its place in the input, and without a way to any other place of a provider.

import { describe, expect, it } from 'vitest';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import {
  CONVERSATION,
  DELETE,
  FEW,
  idsOf,
  NODE,
  post,
  refusal,
  refusalsIn,
  SEND,
  UPDATE,
} from '../support/hostile.ts';
import { startParlance } from '../support/parlance.ts';

describe('an id that is not one', () => {
  const NO_ID = {
    code: 'INVALID_INPUT',
    message: expect.stringContaining('is not an id of this gateway; copy one from an answer.'),
    path: 'id',
  };

  it('is refused wherever an id is asked for, by its place in the input', async () => {
    const parlance = await startParlance(FEW);
    const { website } = await idsOf(parlance);
    const wrong = [
      '',
      'nonsense',
      '¿dónde?',
      '../../etc/passwd',
      website.slice(1),
      `${website}=`,
      ` ${website}`,
      `${website}${website}`,
      website.toLowerCase(),
      base64url('Conversation'),
      base64url('Conversation:website'),
      base64url('Conversation:website:'),
      base64url('User:website:conv_1'),
      base64url('__proto__:website:conv_1'),
      base64url('Conversation:website:conv_1:and:more'),
      base64url('Conversation:website:%E0%A4%A'),
      'A'.repeat(100_000),
    ];

    for (const id of wrong) {
      expect.soft([id, await refusal(parlance, CONVERSATION, { id })]).toEqual([id, NO_ID]);
      expect.soft([id, await refusal(parlance, NODE, { id })]).toEqual([id, NO_ID]);
      expect.soft([id, await refusal(parlance, DELETE, { input: { id } })]).toEqual([id, NO_ID]);
      const update = { input: { id, title: 'x' } };
      expect.soft([id, await refusal(parlance, UPDATE, update)]).toEqual([id, NO_ID]);
      const sending = { input: { conversationId: id, text: 'x' } };
      expect
        .soft([id, await refusal(parlance, SEND, sending)])
        .toMatchObject([id, { code: 'INVALID_INPUT', path: 'conversationId' }]);
    }
  });

  it('among several fails the question as a whole, before any provider is asked', async () => {
    const parlance = await startParlance(FEW);
    const { website, support } = await idsOf(parlance);
    const { botpress, stackAuth } = parlance.world;
    botpress.forget();
    stackAuth.forget();

    const { data, errors } = await parlance.ask(
      'query N($ids: [ID!]!) { nodes(ids: $ids) { id } }',
      { ids: [website, 'nonsense', support] },
    );

    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }]);
    expect(data).toBeNull();
    expect([...botpress.journal, ...stackAuth.journal]).toEqual([]);
  });

  it('is told apart from the id of something else', async () => {
    const parlance = await startParlance(FEW);
    const provider = providerName('website');
    const others = [
      encodeId({ type: 'Provider', provider }),
      encodeId({ type: 'Contact', provider, nativeId: 'user_1' }),
      encodeId({ type: 'Participant', provider, nativeId: 'user_1' }),
      encodeId({
        type: 'Message',
        message: { conversation: { provider, nativeId: 'conv_1' }, nativeId: 'msg_1' },
      }),
    ];

    for (const id of others) {
      const type = Buffer.from(id, 'base64url').toString().split(':')[0];
      const message = expect.stringContaining(
        `is the id of a ${type}; give the id of a Conversation.`,
      );
      const refused = { code: 'INVALID_INPUT', message, path: 'id' };
      expect.soft(await refusal(parlance, CONVERSATION, { id })).toEqual(refused);
      expect.soft(await refusal(parlance, DELETE, { input: { id } })).toEqual(refused);
    }
  });

  it('is refused or finds nothing when it was cut short', async () => {
    const parlance = await startParlance(FEW);

    for (const id of Object.values(await idsOf(parlance))) {
      for (const lost of [1, 2, 3, 4, 8]) {
        const { code } = await refusal(parlance, CONVERSATION, { id: id.slice(0, -lost) });
        expect.soft(['INVALID_INPUT', 'NOT_FOUND', 'PROVIDER_REFUSED']).toContain(code);
      }
    }
  });

  it('names a provider that is not there without asking one that is', async () => {
    const parlance = await startParlance(FEW);
    const conversation = { provider: providerName('elsewhere'), nativeId: '1' };
    const id = encodeId({ type: 'Conversation', conversation });

    for (const [query, variables] of [
      [CONVERSATION, { id }],
      [DELETE, { input: { id } }],
      [UPDATE, { input: { id, title: 'x' } }],
      [SEND, { input: { conversationId: id, text: 'x' } }],
    ] as const) {
      expect.soft(await refusal(parlance, query, variables)).toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('no provider named elsewhere'),
      });
    }
  });

  it('never leads out of the place a provider keeps its conversations in', async () => {
    const parlance = await startParlance(FEW);
    const { botpress, chatling, chatbotkit, stackAuth } = parlance.world;
    const odd = ['..', '../..', '../../users', '%2e%2e', 'a/b', 'a?b=c', 'a#b', 'a\\b', '\0', ' '];
    const named = ['website', 'help', 'assistant', 'support'].flatMap((name) =>
      odd.map((nativeId) => ({ provider: providerName(name), nativeId })),
    );

    for (const conversation of named) {
      const id = encodeId({ type: 'Conversation', conversation });
      const message = encodeId({ type: 'Message', message: { conversation, nativeId: '..' } });
      for (const [query, variables] of [
        [CONVERSATION, { id }],
        [NODE, { id: message }],
        [DELETE, { input: { id } }],
        [SEND, { input: { conversationId: id, text: 'x' } }],
      ] as const) {
        const [refused] = refusalsIn((await post(parlance.url, { query, variables })).body);
        expect.soft(REFUSED_ID).toContain(refused?.code);
      }
    }

    const asked = [botpress, chatling, chatbotkit, stackAuth].flatMap(({ journal }) => journal);
    expect(asked.length).toBeGreaterThan(odd.length);
    for (const { path } of asked) {
      expect.soft(path).toMatch(CONVERSATIONS_ONLY);
      expect.soft(path.split('/')).not.toContain('..');
    }
  });
});

const CONVERSATIONS_ONLY =
  /^\/(v1\/chat\/(conversations|messages)|v2\/chatbots\/\d+\/(conversations|ai\/kb\/chat)|v1\/conversation|api\/v1\/internal\/conversations|api\/v1\/auth\/oauth\/token)(\/|$)/;

const REFUSED_ID = ['INVALID_INPUT', 'NOT_FOUND', 'PROVIDER_REFUSED', 'UNSUPPORTED'];

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

// End users at each of the four services: what each finds there is theirs, and nothing else can be had.

import { describe, expect, it } from 'vitest';
import type { World } from '../../emulators/world.ts';
import { type Caller, SCOPES } from '../../src/domain/caller.ts';
import { encodeId, providerName } from '../../src/domain/ids.ts';
import { ACCOUNTS, type AccountName } from '../support/accounts.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { openDoors } from '../support/doors.ts';
import { conversationId } from '../support/mutations.ts';
import { startParlance, type TestParlance } from '../support/parlance.ts';

const AS_THEM = { authorization: 'Bearer them' };

async function scene(account: AccountName) {
  const doorkeeper = openDoors({ desk: callerOf(null) });
  const parlance = await startParlance({
    chatling: { callsPerMinute: 10_000 },
    doorkeeper,
  });
  const whose = ownersAt(parlance.world, account);
  const nativeId = busiest(whose);
  const provider = providerName(account);
  doorkeeper.give('them', callerOf({ provider, nativeId }));
  return { ...parlance, whose, nativeId };
}

function callerOf(contact: Caller['contact']): Caller {
  return { id: contact ? 'them' : 'desk', scopes: new Set(SCOPES), providers: 'all', contact };
}

/** By conversation, whose it is or who takes part in it, as the service has it stored. */
function ownersAt(
  { credentials, botpress, chatling, chatbotkit, stackAuth }: World,
  account: AccountName,
): ReadonlyMap<string, readonly string[]> {
  const only = (id: string | null | undefined) => (id ? [id] : []);
  switch (account) {
    case 'website': {
      const { conversations, participants } = botpress.store;
      const isPerson = (id: string) => id !== credentials.botpress.botId;
      return new Map(
        [...conversations.keys()].map((id) => [
          id,
          [...(participants.get(id)?.keys() ?? [])].filter(isPerson),
        ]),
      );
    }
    case 'help':
      return new Map(
        [...chatling.store.conversations].map(([id, row]) => [id, only(row.contact_id)]),
      );
    case 'assistant':
      return new Map(
        [...chatbotkit.store.conversations].map(([id, row]) => [id, only(row.contactId)]),
      );
    case 'support':
      return new Map([...stackAuth.store.conversations].map(([id, row]) => [id, only(row.userId)]));
  }
}

/** Who has most of the conversations. */
function busiest(whose: ReadonlyMap<string, readonly string[]>): string {
  const counts = new Map<string, number>();
  for (const id of [...whose.values()].flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  const [first] = [...counts].toSorted(([, one], [, other]) => other - one);
  if (!first) throw new Error('everything there is nobody’s');
  return first[0];
}

async function walked({ ask }: Pick<TestParlance, 'ask'>): Promise<string[]> {
  const found: string[] = [];
  for (let after: unknown = null, more = true; more; ) {
    const { data, errors } = await ask(
      `query ($after: String) { conversations(first: 3, after: $after) {
        nodes { nativeId tags { key } raw native { __typename } participants { nodes { id } }
          messages(first: 20) { nodes { kind visibility raw } } }
        pageInfo { hasNextPage endCursor }
        sources { status scanned }
      } }`,
      { after },
      AS_THEM,
    );
    expect(errors).toEqual([]);
    const page = at(data, 'conversations');
    for (const node of listAt(page, 'nodes')) {
      found.push(textAt(node, 'nativeId'));
      expect(node).toMatchObject({ tags: [], raw: null, native: null, participants: null });
      const kinds = listAt(node, 'messages.nodes').map((one) => [
        at(one, 'kind'),
        at(one, 'visibility'),
        at(one, 'raw'),
      ]);
      for (const kind of kinds) {
        expect([
          ['MESSAGE', 'PUBLIC', null],
          ['STATUS_CHANGE', 'PUBLIC', null],
        ]).toContainEqual(kind);
      }
    }
    expect(listAt(page, 'sources').map((source) => at(source, 'scanned'))).toEqual([null]);
    more = at(page, 'pageInfo.hasNextPage') === true;
    after = at(page, 'pageInfo.endCursor');
  }
  return found;
}

describe.each(ACCOUNTS)('an end user at %s', (account) => {
  it('finds all that is theirs, and nothing else', async () => {
    const { ask, whose, nativeId } = await scene(account);

    const found = await walked({ ask });

    const own = [...whose].flatMap(([id, them]) => (them.includes(nativeId) ? id : []));
    expect(found.toSorted()).toEqual(own.toSorted());
    const others = [...whose.keys()].filter((id) => !own.includes(id)).slice(0, 20);
    expect(others.length).toBeGreaterThan(0);
    const ids = others.map((id) => conversationId(account, id));
    const asked = await ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }, AS_THEM);
    expect(listAt(asked.data, 'nodes').every((node) => node === null)).toBe(true);
    expect(asked.errors.map((error) => at(error, 'extensions.code'))).toEqual(
      others.map(() => 'NOT_FOUND'),
    );
  });

  it('writes as themselves where that can be done, and is refused where it cannot', async () => {
    const { ask, whose, nativeId } = await scene(account);
    const own = [...whose].find(([, them]) => them.includes(nativeId))?.[0] ?? '';
    const foreign = [...whose].find(([, them]) => !them.includes(nativeId))?.[0] ?? '';
    const send = async (id: string) => {
      const { data } = await ask(
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
          __typename ... on InvalidInputError { issues { path } }
          ... on SendMessagePayload { message { role text } }
        } }`,
        { input: { conversationId: conversationId(account, id), text: 'Any news?' } },
        AS_THEM,
      );
      return at(data, 'sendMessage');
    };

    expect(await send(own)).toEqual(WRITTEN[account]);
    expect(at(await send(foreign), '__typename')).toBe(
      account === 'support' ? 'ForbiddenError' : 'NotFoundError',
    );
  });
});

const SAID = { __typename: 'SendMessagePayload', message: { role: 'USER', text: 'Any news?' } };

const WRITTEN: Readonly<Record<AccountName, unknown>> = {
  // Whose message it is, is filled in; by which integration it comes in is for its operator to say.
  website: { __typename: 'InvalidInputError', issues: [{ path: 'botpress.integrationId' }] },
  help: SAID,
  assistant: SAID,
  support: { __typename: 'ForbiddenError' },
};

describe.each(['help', 'assistant'] as const)('a conversation begun at %s', (account) => {
  it('is that of whoever began it, and what was said in it can be read', async () => {
    const { ask, nativeId, world } = await scene(account);

    const { data, errors } = await ask(
      `mutation ($input: CreateConversationInput!) { createConversation(input: $input) {
        __typename ... on CreateConversationPayload { conversation {
          nativeId contact { id } messages(first: 5) { nodes { text } }
        } }
      } }`,
      { input: { provider: account, message: 'Hello?' } },
      AS_THEM,
    );

    expect(errors).toEqual([]);
    const begun = at(data, 'createConversation.conversation');
    const contact = encodeId({ type: 'Contact', provider: providerName(account), nativeId });
    expect(at(begun, 'contact.id')).toBe(contact);
    expect(listAt(begun, 'messages.nodes').map((node) => at(node, 'text'))).toContain('Hello?');
    expect(ownersAt(world, account).get(textAt(begun, 'nativeId'))).toEqual([nativeId]);
  });
});

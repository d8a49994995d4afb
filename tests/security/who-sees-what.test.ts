// Every field of the schema and every kind of caller, over every transport: who sees what.

import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../schema/index.ts';
import { providerName } from '../../src/domain/ids.ts';
import { at } from '../support/answer.ts';
import { CLASSES, type Class } from './fields.ts';
import {
  ACCOUNT_NAMES,
  type AccountName,
  CALLERS,
  type CallerName,
  FOREIGN,
  type Line,
  lineTo,
  OWN,
  openHouse,
  TRANSPORTS,
} from './house.ts';
import {
  conversationId,
  encodeMessage,
  fieldsOf,
  idsAt,
  inputOf,
  isBelow,
  MUTATIONS,
  may,
  messageId,
  mutationOf,
  PROBES,
  pascal,
  providerId,
  toldTo,
} from './probes.ts';
import { type Seen, seenIn } from './selections.ts';

/** A thousand answers are read through field by field, on a machine that may be busy with more. */
const BUSY_MS = 60_000;

it('says of every field of the schema who sees it', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) && !type.name.startsWith('__')
      ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
      : [],
  );

  expect([...CLASSES.keys()].toSorted()).toEqual(fields.toSorted());
});

describe.each(TRANSPORTS)('over %s', (transport) => {
  it(
    'a question shows each caller what is theirs to see, whichever way it is asked',
    async () => {
      const house = await openHouse();
      const all = new Map<string, ReadonlyMap<string, Seen>>();
      const ask = async (caller: CallerName, account: AccountName) => {
        const line = lineTo(house.url, transport, caller);
        const answers = await Promise.all(
          PROBES.map(async ({ name, query }) => ({
            key: `${account} ${name}`,
            answer: await line.ask(query, idsAt(account)),
          })),
        );
        return answers;
      };
      for (const account of ACCOUNT_NAMES) {
        for (const { key, answer } of await ask('everything', account)) {
          expect({ key, errors: at(answer, 'errors') }).toEqual({ key, errors: undefined });
          all.set(key, seenIn(answer));
        }
      }
      expect(fieldsSeen([...all.values()])).toEqual(fieldsOf(['open', 'desk', 'raw', 'admin']));

      const wrong: string[] = [];
      for (const caller of namesOfCallers()) {
        const seen: ReadonlyMap<string, Seen>[] = [];
        const accounts = askedBy(caller);
        for (const account of accounts) {
          for (const { key, answer } of await ask(caller, account)) {
            const own = seenIn(answer);
            seen.push(own);
            if (!may(caller, 'read')) wrong.push(...notRefused(caller, key, answer));
            for (const [field, got] of own) {
              const wanted = wantedOf(caller, field);
              const isWrong = all.get(key)?.get(field) === 'seen' && wanted && got !== wanted;
              if (accounts.length === 1 && isElsewhere(account, field)) continue;
              if (isWrong) wrong.push(`${caller}: ${key}: ${field} is ${got}, and not ${wanted}`);
            }
          }
        }
        const missing = fieldsOf(['open', 'desk', 'raw', 'admin']).filter(
          (field) =>
            wantedOf(caller, field) === 'seen' && !seen.some((one) => one.get(field) === 'seen'),
        );
        const isHad = (field: string) => accounts.some((one) => !isElsewhere(one, field));
        const own = missing.filter(isHad);
        wrong.push(...own.map((field) => `${caller}: ${field} is nowhere to be seen`));
      }
      expect(wrong).toEqual([]);
    },
    BUSY_MS,
  );

  it('a write is done for whoever may write it, and says what may be known of it', async () => {
    const house = await openHouse();
    const wrong: string[] = [];
    const seen: ReadonlyMap<string, Seen>[] = [];
    for (const caller of namesOfCallers()) {
      const [account = 'website'] = accountsOf(caller);
      const line = lineTo(house.url, transport, caller);
      for (const mutation of MUTATIONS) {
        const input = inputOf(house, mutation, account);
        const before = house.services[account].changed.length;
        const answer = await line.ask(mutationOf(mutation), { input });
        const type = at(answer, 'data.result.__typename');
        const isDone = mayWrite(caller, mutation);
        if (type !== (isDone ? `${pascal(mutation)}Payload` : 'ForbiddenError')) {
          wrong.push(`${caller}: ${mutation}: ${JSON.stringify(answer)}`);
        }
        if (!isDone && house.services[account].changed.length > before) {
          wrong.push(`${caller}: ${mutation}: something was changed`);
        }
        if (!isDone) continue;
        const own = seenIn(answer);
        seen.push(own);
        for (const [field, got] of own) {
          const isAfter = CLASSES.get(field) === 'read after' && !may(caller, 'read');
          const wanted = CLASSES.get(field) === 'errors' ? 'empty' : isAfter ? 'refused' : 'seen';
          if (!isBelow(field) && got !== wanted) wrong.push(`${caller}: ${field} is ${got}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(fieldsSeen(seen, ['written', 'read after'])).toEqual(
      fieldsOf(['written', 'read after']),
    );
  });

  it('what is not theirs is answered as what never was', async () => {
    const house = await openHouse();
    const wrong: string[] = [];
    for (const caller of namesOfCallers().filter((one) => may(one, 'read'))) {
      const own = accountsOf(caller);
      const asked = ACCOUNT_NAMES.flatMap((account) => {
        const isHad = own.includes(account);
        const rows = [OWN, FOREIGN].flatMap((nativeId) => {
          const isTheirs = isHad && (!isCustomer(caller) || nativeId === OWN);
          // Of an account that is theirs a conversation that never was, else an account.
          const [where, which] = isHad ? [account, 'nothing'] : ['nobody', nativeId];
          const never = (said: string) =>
            said.replaceAll(where, account).replaceAll(which, nativeId);
          return [
            {
              id: conversationId(account, nativeId),
              isTheirs,
              as: conversationId(where, which),
              never,
            },
            { id: messageId(account, nativeId), isTheirs, as: messageId(where, which), never },
          ];
        });
        const never = (said: string) => said;
        const note = encodeMessage(account, OWN, `${OWN}-m0`);
        return [
          ...rows,
          { id: providerId(account), isTheirs: isHad, as: providerId('nobody'), never },
          { id: note, isTheirs: isHad && !isCustomer(caller), as: note, never },
        ];
      });
      const line = lineTo(house.url, transport, caller);
      const shown = await nodesOf(
        line,
        asked.map(({ id }) => id),
      );
      const absent = await nodesOf(
        line,
        asked.map(({ as }) => as),
      );
      for (const [index, { id, isTheirs, never }] of asked.entries()) {
        const { isThere, said } = shown[index] ?? {};
        const asIf = never(absent[index]?.said ?? '');
        if (isThere !== isTheirs) wrong.push(`${caller}: ${atob(id)}`);
        if (!isTheirs && said !== asIf) wrong.push(`${caller}: ${said}, and not ${asIf}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe.each(['SSE', 'WebSocket'] as const)('over %s', (transport) => {
  it('whoever may read is told what happens in what is theirs', async () => {
    const house = await openHouse();
    const wrong: string[] = [];
    for (const caller of namesOfCallers()) {
      const [account = 'website'] = accountsOf(caller);
      const told = await toldTo(house, { transport, caller, account });
      if (!may(caller, 'read')) {
        wrong.push(...told.flatMap((answer) => notRefused(caller, 'a subscription', answer)));
        continue;
      }
      const own = told.map(seenIn);
      const seen = fieldsSeen(own, ['told']);
      const missing = fieldsOf(['told']).filter((field) => !seen.includes(field));
      wrong.push(...missing.map((field) => `${caller}: ${field} is not told`));
    }
    expect(wrong).toEqual([]);
  });
});

/** Each by itself, in one operation. */
async function nodesOf(line: Line, ids: readonly string[]) {
  const nodes = ids.map((id, index) => `n${index}: node(id: "${id}") { id }`);
  const answer = await line.ask(`{ ${nodes.join(' ')} }`);
  const errors = at(answer, 'errors');
  return ids.map((id, index) => {
    const own = (Array.isArray(errors) ? errors : []).filter(
      (error) => at(error, 'path.0') === `n${index}`,
    );
    const said = own.map((error) => [at(error, 'message'), at(error, 'extensions')]);
    return { isThere: at(answer, `data.n${index}.id`) === id, said: JSON.stringify(said) };
  });
}

const CUSTOMERS_WRITE: ReadonlySet<string> = new Set([
  'sendMessage',
  'createConversation',
  'getOrCreateConversation',
  'requestReply',
  'rateMessage',
]);

function mayWrite(caller: CallerName, mutation: string): boolean {
  if (!isCustomer(caller)) return may(caller, 'write');
  // Nobody can write as the person outside there.
  const isMute = caller === 'customer-at-support' && mutation === 'sendMessage';
  return CUSTOMERS_WRITE.has(mutation) && !isMute;
}

function isCustomer(caller: CallerName): boolean {
  return CALLERS[caller].contact !== null;
}

function wantedOf(caller: CallerName, field: string): Seen | undefined {
  const sees = (scope: 'raw' | 'admin', otherwise: Seen): Seen =>
    isCustomer(caller) ? 'empty' : may(caller, scope) ? 'seen' : otherwise;
  switch (CLASSES.get(field)) {
    case 'open':
      return may(caller, 'read') ? 'seen' : 'refused';
    case 'desk':
      return isCustomer(caller) ? 'empty' : may(caller, 'read') ? 'seen' : 'refused';
    case 'raw':
      return may(caller, 'read') ? sees('raw', 'refused') : 'refused';
    case 'admin':
      return may(caller, 'read') ? sees('admin', 'empty') : 'refused';
    default:
      return undefined;
  }
}

function namesOfCallers(): CallerName[] {
  const customers = ACCOUNT_NAMES.map((account) => `customer-at-${account}` as const);
  return ['nothing', 'reader', 'writer', 'raw', 'admin', 'one-account', 'everything', ...customers];
}

function accountsOf(caller: CallerName): readonly AccountName[] {
  const { contact, providers } = CALLERS[caller];
  return ACCOUNT_NAMES.filter(
    (name) =>
      (contact === null || contact.provider === name) &&
      (providers === 'all' || providers.has(providerName(name))),
  );
}

/** Nothing but that it takes the scope. */
function notRefused(caller: CallerName, key: string, answer: unknown): string[] {
  const errors = at(answer, 'errors') ?? at(answer, 'data.result');
  const isRefused =
    Array.isArray(errors) &&
    errors.every(
      (error) =>
        at(error, 'extensions.code') === 'FORBIDDEN' &&
        String(at(error, 'message')).includes('`read`'),
    );
  const isNothing = Object.values(Object(at(answer, 'data') ?? {})).every(
    (value) => value === null,
  );
  return isRefused && isNothing ? [] : [`${caller}: ${key}: ${JSON.stringify(answer)}`];
}

function fieldsSeen(
  all: readonly ReadonlyMap<string, Seen>[],
  classes: readonly Class[] = ['open', 'desk', 'raw', 'admin'],
): string[] {
  const fields = all.flatMap((one) =>
    [...one].flatMap(([field, how]) => (how === 'seen' ? field : [])),
  );
  return [...new Set(fields)]
    .filter((field) => classes.includes(CLASSES.get(field) ?? 'root'))
    .toSorted();
}

/** Whether a field says something at other accounts only. */
function isElsewhere(account: AccountName, field: string): boolean {
  const isOfRow = account === 'website' && /^(Contact\.|Conversation\.contact)/.test(field);
  const [native] = /^(Botpress|Chatling|ChatBotKit|StackAuth|Generic)/.exec(field) ?? [];
  return isOfRow || (native !== undefined && native !== NATIVES[account]);
}

const NATIVES: Readonly<Record<AccountName, string>> = {
  website: 'Botpress',
  help: 'Chatling',
  assistant: 'ChatBotKit',
  support: 'StackAuth',
  notebook: 'Generic',
};

/** At each of theirs; those who differ by a scope alone, at one. */
function askedBy(caller: CallerName): readonly AccountName[] {
  const differ: readonly CallerName[] = ['nothing', 'writer', 'raw', 'admin'];
  return differ.includes(caller) ? ['help'] : accountsOf(caller);
}

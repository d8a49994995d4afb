// Who acts: the bot, or an integration installed in it. Two headers decide, and with them the direction of a message.

import type { Issue } from '../../domain/failure.ts';
import type { BotpressIdentity } from '../../domain/native.ts';

/** The account's own: what reads act as, and writes that name nobody else. */
export function ownIdentity({ integrationId, integrationAlias }: BotpressIdentity): Identity {
  return { id: integrationId, alias: integrationAlias };
}

/** What a call names wins over the account's own. */
export function actingIdentity(
  account: BotpressIdentity,
  named: BotpressIdentity | undefined,
): Identity {
  const id = named?.integrationId ?? account.integrationId;
  // An alias tells installations of one integration apart: it means nothing beside another's id.
  const kept = id === account.integrationId ? account.integrationAlias : undefined;
  return { id, alias: named?.integrationAlias ?? kept };
}

export interface Identity {
  readonly id: string | undefined;
  readonly alias: string | undefined;
}

export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.id === other.id && one.alias === other.alias;
}

export function identityHeaders({ id, alias }: Identity): Record<string, string> {
  return {
    ...(id === undefined ? {} : { 'x-integration-id': id }),
    ...(alias === undefined ? {} : { 'x-integration-alias': alias }),
  };
}

/** A header cannot carry everything that a client can write. */
export function identityIssues(named: BotpressIdentity | undefined): Issue[] {
  return (['integrationId', 'integrationAlias'] as const).flatMap((field) => {
    const value = named?.[field];
    if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return [];
    const message = 'must be letters, digits and signs without spaces; copy it from Botpress.';
    return [{ path: `botpress.${field}`, message }];
  });
}

// What a verified token says of whoever presents it, as a caller. What is there and not understood grants nothing.

import { type Caller, type ContactOf, SCOPES, type Scope } from '../domain/caller.ts';
import { type ProviderName, providerName } from '../domain/ids.ts';

/** What the claims are called. */
export interface ClaimNames {
  readonly scopes: string;
  readonly providers: string;
  readonly contact: string;
}

export type Read =
  | { readonly ok: true; readonly caller: Caller }
  /** A sentence for whoever presented it. It names claims and repeats none. */
  | { readonly ok: false; readonly said: string };

export function callerIn(
  payload: Readonly<Record<string, unknown>>,
  id: string,
  names: ClaimNames,
): Read {
  const contact = contactIn(payload[names.contact]);
  if (contact === undefined) {
    return refused(`its claim \`${names.contact}\` must be { provider, id }, both text`);
  }
  const scopes = scopesIn(payload[names.scopes], contact);
  if (scopes.size === 0) {
    const wanted = contact ? 'read or write' : SCOPES.join(', ');
    return refused(`its claim \`${names.scopes}\` must name some of ${wanted}`);
  }
  const providers = providersIn(payload[names.providers], contact);
  if (providers === undefined) {
    const instead = contact ? ', or be left out' : '';
    return refused(
      `its claim \`${names.providers}\` must be a list of names of accounts, or "all"${instead}`,
    );
  }
  if (contact && providers !== 'all' && !providers.has(contact.provider)) {
    return refused(
      `the account of its claim \`${names.contact}\` must be among those of \`${names.providers}\``,
    );
  }
  return { ok: true, caller: { id, scopes, providers, contact } };
}

/** An end user has no use for what is for operators, whatever their token says. */
const OF_A_CONTACT: readonly Scope[] = ['read', 'write'];

/** Null where it is confined to none; undefined where it is meant to be, and cannot be told to whom. */
function contactIn(claim: unknown): ContactOf | null | undefined {
  if (claim === undefined) return null;
  if (typeof claim !== 'object' || claim === null) return undefined;
  if (!('provider' in claim) || !('id' in claim)) return undefined;
  const { provider, id } = claim;
  if (!isText(provider) || !isText(id)) return undefined;
  return { provider: providerName(provider), nativeId: id };
}

/** Words of others, such as `openid`, are nobody's business here. */
function scopesIn(claim: unknown, contact: ContactOf | null): Set<Scope> {
  const words = typeof claim === 'string' ? claim.split(' ') : claim;
  if (!Array.isArray(words)) return new Set();
  return new Set((contact ? OF_A_CONTACT : SCOPES).filter((scope) => words.includes(scope)));
}

function providersIn(
  claim: unknown,
  contact: ContactOf | null,
): ReadonlySet<ProviderName> | 'all' | undefined {
  if (claim === undefined) return contact ? new Set([contact.provider]) : undefined;
  if (claim === 'all') return 'all';
  if (!Array.isArray(claim) || claim.length === 0 || !claim.every(isText)) return undefined;
  return new Set(claim.map(providerName));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function refused(complaint: string): Read {
  return { ok: false, said: `This token grants nothing here: ${complaint}.` };
}

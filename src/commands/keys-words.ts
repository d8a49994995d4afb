// What is typed after `parlance keys create`, and what a key made of it is good for. Nothing is taken for granted.

import { nearest } from '../config/nearest.ts';
import { SCOPES, type Scope } from '../domain/caller.ts';
import type { KeyRecord } from '../security/key-file.ts';

export interface Words {
  readonly name?: string | undefined;
  readonly scopes?: string | undefined;
  readonly providers?: string | undefined;
  readonly contact?: string | undefined;
  readonly expires?: string | undefined;
}

export type Grant = Pick<KeyRecord, 'name' | 'scopes' | 'providers' | 'contact' | 'expiresAt'>;

export type GrantRead =
  | { readonly ok: true; readonly grant: Grant }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** `accounts`: the names the config has. */
export function readGrant(words: Words, accounts: readonly string[], nowMs: number): GrantRead {
  const mistakes: string[] = [];
  const note = (sentence: string) => {
    mistakes.push(sentence);
    return undefined;
  };

  const name = words.name?.trim() ?? '';
  if (!/^\P{C}{1,100}$/u.test(name)) {
    note(
      '--name is missing: say what the key is for, in 100 characters at most, such as --name "CI".',
    );
  }
  const contact = words.contact === undefined ? null : contactIn(words.contact);
  const scopes = scopesIn(words.scopes, contact !== null);
  const providers = providersIn(words.providers);
  const expiresAt = words.expires === undefined ? null : momentIn(words.expires);

  function scopesIn(text: string | undefined, confined: boolean): Scope[] {
    const known = confined ? SCOPES.filter((one) => one === 'read' || one === 'write') : SCOPES;
    const list = known.join(', ');
    const named = listed(text);
    if (named.length === 0) {
      note(`--scopes is missing: say what the key may do, some of ${list}, such as --scopes read.`);
      return [];
    }
    return named.flatMap((said) => {
      const scope = known.find((one) => one === said);
      if (scope) return [scope];
      const because = confined ? ' for a key that is confined to a contact' : '';
      note(`--scopes: ${said} is no scope${because}. ${meant(said, known, list)}`);
      return [];
    });
  }

  function providersIn(text: string | undefined): string[] | 'all' {
    const list = `${accounts.join(', ')}, or all`;
    const names = listed(text);
    if (names.length === 0) {
      note(`--providers is missing: say which accounts there are for the key: ${list}.`);
      return [];
    }
    if (text === 'all') return 'all';
    for (const said of names) {
      if (!accounts.includes(said)) {
        note(`--providers: the config has no account ${said}. ${meant(said, accounts, list)}`);
      }
    }
    return names;
  }

  function contactIn(text: string) {
    // Ids of contacts may have colons in them, names of accounts have none.
    const [, provider = '', id = ''] = /^([^:]+):(.+)$/s.exec(text) ?? [];
    if (id === '') {
      note(
        '--contact is to name an account and the id of a contact there, such as --contact website:user_1.',
      );
    } else if (!accounts.includes(provider)) {
      const list = accounts.join(', ');
      note(`--contact: the config has no account ${provider}. ${meant(provider, accounts, list)}`);
    }
    return { provider, id };
  }

  function momentIn(text: string): string | null {
    const [, count = '', unit = ''] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
    const unitMs = UNITS_MS.get(unit);
    if (unitMs === undefined) {
      note('--expires is to be a time from now: 12h, 90d or 8w.');
      return null;
    }
    return new Date(nowMs + Number(count) * unitMs).toISOString();
  }

  if (
    contact &&
    providers !== 'all' &&
    contact.id !== '' &&
    !providers.includes(contact.provider)
  ) {
    note(`--providers must name ${contact.provider} too, where the contact is.`);
  }
  return mistakes.length > 0
    ? { ok: false, mistakes }
    : { ok: true, grant: { name, scopes, providers, contact, expiresAt } };
}

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

function listed(text = ''): string[] {
  return [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '');
}

function meant(said: string, known: readonly string[], list: string): string {
  const near = nearest(said, known);
  return near ? `Write ${near} if that was meant, else some of ${list}.` : `Write some of ${list}.`;
}

// Who asks: what they may do, and whose conversations there are for them.

import type { Failure } from './failure.ts';
import type { ProviderName } from './ids.ts';

/**
 * `read`: queries and subscriptions. `write`: mutations. `raw`: the providers' own objects as they came. `admin`: what is
 * for who runs the gateway, its metrics among it.
 */
export const SCOPES = ['read', 'write', 'raw', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Caller {
  /** The same for all their keys and tokens of one name: of a key its id, of a JWT its issuer and subject. */
  readonly id: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The accounts there are for them; any other is as one that does not exist. */
  readonly providers: ReadonlySet<ProviderName> | 'all';
  /** Of an end user, who sees their own conversations at one provider, and writes as themselves; null of anybody else. */
  readonly contact: ContactOf | null;
}

export interface ContactOf {
  readonly provider: ProviderName;
  /** The provider's own id of the contact. */
  readonly nativeId: string;
}

/** Where nobody has to sign in. */
export const ANYONE: Caller = {
  id: 'anyone',
  scopes: new Set(SCOPES),
  providers: 'all',
  contact: null,
};

/** Why they may not do what takes this scope; undefined where they have it. */
export function lacking({ scopes }: Caller, scope: Scope): Failure | undefined {
  if (scopes.has(scope)) return undefined;
  const said = `This takes the scope \`${scope}\`, which you do not have; ask whoever runs this gateway for it.`;
  return { kind: 'not-allowed', said };
}

// The section auth: how it is known who asks, and where it may not be missing.

import { resolve } from 'node:path';
import type { AuthConfig, Config, ProviderConfig } from './config.ts';
import { isUrl } from './fields.ts';
import { isLoopback } from './loopback.ts';
import { isMapping } from './mapping.ts';
import { type Mistake, mistake, mistakesOf } from './mistake.ts';
import { auth } from './shapes.ts';

/** Its files begin at this folder, that of the config. */
export function readAuth(
  given: unknown,
  folder: string,
): { readonly value?: AuthConfig; readonly mistakes: readonly Mistake[] } {
  if (given === undefined) return { mistakes: [] };
  if (!isMapping(given)) return wrong(`must be a mapping: ${WAYS}, or both`);
  if (given['keys'] === undefined && given['jwt'] === undefined) {
    return wrong(`lets nobody in: ${WAYS}, or both`);
  }
  const read = auth.safeParse(given);
  if (!read.success) return { mistakes: mistakesOf(read.error, ['auth']) };
  const { keys, jwt } = read.data;
  return {
    value: {
      ...(keys === undefined ? {} : { keys: resolve(folder, keys) }),
      ...(jwt && {
        jwt: {
          ...jwt,
          jwks: isUrl(jwt.jwks) ? { url: jwt.jwks } : { file: resolve(folder, jwt.jwks) },
        },
      }),
    },
    mistakes: [],
  };
}

/** A sentence where whoever reaches the gateway could act as a real account; undefined where all is well. */
export function missingSignIn({ providers, auth: said }: Config): string | undefined {
  if (said) return undefined;
  const real = providers.filter((account) => !isEmulated(account)).map(({ name }) => name);
  if (real.length === 0) return undefined;
  return `auth is missing: whoever reaches this gateway could act as ${real.join(', ')}, so write \`auth: { keys: ./parlance.keys.json }\` and make a key with \`parlance keys create\`.`;
}

function isEmulated(account: ProviderConfig): boolean {
  const url = account.kind === 'generic' ? (account.url ?? account.definition.origin) : account.url;
  return url !== undefined && isLoopback(url);
}

const WAYS = 'give it `keys: ./parlance.keys.json`, or `jwt: { issuer: …, audience: …, jwks: … }`';

function wrong(complaint: string) {
  return { mistakes: [mistake(['auth'], complaint)] };
}

// Whether a credential is in something that left a gateway, or was about to: looked for in plain, in addresses, in base64. Every
// test that drives one looks through what it wrote.

import { inspect } from 'node:util';
import type { Credentials } from '../../emulators/world.ts';

/** What opens something, of a world. */
export function secretsOf({
  botpress,
  chatling,
  chatbotkit,
  pinkfish,
  stackAuth,
}: Credentials): string[] {
  return [
    botpress.token,
    chatling.token,
    chatbotkit.secret,
    pinkfish.clientSecret,
    stackAuth.accessToken,
    stackAuth.refreshToken,
  ];
}

/** The places of those that are there, none where it is clean: what a test prints of it is no leak again. */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) =>
    dresses(secret)
      .filter((dress) => text.includes(dress))
      .map((dress) => {
        const at = text.indexOf(dress);
        return `…${text.slice(Math.max(0, at - 80), at)}«${secret.slice(0, 4)}…»`;
      }),
  );
}

/** All of a value, however deep, as text. */
export function allOf(value: unknown): string {
  return inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null });
}

/** Throws where there are any. */
export function expectClean(what: string, text: string, secrets: readonly string[]): void {
  const leaks = leaksIn(text, secrets);
  if (leaks.length > 0) throw new Error(`a credential is in ${what}: ${leaks.join(' ')}`);
}

function dresses(secret: string): string[] {
  const whole = Buffer.from(secret).toString('base64');
  // Less what depends on what stands behind it.
  return [secret, encodeURIComponent(secret), whole.slice(0, whole.length - 4)];
}

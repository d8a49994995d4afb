// What every answer tells a browser not to do with it.

import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export function setSecurityHeaders(
  response: ServerResponse,
  { hsts }: { readonly hsts: boolean },
): void {
  for (const [name, value] of Object.entries(ALWAYS)) response.setHeader(name, value);
  if (hsts) response.setHeader('strict-transport-security', 'max-age=31536000');
}

/** Only what is written in the page itself runs, by its hash, and it reaches nobody but this server. */
export function policyOf(html: string): string {
  const scripts = [...html.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')}`,
    // The editor writes styles while it runs.
    "style-src 'unsafe-inline'",
    'font-src data:',
    "img-src 'self' data:",
    'worker-src blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Of an answer that is no page: should a browser ever take it for one, it does nothing. */
const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

// A secret is told to whoever asks for it by name, and to nobody else.

import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { secret } from '../../src/config/secret.ts';
import { configOf, folderWith, loadYaml } from './folder.ts';

const HIDDEN = 'sk-very-hidden';

describe('a secret', () => {
  it('is revealed on demand', () => {
    expect(secret(HIDDEN).reveal()).toBe(HIDDEN);
  });

  it.each([
    ['as text', () => String(secret(HIDDEN))],
    ['in a sum', () => ['', secret(HIDDEN)].join('')],
    ['as JSON', () => JSON.stringify(secret(HIDDEN))],
    ['inspected', () => inspect(secret(HIDDEN))],
    ['inspected within', () => inspect({ in: [secret(HIDDEN)] }, { depth: 9, showHidden: true })],
    ['inspected as a plain object', () => inspect(secret(HIDDEN), { customInspect: false })],
    ['formatted', () => format('%s %o %j', secret(HIDDEN), secret(HIDDEN), secret(HIDDEN))],
    ['spread', () => JSON.stringify({ ...secret(HIDDEN) })],
  ])('is not told %s', (_how, print) => {
    expect(print()).not.toContain(HIDDEN);
  });

  it('says that something was left out', () => {
    expect(String(secret(HIDDEN))).toBe('«redacted»');
    expect(JSON.stringify({ token: secret(HIDDEN) })).toBe('{"token":"«redacted»"}');
    expect(inspect(secret(HIDDEN))).toBe('«redacted»');
  });
});

describe('a loaded config', () => {
  const yaml = `
providers:
  website: { kind: botpress, token: ${HIDDEN}-1, botId: b, webhookSecret: ${HIDDEN}-2 }
  help: { kind: chatling, token: ${HIDDEN}-3, chatbotId: c }
  assistant: { kind: chatbotkit, secret: ${HIDDEN}-4 }
  partner: { kind: chatbotkit, via: pinkfish, clientId: i, clientSecret: ${HIDDEN}-8, orgId: o, pcid: p }
  support: { kind: stack-auth, projectId: p, publishableClientKey: k, refreshToken: ${HIDDEN}-5, accessToken: ${HIDDEN}-6 }
server: { cursorSecret: ${HIDDEN}-7 }
`;

  it('prints none of its secrets', async () => {
    const config = configOf(await loadYaml(yaml));

    const printed = [JSON.stringify(config), inspect(config, { depth: 9 }), format('%o', config)];

    for (const text of printed) {
      expect(text).not.toContain(HIDDEN);
      expect(text.match(/«redacted»/g)).toHaveLength(8);
    }
  });

  it('gives each secret to whoever reveals it', async () => {
    const config = configOf(await loadYaml(yaml));

    expect(revealedIn(config)).toEqual([1, 2, 3, 4, 8, 5, 6, 7].map((end) => `${HIDDEN}-${end}`));
  });
});

describe('a mistake', () => {
  const files: [string, string][] = [
    ['a token of the wrong shape', `providers: { a: { kind: chatbotkit, secret: [${HIDDEN}] } }`],
    ['a token with a space', `providers: { a: { kind: chatbotkit, secret: "${HIDDEN} x" } }`],
    [
      'a token with an open reference',
      `providers: { a: { kind: chatbotkit, secret: '${HIDDEN}\${' } }`,
    ],
    ['a token in place of the kind', `providers: { a: { kind: ${HIDDEN} } }`],
    ['a token in place of a provider', `providers: { a: ${HIDDEN} }`],
    ['a token in place of everything', HIDDEN],
    ['a token grown onto its key', `providers: { a: { kind: chatbotkit, secret:${HIDDEN} } }`],
    ['a token grown onto a wrong key', `providers: { a: { kind: chatbotkit, xx:${HIDDEN}: 1 } }`],
    ['a token grown onto a key of the file', `{ token:${HIDDEN}: 1 }`],
    ['a token without a key', `providers: { a: { kind: chatbotkit, ${HIDDEN} } }`],
    [
      'a password in a url',
      `providers: { a: { kind: chatbotkit, secret: s, url: 'http://u:${HIDDEN}@h' } }`,
    ],
    ['a secret where a number belongs', `server: { port: ${HIDDEN} }`],
    ['an unclosed quote', `providers: { a: { kind: chatbotkit, secret: "${HIDDEN}`],
    ['an unknown escape', `providers: { a: { secret: "\\${HIDDEN}" } }`],
    ['an unset alias', `providers: *${HIDDEN}`],
  ];

  it.each(files)('about %s does not repeat it', async (_what, text) => {
    const result = await loadYaml(text);

    expect(result.ok).toBe(false);
    expect(inspect(result, { depth: 9 })).not.toContain('hidden');
  });

  it.each([
    ['parlance.config.json', `{ "providers": { "a": { "secret": ${HIDDEN} } } }`],
    ['parlance.config.json', `{ "providers": { "a": "${HIDDEN}", } }`],
    ['parlance.config.ts', `export default { token: '${HIDDEN}' oops }`],
    ['parlance.config.ts', `const a: any = '${HIDDEN}'; export default { token: '${HIDDEN}'.x.y }`],
    ['parlance.config.ts', `throw new Error('${HIDDEN}')`],
    ['parlance.config.ts', `export const token = '${HIDDEN}'`],
  ])('about a broken %s does not repeat what it holds: %#', async (name, text) => {
    const result = await loadConfig({ environment: {}, cwd: await folderWith({ [name]: text }) });

    expect(result.ok).toBe(false);
    expect(inspect(result, { depth: 9 })).not.toContain('hidden');
  });

  it('about the environment does not repeat it', async () => {
    const environment = {
      PORT: HIDDEN,
      HOST: `http://${HIDDEN}`,
      LOG_LEVEL: HIDDEN,
      T: `${HIDDEN} x`,
    };
    const result = await loadYaml(
      'providers: { a: { kind: chatbotkit, secret: "${T}" } }',
      environment,
    );

    expect(result).toMatchObject({ ok: false, mistakes: { length: 4 } });
    expect(inspect(result, { depth: 9 })).not.toContain('hidden');
  });
});

/** In the order the file gave them. */
function revealedIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('reveal' in value && typeof value.reveal === 'function') return [value.reveal()];
  return Object.values(value).flatMap(revealedIn);
}

// What the README shows is what a reader gets: its questions are asked, its config is loaded, its tables are compared.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { examplesIn, withAnswers, withParts } from '../../docs/marked-parts.ts';
import { openStoppedSandbox, STOPPED_AT } from '../../docs/stopped-sandbox.ts';
import { partsFromTables } from '../../docs/verb-tables.ts';
import { isKind, KINDS, log, server, shapeOf } from '../../src/config/shapes.ts';
import { configOf, loadYaml } from '../config/folder.ts';
import { at, listAt, textAt } from '../support/answer.ts';
import { startParlance } from '../support/parlance.ts';

const ROOT = new URL('../../', import.meta.url);
const readme = await readFile(new URL('README.md', ROOT), 'utf8');

const EXAMPLES = examplesIn(readme).map((example) => ({
  ...example,
  field: /\w+(?=\()/.exec(example.query)?.[0],
}));

const TITLES = ['Botpress', 'Chatling', 'ChatBotKit', 'ChatBotKit via Pinkfish', 'Stack Auth'];

describe('the examples', () => {
  it('are a question, a change and a refusal', () => {
    expect(EXAMPLES.map(({ field }) => field)).toEqual([
      'conversations',
      'updateConversation',
      'deleteConversation',
    ]);
  });

  it.each(EXAMPLES)('are answered as shown: $field', async ({ query, answer }) => {
    const clock = () => STOPPED_AT.getTime();
    const { ask } = await startParlance({ clock });

    const { status, data, errors } = await ask(query);

    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect({ data }).toEqual(JSON.parse(answer));
  });

  it('change the same conversation on any day', async () => {
    const [, change] = EXAMPLES;
    const { ask, world } = await startParlance();

    const { data } = await ask(change?.query ?? '');

    expect(data).toEqual(at(JSON.parse(change?.answer ?? ''), 'data'));
    expect(
      [...world.stackAuth.store.conversations.values()].filter(
        ({ subject }) => subject === 'Notebook gone',
      ),
    ).toMatchObject([{ status: 'closed' }]);
  });
});

describe('the parts that are written by the code', () => {
  it.each(['README.md', 'docs/providers.md'])(
    'stand in %s as `npm run docs` writes them',
    async (path) => {
      const written = await readFile(new URL(path, ROOT), 'utf8');
      const { providers, close } = await openStoppedSandbox('everybody');
      await close();
      const answers = new Map(
        examplesIn(written).map(({ query, answer }): [string, unknown] => [
          query,
          JSON.parse(answer),
        ]),
      );

      const parts = withParts(written, partsFromTables(providers));
      const rewritten = await withAnswers(parts, async (query) => answers.get(query));

      expect(rewritten).toBe(written);
    },
  );

  it('tell of each provider and verb what the gateway tells its clients', async () => {
    const { ask } = await startParlance({ count: 1, partner: true });
    const { data } = await ask('{ providers { capabilities { verb support } } }');
    const told = listAt(data, 'providers').map((provider) =>
      listAt(provider, 'capabilities').map((capability) => [
        textAt(capability, 'verb'),
        textAt(capability, 'support').toLowerCase().replace('none', '–'),
      ]),
    );

    const [titles, ...rows] = tableAfter('## What each provider can do');

    expect(titles?.slice(1)).toEqual(TITLES);
    for (const column of TITLES.keys()) {
      const shown = rows.map((cells) => [cells[0]?.replaceAll('`', ''), cells[column + 1]]);
      expect(shown).toEqual(told[column]);
    }
  });
});

describe('the config for real accounts', () => {
  const yaml = /```yaml\n(# parlance\.config\.yaml\n[^]*?)```/.exec(readme)?.[1] ?? '';
  const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);

  it('loads once its variables are set, and has an account of every kind', async () => {
    const environment = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));

    const config = configOf(await loadYaml(yaml, environment));

    expect(config.kind).toBe('configured');
    expect(config.providers.map(({ kind }) => kind)).toEqual(KINDS);
  });

  it('may have an account that is reached through Pinkfish', async () => {
    const partner = /```yaml\n( {2}partner:\n[^]*?)```/.exec(readme)?.[1] ?? '';
    const variables = [...partner.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    const environment = Object.fromEntries(variables.map((name) => [name, `value-of-${name}`]));

    const { providers } = configOf(await loadYaml(`providers:\n${partner}`, environment));

    expect(variables).toHaveLength(4);
    expect(providers).toMatchObject([{ name: 'partner', kind: 'chatbotkit', via: 'pinkfish' }]);
  });

  it('is followed by where each of its values is found', () => {
    const [, ...rows] = tableAfter('## Your own accounts');

    const told = rows.map(([value = '']) => value.replaceAll('`', ''));

    expect(told.filter((value) => value !== 'aiModelId')).toEqual(names);
  });
});

describe('the settings', () => {
  it('are those there are, no more and no fewer', () => {
    const [, ...rows] = tableAfter('## Settings');
    const shared = ['kind', 'url', 'deadlineMs', 'replyDeadlineMs'];

    const told = rows.flatMap(([cell = '']) => {
      const kind = /^[\w-]+/.exec(cell)?.[0];
      const words = [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
      return kind ? words.map((word) => `${kind} ${word}`) : words;
    });

    expect(told.toSorted()).toEqual(
      [
        ...Object.keys(server.shape).map((key) => `server.${key}`),
        ...Object.keys(log.shape).map((key) => `log.${key}`),
        ...shared.map((key) => `providers.*.${key}`),
        'auth',
        'cache',
        'kinds',
        'limits',
        'metrics',
        'operations',
        'telemetry',
        ...KINDS.filter(isKind).flatMap((kind) =>
          [
            shapeOf({ kind }),
            ...(kind === 'chatbotkit' ? [shapeOf({ kind, via: 'pinkfish' })] : []),
          ]
            .flatMap((shape) => Object.keys(shape?.shape ?? {}))
            .filter((key) => !shared.includes(key))
            .map((key) => `${kind} ${key}`),
        ),
      ].toSorted(),
    );
  });

  it('have the defaults that are shown', async () => {
    const defaults = new Map(tableAfter('## Settings').map(([key, value]) => [key, value]));

    const {
      providers,
      server: served,
      log: logged,
    } = configOf(
      await loadYaml('providers: { help: { kind: chatling, token: t, chatbotId: "1" } }'),
    );

    expect(defaults.get('`server.port`')).toBe(`${served.port}`);
    expect(defaults.get('`server.host`')).toBe(served.host);
    expect(defaults.get('`log.level`')).toBe(logged.level);
    expect(defaults.get('`providers.*.deadlineMs`')).toBe(`${providers[0]?.deadlineMs}`);
    expect(defaults.get('`providers.*.replyDeadlineMs`')).toBe(`${providers[0]?.replyDeadlineMs}`);
  });
});

/** The first table below a heading, as rows of cells, without the line of dashes. */
function tableAfter(heading: string): string[][] {
  const section = readme.slice(readme.indexOf(`\n${heading}\n`));
  const [table = ''] = /(?:^\|.*\|\n)+/m.exec(section) ?? [];
  const rows = table
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.filter((_row, index) => index !== 1);
}

// What may be asked and by whom it is reached, as a config says it, and the file of operations that it names.

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { hashOf } from '../../src/server/bounds/operations.ts';
import { configOf, folderWith, loadYaml, messagesOf } from './folder.ts';

const PROVIDERS = 'providers: { a: { kind: chatbotkit, secret: s } }';
const QUERY = '{ __typename }';

async function load(section: string, file = JSON.stringify({ [hashOf(QUERY)]: QUERY })) {
  const cwd = await folderWith({
    'parlance.config.yaml': `${PROVIDERS}\n${section}`,
    'listed.json': file,
  });
  return loadConfig({ environment: {}, cwd });
}

describe('the section operations', () => {
  it('has the texts of its file by their hash', async () => {
    const { operations } = configOf(await load('operations: { file: ./listed.json, only: true }'));

    expect(operations?.only).toBe(true);
    expect([...(operations?.listed ?? [])]).toEqual([[hashOf(QUERY), QUERY]]);
  });

  it.each([
    [
      'operations: { file: ./other.json }',
      undefined,
      /operations\.file .*cannot be read: correct its path/,
    ],
    ['operations: { file: ./listed.json }', '{', /operations\.file .*is no JSON/],
    ['operations: { file: ./listed.json }', '[]', /operations\.file .*holds no mapping/],
    ['operations: { file: ./listed.json }', '{"abc": "{ __typename }"}', /abc….* not the SHA-256/],
    ['operations: {}', undefined, /operations\.file is missing/],
    ['operations: yes', undefined, /operations must be a mapping/],
    [
      'operations: { files: ./listed.json }',
      undefined,
      /operations\.files is not a setting: write file/,
    ],
    [
      'operations: { file: ./listed.json, only: maybe }',
      undefined,
      /operations\.only must be true or false/,
    ],
  ])('%s is told what to mend', async (section, file, said) => {
    expect(messagesOf(await load(section, file)).join('\n')).toMatch(said);
  });
});

describe('the section limits', () => {
  it('takes numbers and words that the environment gave', async () => {
    const text = `${PROVIDERS}\nlimits: { depth: "\${DEPTH}", introspection: "\${INTROSPECTION}" }`;

    const { limits } = configOf(await loadYaml(text, { DEPTH: '9', INTROSPECTION: 'false' }));

    expect(limits).toEqual({ depth: 9, introspection: false });
  });

  it.each([
    ['{ depth: 0 }', /limits\.depth must be a number: write a whole number from 1/],
    ['{ bodyBytes: 2000000 }', /limits\.bodyBytes must be .* to 1048576/],
    ['{ introspection: sometimes }', /limits\.introspection must be true or false/],
    ['{ deepness: 3 }', /limits\.deepness is not a setting/],
  ])('%s is told what to mend', async (section, said) => {
    const loaded = await loadYaml(`${PROVIDERS}\nlimits: ${section}`);

    expect(messagesOf(loaded).join('\n')).toMatch(said);
  });
});

describe('how a gateway is reached', () => {
  it('is by names and from origins, as browsers write them', async () => {
    const { server } = configOf(
      await loadYaml(
        `${PROVIDERS}\nserver: { hosts: [chat.example.com], origins: ["https://App.Example.com:443/"] }`,
      ),
    );

    expect(server).toMatchObject({
      hosts: ['chat.example.com'],
      origins: ['https://app.example.com'],
    });
  });

  it.each([
    ['{ origins: ["*"] }', /server\.origins\.0 must be an http or https origin/],
    ['{ origins: "https://app.example.com" }', /server\.origins must be a list/],
    ['{ hosts: ["https://chat.example.com"] }', /server\.hosts\.0 must be a host name/],
  ])('%s is told what to mend', async (section, said) => {
    const loaded = await loadYaml(`${PROVIDERS}\nserver: ${section}`);

    expect(messagesOf(loaded).join('\n')).toMatch(said);
  });
});

// What the command says without starting anything: how the accounts answer, what the schema is, and how it is used.

import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { configured, parlance, startedWorld } from '../support/command.ts';
import { leaksIn } from '../support/hostile.ts';
import { vacate } from '../support/vacant.ts';

describe('parlance check', () => {
  it('says of each account that it answers', async () => {
    const world = await startedWorld();
    const { environment, yaml } = configured(world);

    const { code, out, err } = await (
      await parlance(['check', '--config', 'mine.yaml'], {
        environment,
        files: { 'mine.yaml': yaml },
      })
    ).ended();

    expect([code, err]).toEqual([0, '']);
    expect(out.trim().split('\n')).toEqual([
      'site (botpress): answers.',
      'desk (chatling): answers.',
      'bot (chatbotkit): answers.',
      'team (stack-auth): answers.',
    ]);
  });

  it('says whether Redis answers, before the accounts, and why it does not', async () => {
    const world = await startedWorld();
    const { environment, yaml } = configured(world);
    const files = { 'parlance.config.yaml': `${yaml}redis: { url: \${REDIS}, prefix: 'check:' }` };
    const there = { ...environment, REDIS: inject('redisUrl') };
    const nowhere = { ...environment, REDIS: 'redis://:hush@127.0.0.1:1' };

    const good = await (await parlance(['check'], { environment: there, files })).ended();
    const bad = await (await parlance(['check'], { environment: nowhere, files })).ended();

    expect([good.code, sentencesIn(good.out)[0]]).toEqual([0, 'redis: answers.']);
    expect([bad.code, sentencesIn(bad.out).slice(0, 2)]).toEqual([
      1,
      [
        'redis: does not answer (connect ECONNREFUSED 127.0.0.1:1). Start it, or correct REDIS_URL or the section redis.',
        'site (botpress): answers.',
      ],
    ]);
    expect(bad.out + bad.err).not.toContain('hush');
  });

  it('names the account whose credential is refused, and the one that cannot be reached', async () => {
    const world = await startedWorld();
    const { environment, yaml } = configured(world);
    await vacate(world.chatbotkit);
    const wrong = 'wrong0wrong0wrong0wrong';

    const { code, out, err } = await (
      await parlance(['check'], {
        environment: { ...environment, BOTPRESS_TOKEN: wrong, STACK_REFRESH_TOKEN: wrong },
        files: { 'parlance.config.yaml': yaml },
      })
    ).ended();

    expect([code, err]).toEqual([1, '']);
    const [site, desk, bot, team] = out.trim().split('\n');
    expect(site).toMatch(/^site \(botpress\): .*own credential.*operator must renew it/);
    expect(desk).toBe('desk (chatling): answers.');
    expect(bot).toMatch(/^bot \(chatbotkit\): .*could not be reached \(ECONNREFUSED\)/);
    expect(team).toMatch(/^team \(stack-auth\): .*own credential.*operator must renew it/);
    expect(leaksIn(out, world)).toEqual([]);
    expect(out).not.toContain(wrong);
  });

  it('says that there is nothing to check where there is no config', async () => {
    const { code, out, err } = await (await parlance(['check'])).ended();

    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^There is no config to check\. .*--config/);
  });
});

describe('parlance schema', () => {
  it.each([true, false])(
    'prints the schema that is committed: from sources %s',
    async (checkout) => {
      const { code, out, err } = await (await parlance(['schema'], { checkout })).ended();

      const committed = await readFile(
        new URL('../../schema/schema.graphql', import.meta.url),
        'utf8',
      );
      expect([code, err]).toEqual([0, '']);
      expect(out).toBe(committed);
    },
  );
});

describe('a command that is none', () => {
  it.each([
    { words: ['nonsense'], said: /Unknown command.*nonsense/ },
    { words: [], said: /No command specified/ },
  ])('is answered with those there are: $words', async ({ words, said }) => {
    const { code, out, err } = await (
      await parlance(words, { environment: { NO_COLOR: '1' } })
    ).ended();

    expect(code).toBe(1);
    expect(out + err).toMatch(said);
    expect(out + err).toMatch(/start .*\n.*check .*\n.*schema/);
  });
});

/** Without what the log says. */
function sentencesIn(out: string): string[] {
  return out.split('\n').filter((line) => !line.startsWith('{'));
}

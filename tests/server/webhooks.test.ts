// A webhook while the event log is out of reach: refused with a word on when to come again, and taken once it is back.

import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { startBotpressEmulator } from '../../emulators/botpress/index.ts';
import { tellTales } from '../../emulators/story.ts';
import { compose } from '../../src/compose.ts';
import { secret } from '../../src/config/secret.ts';
import { providerName } from '../../src/domain/ids.ts';
import { appendedTo } from '../support/event-log.ts';
import { send } from '../support/hostile.ts';
import { startRedis } from '../support/redis/server.ts';

const SECRET = 'a word between us';
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

async function scene() {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  const tales = tellTales({ seed: 'botpress', now: Date.now() }).slice(0, 1);
  const emulator = await startBotpressEmulator({ tales });
  onTestFinished(() => emulator.close());
  const { url, token, botId } = emulator.credentials;
  const parlance = await compose(
    {
      kind: 'configured',
      providers: [
        {
          name: providerName('website'),
          kind: 'botpress',
          url,
          token: secret(token),
          botId,
          webhookSecret: secret(SECRET),
          deadlineMs: 2500,
          replyDeadlineMs: 2500,
        },
      ],
      server: {
        host: '127.0.0.1',
        port: 0,
        cursorSecret: secret('a secret of the tests'),
        leaveAfterMs: 0,
      },
      redis: { url: secret(redis.url), prefix: `test:${randomUUID()}:` },
      log: { level: 'silent' },
    },
    { log, clock: Date.now, randomSecret: randomUUID },
  );
  onTestFinished(() => parlance.close());
  return { redis, emulator, parlance };
}

it.each(['killed', 'frozen'])(
  'what is posted while Redis is %s is refused, and is one event when it is posted again',
  async (how) => {
    const { redis, emulator, parlance } = await scene();
    const [id = ''] = emulator.store.conversations.keys();
    emulator.say(id, 'hello');
    const message = [...emulator.store.messages.values()].at(-1);
    const post = () =>
      send(`${parlance.url}/webhooks/website`, {
        method: 'POST',
        headers: { 'x-secret-key': SECRET },
        body: JSON.stringify({ type: 'message_created', data: { id: message?.id } }),
      });

    if (how === 'killed') await redis.kill();
    else await redis.freeze();
    const refused = await post();
    if (how === 'killed') await redis.restart();
    else await redis.thaw();
    await expect.poll(async () => (await post()).status, { timeout: 10_000 }).toBe(204);

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.text).toContain('Post it again');
    expect(refused.text).not.toContain(redis.url);
    expect((await post()).status).toBe(204);
    expect(await appendedTo(parlance.events)).toMatchObject([
      { conversation: { nativeId: id }, fact: { kind: 'MESSAGE_ADDED' } },
    ]);
  },
);

// ChatBotKit reached through Pinkfish before the laws: the world of ChatBotKit, and another door to it.

import { startChatbotkitEmulator } from '../../../emulators/chatbotkit/index.ts';
import { isRecord } from '../../../emulators/emulator.ts';
import { type PinkfishOptions, startPinkfishEmulator } from '../../../emulators/pinkfish/index.ts';
import { tellTales } from '../../../emulators/story.ts';
import { providerName } from '../../../src/domain/ids.ts';
import { openProvider } from '../../../src/providers/catalogue.ts';
import { testClock } from '../../support/clock.ts';
import { type Question, type Stage, type Subject, stageOf } from '../stage.ts';
import { sceneOf, worldOf } from './chatbotkit.ts';

const NAME = providerName('partner');

const TALES = tellTales({ seed: 'chatbotkit', count: 8, now: testClock()() });

export const chatbotkitOverPinkfish: Subject = {
  name: 'ChatBotKit over Pinkfish',
  open: () => open({}),
};

/** What its documents leave open, the other way each time. */
export const chatbotkitOverOtherPinkfish: Subject = {
  name: 'ChatBotKit over Pinkfish, as it may also speak',
  open: () =>
    open({
      upstreamRefusals: 'isError',
      refusalWords: 'status',
      notModified: 'failure',
      results: 'text',
      handshake: 'unknown',
      listMeta: 'dropped',
    }),
};

async function open(dialect: PinkfishOptions): Promise<Stage> {
  const clock = testClock();
  const chatbotkit = await startChatbotkitEmulator({ clock, tales: TALES });
  const emulator = await startPinkfishEmulator(chatbotkit, { clock, ...dialect });
  const { url, clientId, clientSecret, orgId, pcid } = emulator.credentials;
  return stageOf({
    emulator: {
      ...emulator,
      async close() {
        await emulator.close();
        await chatbotkit.close();
      },
    },
    clock,
    world: worldOf(chatbotkit.store),
    scene: sceneOf(chatbotkit, NAME, clock()),
    secrets: [clientSecret, chatbotkit.credentials.secret],
    isWrite,
    isHousekeeping: ({ path }) => path === '/oauth/token',
    provider: (dispatcher) =>
      openProvider(
        {
          kind: 'chatbotkit',
          via: 'pinkfish',
          url,
          name: NAME,
          deadlineMs: 2_500,
          replyDeadlineMs: 30_000,
          clientId,
          clientSecret: { reveal: () => clientSecret },
          orgId,
          pcid,
        },
        { dispatcher, clock },
      ),
  });
}

/** All its calls are POSTs of one path: the tool that is called tells. */
function isWrite({ body }: Question): boolean {
  const params = isRecord(body) ? body['params'] : undefined;
  const tool = isRecord(params) ? String(params['name']) : '';
  return !/(fetch|list)/i.test(tool);
}

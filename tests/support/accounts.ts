// The four accounts of a test gateway by the names it has them under, each with the emulator behind it.

import type { RunningEmulator } from '../../emulators/emulator.ts';
import type { Credentials, World } from '../../emulators/world.ts';
import type { PinkfishConfig } from '../../src/config/config.ts';
import { secret } from '../../src/config/secret.ts';
import { providerName } from '../../src/domain/ids.ts';

export const ACCOUNTS = ['website', 'help', 'assistant', 'support'] as const;
export type AccountName = (typeof ACCOUNTS)[number];

export function emulatorOf(world: World, account: AccountName): RunningEmulator {
  return {
    website: world.botpress,
    help: world.chatling,
    assistant: world.chatbotkit,
    support: world.stackAuth,
  }[account];
}

/** The account of `assistant` a second time, by the name the documentation uses. */
export function partnerOf({ pinkfish }: Credentials): PinkfishConfig {
  return {
    name: providerName('partner'),
    kind: 'chatbotkit',
    via: 'pinkfish',
    url: pinkfish.url,
    clientId: pinkfish.clientId,
    clientSecret: secret(pinkfish.clientSecret),
    orgId: pinkfish.orgId,
    pcid: pinkfish.pcid,
    deadlineMs: 2500,
    replyDeadlineMs: 30_000,
  };
}

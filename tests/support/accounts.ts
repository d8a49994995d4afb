// The four accounts of a test gateway by the names it has them under, each with the emulator behind it.

import type { RunningEmulator } from '../../emulators/emulator.ts';
import type { World } from '../../emulators/world.ts';

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

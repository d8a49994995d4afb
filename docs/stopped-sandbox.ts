// The sandbox with its clock stopped: the same story told at the same moment, so that the same question has the same answer.

import { startWorld } from '../emulators/world.ts';
import { compose } from '../src/compose.ts';
import type { Provider } from '../src/providers/provider.ts';
import { accounts, everybody } from '../src/sandbox.ts';

export interface StoppedSandbox {
  readonly providers: readonly Provider[];
  ask(query: string): Promise<unknown>;
  close(): Promise<void>;
}

export const STOPPED_AT = new Date('2026-03-02T09:00:00.000Z');

/** `everybody`: with the account that is reached through Pinkfish as well. */
export async function openStoppedSandbox(
  who: 'sandbox' | 'everybody' = 'sandbox',
): Promise<StoppedSandbox> {
  const clock = () => STOPPED_AT.getTime();
  const world = await startWorld({ clock });
  const parlance = await compose(
    {
      kind: 'sandbox',
      providers: who === 'sandbox' ? accounts(world.credentials) : everybody(world.credentials),
      server: { host: '127.0.0.1', port: 0 },
      log: { level: 'silent' },
    },
    { log: SILENT, clock, randomSecret: () => 'an answer in the README shows no cursor' },
  );
  return {
    providers: parlance.gateway.providers,
    async ask(query) {
      const response = await fetch(`${parlance.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return response.json();
    },
    async close() {
      await parlance.close();
      await world.close();
    },
  };
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

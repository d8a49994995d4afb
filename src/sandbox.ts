// The gateway without a config: four emulated providers with a small living story, reached like real ones.

import { startPulse } from '../emulators/pulse.ts';
import { type Credentials, startWorld, type WorldOptions } from '../emulators/world.ts';
import type { Config, ProviderConfig } from './config/config.ts';
import { secret } from './config/secret.ts';
import { providerName } from './domain/ids.ts';

export interface Sandbox {
  readonly config: Config;
  readonly credentials: Credentials;
  close(): Promise<void>;
}

/** A customer writes about three times a minute. */
const PULSE_EVERY_MS = 20_000;

/** Nobody's quota is spent here, and whoever tries a subscription wants to see something. */
const POLLING = { watchedMs: 500, inboxMs: 1000 };

export async function openSandbox(
  {
    server,
    redis,
    events,
    cache,
    log,
    metrics,
    telemetry,
  }: Pick<Config, 'server' | 'redis' | 'events' | 'cache' | 'log' | 'metrics' | 'telemetry'>,
  { chance, ...options }: { readonly chance: () => number } & WorldOptions,
): Promise<Sandbox> {
  const world = await startWorld(options);
  const stopPulse = startPulse(world, { everyMs: PULSE_EVERY_MS, chance });
  return {
    config: {
      kind: 'sandbox',
      providers: accounts(world.credentials),
      server,
      ...(redis ? { redis } : {}),
      events: { polling: POLLING, ...events },
      ...(cache === undefined ? {} : { cache }),
      log,
      ...(metrics ? { metrics } : {}),
      ...(telemetry ? { telemetry } : {}),
    },
    credentials: world.credentials,
    async close() {
      stopPulse();
      await world.close();
    },
  };
}

/** The sandbox' accounts, and that of ChatBotKit a second time, reached through Pinkfish. */
export function everybody(credentials: Credentials): ProviderConfig[] {
  const [botpress, chatling, chatbotkit, stackAuth] = accounts(credentials);
  const { url, clientId, clientSecret, orgId, pcid } = credentials.pinkfish;
  const partner: ProviderConfig = {
    ...PATIENCE,
    name: providerName('partner'),
    kind: 'chatbotkit',
    via: 'pinkfish',
    url,
    clientId,
    clientSecret: secret(clientSecret),
    orgId,
    pcid,
  };
  return [botpress, chatling, chatbotkit, partner, stackAuth].filter((one) => one !== undefined);
}

const PATIENCE = { deadlineMs: 2500, replyDeadlineMs: 30_000 };

/** The names the documentation uses. */
export function accounts({
  botpress,
  chatling,
  chatbotkit,
  stackAuth,
}: Credentials): ProviderConfig[] {
  return [
    {
      ...PATIENCE,
      name: providerName('website'),
      kind: 'botpress',
      url: botpress.url,
      token: secret(botpress.token),
      botId: botpress.botId,
    },
    {
      ...PATIENCE,
      name: providerName('help'),
      kind: 'chatling',
      url: chatling.url,
      token: secret(chatling.token),
      chatbotId: chatling.chatbotId,
      aiModelId: 8,
    },
    {
      ...PATIENCE,
      name: providerName('assistant'),
      kind: 'chatbotkit',
      url: chatbotkit.url,
      secret: secret(chatbotkit.secret),
    },
    {
      ...PATIENCE,
      name: providerName('support'),
      kind: 'stack-auth',
      url: stackAuth.url,
      projectId: stackAuth.projectId,
      publishableClientKey: stackAuth.publishableClientKey,
      refreshToken: secret(stackAuth.refreshToken),
    },
  ];
}

// An emulated Botpress: the Runtime API of one bot, with whatever integrations are installed in it.

import type { IncomingHttpHeaders } from 'node:http';
import {
  type EmulatorAnswer,
  type EmulatorPlace,
  type EmulatorRequest,
  type RunningEmulator,
  startEmulator,
} from '../emulator.ts';
import type { Tale } from '../story.ts';
import { conversationRoutes } from './conversations.ts';
import { errorWording, Refusal } from './errors.ts';
import { countingMint } from './ids.ts';
import { messageRoutes } from './messages.ts';
import { participantRoutes } from './participants.ts';
import { rateWindow } from './rate.ts';
import { readQuery } from './request.ts';
import { chooseRoute } from './routes.ts';
import { seed } from './seed.ts';
import { type BotpressStore, emptyStore } from './store.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';
import { type Caller, tagRules } from './tags.ts';
import { userRoutes } from './users.ts';
import { foreignId, openSignalBox, type Webhooks } from './webhooks.ts';
import { receive, type World } from './world.ts';

interface Integration {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
}

export interface BotpressOptions extends EmulatorPlace, Partial<Switches> {
  readonly tales?: readonly Tale[];
  readonly token?: string;
  readonly botId?: string;
  /** Installed in the bot. The first is the default one, whose id and alias are told among the credentials. */
  readonly integrations?: readonly [Integration, ...Integration[]];
  /** The name of the one that plays the Chat integration, which has a webhook; absent, the default one. */
  readonly chatIntegration?: string;
}

export interface BotpressEmulator extends RunningEmulator {
  readonly credentials: {
    readonly url: string;
    readonly token: string;
    readonly botId: string;
    readonly integrationId: string;
    readonly integrationAlias: string;
  };
  readonly store: BotpressStore;
  /** A customer writes; false where there is no such conversation. */
  say(conversationId: string, text: string): boolean;
  /** What is posted of the conversations of the Chat integration, and where to. */
  readonly webhooks: Webhooks;
  /** What a conversation is called in its webhooks. */
  foreignId(conversationId: string): string;
}

export async function startBotpressEmulator({
  tales = [],
  token = 'bp_pat_emulated0token0that0opens0nothing0',
  botId = '7c1f0b1e-52a4-4e0d-9a53-6f2f4be1a9d7',
  integrations = INSTALLED,
  chatIntegration = integrations[0].name,
  clock = Date.now,
  port = 0,
  ...chosen
}: BotpressOptions = {}): Promise<BotpressEmulator> {
  const switches: Switches = { ...DEFAULT_SWITCHES, ...chosen };
  const [home] = integrations;
  const signals = openSignalBox(chatIntegration);
  const world: World = {
    store: emptyStore(),
    switches,
    tags: tagRules(switches),
    botId,
    homeIntegration: home.name,
    mint: countingMint(),
    now: clock,
    emit: signals.emit,
  };
  seed(world, tales);
  const errors = errorWording(switches.errorShape, clock);
  const rate = rateWindow(switches.rateLimit, clock);
  const routes = [
    ...conversationRoutes(world),
    ...participantRoutes(world),
    ...messageRoutes(world),
    ...userRoutes(world),
  ];

  /** Size, then who asks, then what for: the order in which the real one looks is not known. */
  function reply(request: EmulatorRequest): EmulatorAnswer {
    rate.refuseBeyond();
    if (request.body.length > MAX_BODY_BYTES) {
      throw new Refusal('PayloadTooLarge', `Send ${MAX_BODY_BYTES} bytes or fewer.`);
    }
    authorize(request.headers, { token, botId });
    const { route, params } = chooseRoute(routes, request);
    return route.answer({
      request,
      caller: identify(request.headers, integrations),
      query: readQuery(request.query),
      param: (name) => params.get(name) ?? '',
    });
  }

  function answer(request: EmulatorRequest): EmulatorAnswer {
    rate.count();
    try {
      return { ...reply(request), headers: rate.headers() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ...errors.refuse(error), headers: rate.headers() };
    }
  }

  const say = (conversationId: string, text: string) => receive(world, { conversationId, text });
  const running = await startEmulator(
    {
      answer,
      wordFault: (status) => ({
        ...errors.wordFault(status),
        headers: status === 429 ? rate.spent() : rate.headers(),
      }),
      say,
    },
    { port, clock },
  );

  return {
    ...running,
    close() {
      signals.close();
      return running.close();
    },
    credentials: {
      url: running.url,
      token,
      botId,
      integrationId: home.id,
      integrationAlias: home.alias,
    },
    store: world.store,
    say,
    webhooks: signals.webhooks,
    foreignId,
  };
}

const INSTALLED: readonly [Integration, ...Integration[]] = [
  { id: '0b9d6c52-3a77-4f6e-8a1d-2f5e9c4b7a10', alias: 'webchat', name: 'webchat' },
  { id: '1d4a8e93-6c20-4b5f-9e37-84c1f0a2d6b5', alias: 'slack', name: 'slack' },
  { id: '2e7f5b14-9d83-4c6a-b0f2-15a9d3e8c74b', alias: 'whatsapp', name: 'whatsapp' },
  { id: '3f8a6c25-0e94-4d7b-81a3-26bae4f9d85c', alias: 'telegram', name: 'telegram' },
  { id: '40b97d36-1fa5-4e8c-92b4-37cbf50ae96d', alias: 'gmail', name: 'gmail' },
];

/** The documented 1 MB of the Runtime API. */
const MAX_BODY_BYTES = 1_048_576;

function authorize(
  headers: IncomingHttpHeaders,
  { token, botId }: { readonly token: string; readonly botId: string },
): void {
  // The scheme is written both ways in the vendor's own examples.
  const [, given] = /^bearer (.+)$/i.exec(headers.authorization ?? '') ?? [];
  if (given !== token) {
    throw new Refusal('Unauthorized', 'Send Authorization: Bearer with a token of this bot.');
  }
  // Neither refusal was seen. A declared header that is missing is a malformed request; another's bot is forbidden.
  const named = headers['x-bot-id'];
  if (named === undefined) {
    throw new Refusal('InvalidPayload', 'The header x-bot-id is required: send the id of the bot.');
  }
  if (named !== botId) {
    throw new Refusal('Forbidden', 'This token does not open the bot in x-bot-id: send its own.');
  }
}

/** Its id decides; one that is not installed is taken for what its alias says, or for the default. */
function identify(
  headers: IncomingHttpHeaders,
  integrations: readonly [Integration, ...Integration[]],
): Caller {
  const id = headers['x-integration-id'];
  const alias = headers['x-integration-alias'];
  if (id === undefined) return { kind: 'bot' };
  const installed =
    integrations.find((known) => known.id === id) ??
    integrations.find((known) => known.alias === alias);
  const unknown = typeof alias === 'string' && alias !== '' ? alias : integrations[0].name;
  return { kind: 'integration', name: installed?.name ?? unknown };
}

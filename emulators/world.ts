// All four emulators at once, each telling tales of its own, a second door to one of them, and what a gateway needs to reach them.

import {
  type BotpressEmulator,
  type BotpressOptions,
  startBotpressEmulator,
} from './botpress/index.ts';
import {
  type ChatbotkitEmulator,
  type ChatbotkitOptions,
  startChatbotkitEmulator,
} from './chatbotkit/index.ts';
import {
  type ChatlingEmulator,
  type ChatlingOptions,
  startChatlingEmulator,
} from './chatling/index.ts';
import type { Clock, EmulatorPlace, RunningEmulator } from './emulator.ts';
import {
  type PinkfishEmulator,
  type PinkfishOptions,
  startPinkfishEmulator,
} from './pinkfish/index.ts';
import {
  type StackAuthEmulator,
  type StackAuthOptions,
  startStackAuthEmulator,
} from './stack-auth/index.ts';
import { type Tale, tellTales } from './story.ts';

export type Place = 'botpress' | 'chatling' | 'chatbotkit' | 'stackAuth';

/** What listens. Pinkfish is a second door to the conversations of ChatBotKit, and has none of its own. */
export type Door = Place | 'pinkfish';

type Own<Options> = Omit<Options, 'tales' | keyof EmulatorPlace>;

export interface WorldOptions {
  readonly clock?: Clock;
  /** Tales for each of the four. */
  readonly count?: number;
  /** A door without one takes a free port. */
  readonly ports?: Partial<Readonly<Record<Door, number>>>;
  readonly botpress?: Own<BotpressOptions>;
  readonly chatling?: Own<ChatlingOptions>;
  readonly chatbotkit?: Own<ChatbotkitOptions>;
  readonly pinkfish?: Own<PinkfishOptions>;
  readonly stackAuth?: Own<StackAuthOptions>;
}

/** Every url is an origin; the paths below it are the providers' own. */
export interface Credentials {
  readonly botpress: { readonly url: string; readonly token: string; readonly botId: string };
  readonly chatling: { readonly url: string; readonly token: string; readonly chatbotId: string };
  readonly chatbotkit: { readonly url: string; readonly secret: string };
  readonly pinkfish: {
    readonly url: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly orgId: string;
    readonly pcid: string;
  };
  readonly stackAuth: {
    readonly url: string;
    readonly projectId: string;
    readonly publishableClientKey: string;
    readonly accessToken: string;
    readonly refreshToken: string;
  };
}

export interface World {
  readonly botpress: BotpressEmulator;
  readonly chatling: ChatlingEmulator;
  readonly chatbotkit: ChatbotkitEmulator;
  readonly pinkfish: PinkfishEmulator;
  readonly stackAuth: StackAuthEmulator;
  readonly credentials: Credentials;
  /** What each was told at the start. */
  readonly tales: Readonly<Record<Place, readonly Tale[]>>;
  close(): Promise<void>;
}

/** Starts all or none: where one cannot start, those that could are closed again. */
export async function startWorld({
  clock = Date.now,
  count = 40,
  ports = {},
  ...own
}: WorldOptions = {}): Promise<World> {
  const now = clock();
  const tales: World['tales'] = {
    botpress: tellTales({ seed: 'botpress', count, now }),
    chatling: tellTales({ seed: 'chatling', count, now }),
    chatbotkit: tellTales({ seed: 'chatbotkit', count, now }),
    stackAuth: tellTales({ seed: 'stack-auth', count, now }),
  };
  const place = (name: Place) => ({ clock, port: ports[name] ?? 0, tales: tales[name] });

  const started: RunningEmulator[] = [];
  async function keep<Emulator extends RunningEmulator>(starting: Promise<Emulator>) {
    const emulator = await starting;
    started.push(emulator);
    return emulator;
  }
  async function close(): Promise<void> {
    await Promise.all(started.map((emulator) => emulator.close()));
  }

  try {
    // One after the other, so that a failure cannot overtake a start that is still under way.
    const botpress = await keep(startBotpressEmulator({ ...own.botpress, ...place('botpress') }));
    const chatling = await keep(startChatlingEmulator({ ...own.chatling, ...place('chatling') }));
    const chatbotkit = await keep(
      startChatbotkitEmulator({ ...own.chatbotkit, ...place('chatbotkit') }),
    );
    const stackAuth = await keep(
      startStackAuthEmulator({ ...own.stackAuth, ...place('stackAuth') }),
    );
    const pinkfish = await keep(
      startPinkfishEmulator(chatbotkit, { ...own.pinkfish, clock, port: ports.pinkfish ?? 0 }),
    );
    const emulators = { botpress, chatling, chatbotkit, pinkfish, stackAuth };
    return { ...emulators, credentials: credentialsOf(emulators), tales, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Field by field: an emulator may know more secrets than the contract promises. */
function credentialsOf(emulators: Pick<World, Door>): Credentials {
  const botpress = emulators.botpress.credentials;
  const chatling = emulators.chatling.credentials;
  const chatbotkit = emulators.chatbotkit.credentials;
  const pinkfish = emulators.pinkfish.credentials;
  const stackAuth = emulators.stackAuth.credentials;
  return {
    botpress: { url: botpress.url, token: botpress.token, botId: botpress.botId },
    chatling: { url: chatling.url, token: chatling.token, chatbotId: chatling.chatbotId },
    chatbotkit: { url: chatbotkit.url, secret: chatbotkit.secret },
    pinkfish: {
      url: pinkfish.url,
      clientId: pinkfish.clientId,
      clientSecret: pinkfish.clientSecret,
      orgId: pinkfish.orgId,
      pcid: pinkfish.pcid,
    },
    stackAuth: {
      url: stackAuth.url,
      projectId: stackAuth.projectId,
      publishableClientKey: stackAuth.publishableClientKey,
      accessToken: stackAuth.accessToken,
      refreshToken: stackAuth.refreshToken,
    },
  };
}

// An emulated ChatBotKit: its REST API over a store of its own rows, told from the tales.

import {
  type EmulatorAnswer,
  type EmulatorPlace,
  type EmulatorRequest,
  type RunningEmulator,
  startEmulator,
} from '../emulator.ts';
import { monitorChannel } from './channels.ts';
import { storeMessage } from './messages.ts';
import type { Scene } from './model.ts';
import { wordStatus } from './refusal.ts';
import { restFace } from './routes.ts';
import type { ChatbotkitStore } from './store.ts';
import { type Founded, foundWorld, type WorldOptions } from './world.ts';

export type ChatbotkitOptions = EmulatorPlace & WorldOptions;

export interface ChatbotkitEmulator extends RunningEmulator {
  readonly credentials: {
    readonly url: string;
    readonly secret: string;
    readonly accessToken: string;
    readonly foreignSecret: string;
    /** For the run-as headers of the first account. */
    readonly childUserId: string;
    readonly childUserEmail: string;
  };
  readonly store: ChatbotkitStore;
  /** What a second face needs to speak for the same accounts and rows. */
  readonly founded: Founded;
  /** The REST API without the network: for a face that passes its calls on. Leaves nothing in the journal. */
  rest(request: EmulatorRequest): EmulatorAnswer | Promise<EmulatorAnswer>;
  /** What the model's next turn is to be like; several are taken in order. */
  stage(...scenes: readonly Scene[]): void;
  /** How many streams follow a conversation right now. */
  followers(conversationId: string): number;
}

export async function startChatbotkitEmulator({
  port = 0,
  ...options
}: ChatbotkitOptions = {}): Promise<ChatbotkitEmulator> {
  const founded = foundWorld(options);
  const { world, keys, child, secrets } = founded;
  const { store, channels, clock } = world;
  const rest = restFace(world, keys);

  const running = await startEmulator(
    {
      answer: rest,
      wordFault: (status) => wordStatus(status, world.switches.tooMany),
      say(conversationId, text) {
        if (!store.conversations.has(conversationId)) return false;
        storeMessage(world, { conversationId, type: 'user', text });
        return true;
      },
    },
    { port, clock },
  );

  return {
    ...running,
    credentials: {
      url: running.url,
      ...secrets,
      childUserId: child.id,
      childUserEmail: child.email,
    },
    store,
    founded,
    rest,
    stage: (...scenes) => {
      world.scenes.push(...scenes);
    },
    followers(conversationId) {
      const row = store.conversations.get(conversationId);
      return row ? channels.listeners(monitorChannel(row.userId, row.id)) : 0;
    },
  };
}

// Chatling's API v2 as a stranger's code meets it: one project, one key, chatbots with their conversations and leads.

import type { Dialect, EmulatorPlace, EmulatorRequest, RunningEmulator } from '../emulator.ts';
import { startEmulator } from '../emulator.ts';
import type { Tale } from '../story.ts';
import { chatRoutes } from './chat.ts';
import { contactRoutes } from './contacts.ts';
import { conversationRoutes } from './conversations.ts';
import { AI_CREDITS_MAX, projectRoutes } from './project.ts';
import { refusalsIn } from './refusals.ts';
import type { World } from './routes.ts';
import { answerFrom } from './routes.ts';
import { seed } from './seed.ts';
import type { ChatlingStore } from './store.ts';
import { emptyStore, keepRows } from './store.ts';
import type { SwitchOptions } from './switches.ts';
import { setSwitches } from './switches.ts';
import { callWindow } from './window.ts';

export interface ChatlingOptions extends EmulatorPlace, SwitchOptions {
  /** Absent, a project with its chatbots and nothing said in them. */
  readonly tales?: readonly Tale[];
  readonly token?: string;
  readonly chatbotId?: string;
}

export interface ChatlingEmulator extends RunningEmulator {
  readonly credentials: {
    readonly url: string;
    readonly token: string;
    /** Ten decimal digits. */
    readonly chatbotId: string;
  };
  readonly store: ChatlingStore;
}

export async function startChatlingEmulator({
  tales = [],
  token = 'chatling-sandbox-key',
  chatbotId = '4829173650',
  port = 0,
  clock = Date.now,
  ...switched
}: ChatlingOptions = {}): Promise<ChatlingEmulator> {
  const switches = setSwitches(switched);
  const store = emptyStore();
  const rows = keepRows(store);
  const refuse = refusalsIn(switches.errors);
  const world: World = { store, rows, switches, refuse, clock };
  seed({ store, rows, tales, chatbotId });
  if (switches.credits === 'exhausted') store.aiCreditsUsed = AI_CREDITS_MAX;

  const withinLimit = callWindow(switches.callsPerMinute, clock);
  const answer = answerFrom(
    [
      ...conversationRoutes(world),
      ...chatRoutes(world),
      ...contactRoutes(world),
      ...projectRoutes(world),
    ],
    world,
  );

  const dialect: Dialect = {
    answer: (request) => {
      // Calls are counted by key, so a stranger's cost nobody anything.
      if (keyOf(request) !== token) return refuse.unauthenticated();
      return withinLimit() ? answer(request) : refuse.tooManyRequests();
    },
    wordFault: (status) => refuse.word(status),
    say: (conversationId, text) => {
      const conversation = store.conversations.get(conversationId);
      if (conversation) rows.addMessage(conversation, { text, role: 'user', atMs: clock() });
      return conversation !== undefined;
    },
  };

  const running = await startEmulator(dialect, { port, clock });
  return { ...running, credentials: { url: running.url, token, chatbotId }, store };
}

function keyOf({ headers: { authorization = '' } }: EmulatorRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

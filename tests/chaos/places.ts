// Where is written: some conversations of each service, and what lies in them.

import type { World } from '../../emulators/world.ts';
import { providerName } from '../../src/domain/ids.ts';
import { conversationId } from './clients.ts';
import type { Written } from './history.ts';

export const OURS = 'of the run';

export function isOurs(text: string): boolean {
  return text.startsWith(OURS);
}

interface Place {
  readonly name: string;
  /** The global id. */
  readonly conversation: string;
  /** Whether somebody listens to it by itself. */
  readonly isWatched: boolean;
  readonly takesSends: boolean;
  say(text: string): Promise<void>;
  /** All that its service keeps of it, in order. */
  texts(): readonly string[];
}

/** Some conversations of each service. */
export function placesIn({ botpress, chatling, chatbotkit, stackAuth }: World): readonly Place[] {
  const placeOf = (
    account: string,
    nativeId: string,
    place: Pick<Place, 'texts' | 'isWatched' | 'takesSends'> & { readonly url: string },
  ): Place => ({
    ...place,
    name: `${account} ${nativeId}`,
    conversation: conversationId({ provider: providerName(account), nativeId }),
    say: (text) => sayAt(place.url, nativeId, text),
  });
  const webchat = [...botpress.store.conversations.values()]
    .filter(({ integration }) => integration === 'webchat')
    .slice(0, 2);
  return [
    ...webchat.map(({ id }) =>
      placeOf('website', id, {
        url: botpress.url,
        isWatched: true,
        takesSends: true,
        texts: () =>
          [...botpress.store.messages.values()]
            .filter(({ conversationId: home }) => home === id)
            .map(({ payload }) => String(payload['text'])),
      }),
    ),
    ...[...chatbotkit.store.conversations.keys()].slice(0, 2).map((id, index) =>
      placeOf('assistant', id, {
        url: chatbotkit.url,
        isWatched: index === 0,
        takesSends: true,
        texts: () =>
          [...chatbotkit.store.messages.values()]
            .filter(({ conversationId: home }) => home === id)
            .map(({ text }) => text),
      }),
    ),
    ...[...stackAuth.store.conversations.keys()].slice(0, 2).map((id, index) =>
      placeOf('support', id, {
        url: stackAuth.url,
        isWatched: index === 0,
        takesSends: true,
        texts: () => (stackAuth.store.messages.get(id) ?? []).map(({ body }) => body ?? ''),
      }),
    ),
    // An AI would answer what is sent there, and takes its time.
    ...[...chatling.store.conversations.values()].slice(0, 1).map(({ id, messages }) =>
      placeOf('help', id, {
        url: chatling.url,
        isWatched: false,
        takesSends: false,
        texts: () => messages.map(({ text }) => text),
      }),
    ),
  ];
}

async function sayAt(url: string, conversation: string, text: string): Promise<void> {
  const response = await fetch(`${url}/__emulator/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId: conversation, text }),
  });
  await response.arrayBuffer();
}

export function writtenIn(place: Place, begun: ReadonlyMap<string, number>): readonly Written[] {
  return place.texts().flatMap((text): Written[] => {
    const at = begun.get(text);
    return at === undefined ? [] : [{ conversation: place.conversation, id: text, at }];
  });
}

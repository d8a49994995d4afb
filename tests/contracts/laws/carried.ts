// Laws of what comes along with an answer: whoever has it need not ask for it, so it is what asking would have answered.

import { expect } from 'vitest';
import { altering, type Law } from '../law.ts';
import { had, valueOf } from '../stage.ts';

export const CARRIED_LAWS: readonly Law[] = [
  {
    verb: 'CONVERSATION_GET',
    sentence: 'the messages it carries are what MESSAGE_GET answers',
    async holds(stage) {
      const conversation = stage.scene.standing;
      const { embedded } = await had(stage, 'CONVERSATION_GET', ({ does }, call) =>
        does(conversation, call),
      );
      for (const carried of embedded?.items ?? []) {
        const { nativeId } = carried;
        const alone = await had(stage, 'MESSAGE_GET', ({ does }, call) =>
          does({ conversation, nativeId }, call),
        );
        expect(carried).toEqual(alone);
      }
    },
    mutant: {
      fault: 'carries messages that say something else',
      of: (provider, stage) =>
        altering(provider, 'CONVERSATION_GET', (able) => ({
          ...able,
          async does(conversation, call) {
            const row = valueOf(await able.does(conversation, call));
            const page = await had(stage, 'MESSAGE_LIST', ({ does }, own) =>
              does({ conversation, at: null, size: 2 }, own),
            );
            const items = page.items.map((message) => ({ ...message, text: 'something else' }));
            return { ok: true, value: { ...row, embedded: { items, complete: false } } };
          },
        })),
    },
  },
  {
    verb: 'MESSAGE_LIST',
    sentence: 'the conversation that a page carries is what CONVERSATION_GET answers',
    async holds(stage) {
      const conversation = stage.scene.standing;
      const page = await had(stage, 'MESSAGE_LIST', ({ does }, call) =>
        does({ conversation, at: null, size: 2 }, call),
      );
      if (!page.conversation) return;
      const alone = await had(stage, 'CONVERSATION_GET', ({ does }, call) =>
        does(conversation, call),
      );
      expect(page.conversation).toEqual(alone);
    },
    mutant: {
      fault: 'carries a conversation without its times',
      of: (provider, stage) =>
        altering(provider, 'MESSAGE_LIST', (able) => ({
          ...able,
          async does(input, call) {
            const page = valueOf(await able.does(input, call));
            const row = await had(stage, 'CONVERSATION_GET', ({ does }, own) =>
              does(input.conversation, own),
            );
            return { ok: true, value: { ...page, conversation: { ...row, createdAt: null } } };
          },
        })),
    },
  },
];

// What a bot's answer cost.

import type { ReplyUsage as DomainUsage } from '../src/domain/reply.ts';
import { builder } from './builder.ts';

export const ReplyUsage = builder.objectRef<DomainUsage>('ReplyUsage').implement({
  description: 'What an answer cost, and why it ended.',
  fields: (t) => ({
    tokens: t.exposeInt('tokens', {
      nullable: true,
      description: 'Tokens, as the provider counts.',
    }),
    endReason: t.exposeString('endReason', {
      nullable: true,
      description: 'Why it ended, in the provider’s word: `stop`, `length`.',
    }),
  }),
});

// What every event has, and what is told of the listening itself: that it has begun, and that something may be missing.

import type { GapReason as DomainGapReason, EventKind, Fact } from '../../src/domain/event.ts';
import { type ConversationRef, encodeId } from '../../src/domain/ids.ts';
import type { Told } from '../../src/gateway/live/subscribe.ts';
import { builder } from '../builder.ts';
import { errorOf } from '../failure.ts';

type ToldListening = Extract<Told, { readonly type: 'listening' }>;
type ToldGap = Extract<Told, { readonly type: 'gap' }>;

/** A fact of one kind, with where and when. */
export type Happening<Kind extends EventKind> = FactOf<Kind> & {
  readonly type: 'event';
  readonly conversation: ConversationRef;
  readonly at: Date;
  cursor(): string;
};

/** Two kinds may share one shape; here each has its own. */
type FactOf<Kind extends EventKind> = Fact extends infer One
  ? One extends { readonly kind: infer Kinds }
    ? Kind extends Kinds
      ? Omit<One, 'kind'> & { readonly kind: Kind }
      : never
    : never
  : never;

/** All that reaches a client as data. */
export type Shown = ToldListening | ToldGap | { [Kind in EventKind]: Happening<Kind> }[EventKind];

/** What cannot be told is an error in the place of an event, and the last thing told. */
export function shown(told: Told): Shown {
  switch (told.type) {
    case 'event': {
      const { conversation, at, fact } = told.event;
      return { ...fact, type: 'event', conversation, at, cursor: told.cursor };
    }
    case 'failed':
      throw errorOf(told.failure);
    default:
      return told;
  }
}

export const Event = builder.interfaceRef<Shown>('Event').implement({
  description: 'Anything a subscription tells.',
  fields: (t) => ({
    cursor: t.string({
      description:
        'Give it as `after` when you come back, to any gateway of this installation: you are told what came after this.',
      resolve: (told) => told.cursor(),
    }),
  }),
});

export const Listening = builder.objectRef<ToldListening>('Listening').implement({
  description:
    'You are heard: nothing that comes from here on is missed. Told only where you ask to `confirm`.',
  interfaces: [Event],
});

const GapScope = builder.enumType('GapScope', {
  description: 'Where something may be missing.',
  values: {
    CONVERSATION: { description: 'In the one conversation you subscribed to.' },
    SUBSCRIPTION: { description: 'Anywhere in what you subscribed to.' },
  },
});

const GapReason = builder.enumType('GapReason', {
  description: 'Why something may be missing.',
  values: {
    TRIMMED: { description: 'You were away for longer than events are kept.' },
    RESET: { description: 'The gateway lost what it kept, and began anew.' },
    OVERFLOW: { description: 'You did not keep up, and what waited for you was let go.' },
    MISSED: { description: 'The gateway could not hear a provider for a while.' },
  } satisfies Record<DomainGapReason, object>,
});

export const Gap = builder.objectRef<ToldGap>('Gap').implement({
  description:
    'Something may have been missed: read again what you show. What is told after this follows without a hole.',
  interfaces: [Event],
  fields: (t) => ({
    scope: t.field({
      type: GapScope,
      description: 'Where something may be missing.',
      resolve: ({ gap }) => (gap.conversation ? 'CONVERSATION' : 'SUBSCRIPTION'),
    }),
    conversationId: t.id({
      nullable: true,
      description: 'For CONVERSATION, which one.',
      resolve: ({ gap: { conversation } }) =>
        conversation && encodeId({ type: 'Conversation', conversation }),
    }),
    from: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Nothing is missing up to this moment; null where that is not known.',
      resolve: ({ gap }) => gap.from,
    }),
    to: t.field({
      type: 'DateTime',
      description: 'Nothing is missing after this moment.',
      resolve: ({ gap }) => gap.to,
    }),
    reason: t.field({
      type: GapReason,
      description: 'Why it may be missing.',
      resolve: ({ gap }) => gap.reason,
    }),
  }),
});

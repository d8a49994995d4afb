// The closed words messages are described with.

import type {
  MessageKind as DomainKind,
  Rating as DomainRating,
  Visibility as DomainVisibility,
} from '../src/domain/message.ts';
import { builder } from './builder.ts';

export const Visibility = builder.enumType('Visibility', {
  description: 'Who may see a message.',
  values: {
    PUBLIC: { description: 'Everybody in the conversation.' },
    INTERNAL: { description: 'Colleagues only; never the person outside.' },
  } satisfies Record<DomainVisibility, object>,
});

export const MessageKind = builder.enumType('MessageKind', {
  description: 'What a row of a conversation is.',
  values: {
    MESSAGE: { description: 'Something said.' },
    NOTE: { description: 'Something a colleague wrote down for colleagues.' },
    STATUS_CHANGE: { description: 'The conversation was opened, closed or set to wait.' },
    CONTEXT: { description: 'Background told to a bot. Hidden.' },
    INSTRUCTION: { description: 'An order to a bot. Hidden.' },
    BACKSTORY: { description: 'The part a bot plays. Hidden.' },
    REASONING: { description: 'What a bot thought before it spoke. Hidden.' },
    ACTIVITY: { description: 'A tool that a bot used, or what came back. Hidden.' },
    CHECKPOINT: { description: 'A mark from which a bot goes on. Hidden.' },
    UNKNOWN: { description: 'A kind this gateway does not know; `native` has its word.' },
  } satisfies Record<DomainKind, object>,
});

export const Rating = builder.enumType('Rating', {
  description: 'What a reader thought of an answer.',
  values: {
    HELPFUL: { description: 'It was of help.' },
    UNHELPFUL: { description: 'It was of no help.' },
  } satisfies Record<DomainRating, object>,
});

// The part of a message that only its provider has, as one union.

import type { MessageNative as DomainNative } from '../../src/domain/native.ts';
import { builder } from '../builder.ts';
import { BotpressMessage } from './botpress.ts';
import { ChatBotKitMessage } from './chatbotkit.ts';
import { ChatlingMessage } from './chatling.ts';
import { GenericNative } from './generic.ts';
import { StackAuthMessage } from './stack-auth.ts';

const TYPE_NAMES = {
  botpress: 'BotpressMessage',
  chatling: 'ChatlingMessage',
  chatbotkit: 'ChatBotKitMessage',
  'stack-auth': 'StackAuthMessage',
  generic: 'GenericNative',
} as const satisfies Record<DomainNative['kind'], string>;

export const MessageNative = builder.unionType('MessageNative', {
  description: 'What only one kind of provider has, typed.',
  types: [BotpressMessage, ChatlingMessage, ChatBotKitMessage, StackAuthMessage, GenericNative],
  resolveType: ({ kind }) => TYPE_NAMES[kind],
});

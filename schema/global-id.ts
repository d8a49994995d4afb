// Reads global ids that clients hand in: of the right type, or an error that says which path and what to give.

import {
  type ConversationRef,
  decodeId,
  type GlobalId,
  type MessageRef,
} from '../src/domain/ids.ts';
import { invalidInput } from './failure.ts';

export function conversationRefOf(text: string, path: string): ConversationRef {
  const id = decoded(text, path);
  if (id.type === 'Conversation') return id.conversation;
  throw wrongType(id, path, 'Conversation');
}

export function messageRefOf(text: string, path: string): MessageRef {
  const id = decoded(text, path);
  if (id.type === 'Message') return id.message;
  throw wrongType(id, path, 'Message');
}

function decoded(text: string, path: string): GlobalId {
  const id = decodeId(text);
  if (id) return id;
  throw invalidInput(path, 'is not an id of this gateway; copy one from an answer.');
}

function wrongType({ type }: GlobalId, path: string, wanted: string) {
  return invalidInput(path, `is the id of a ${type}; give the id of a ${wanted}.`);
}

// The service's words and ours, both ways. A word added tomorrow becomes UNKNOWN and keeps its original in `native`.

import type { ConversationPriority, ConversationStatus } from '../../domain/conversation.ts';
import type { MessageKind, Visibility } from '../../domain/message.ts';
import type { MessageRole } from '../../domain/participant.ts';

export function statusOf(said: string | null | undefined): ConversationStatus {
  switch (said) {
    case 'open':
      return 'OPEN';
    case 'pending':
      return 'PENDING';
    case 'closed':
      return 'CLOSED';
    default:
      return 'UNKNOWN';
  }
}

/** Undefined for what no conversation can be set to. */
export function statusWord(status: ConversationStatus): string | undefined {
  return status === 'UNKNOWN' ? undefined : status.toLowerCase();
}

export function priorityOf(said: string | null | undefined): ConversationPriority {
  switch (said) {
    case 'low':
      return 'LOW';
    case 'normal':
      return 'NORMAL';
    case 'high':
      return 'HIGH';
    case 'urgent':
      return 'URGENT';
    default:
      return 'UNKNOWN';
  }
}

/** Undefined for what no conversation can be set to. */
export function priorityWord(priority: ConversationPriority): string | undefined {
  return priority === 'UNKNOWN' ? undefined : priority.toLowerCase();
}

export function roleOf(said: string | null | undefined): MessageRole {
  switch (said) {
    case 'user':
      return 'USER';
    case 'agent':
      return 'AGENT';
    case 'system':
      return 'SYSTEM';
    default:
      return 'UNKNOWN';
  }
}

export function kindOf(said: string | null | undefined): MessageKind {
  switch (said) {
    case 'message':
      return 'MESSAGE';
    case 'internal-note':
      return 'NOTE';
    case 'status-change':
      return 'STATUS_CHANGE';
    default:
      return 'UNKNOWN';
  }
}

/** The customer's side leaves out notes and nothing else; of a kind unknown here nobody can say, so it is kept inside. */
export function visibilityOf(kind: MessageKind): Visibility {
  return kind === 'MESSAGE' || kind === 'STATUS_CHANGE' ? 'PUBLIC' : 'INTERNAL';
}

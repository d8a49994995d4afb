// People and machines in a conversation, and the person outside.

export interface Participant {
  /** The provider's own id, null where it names nobody. */
  readonly nativeId: string | null;
  readonly role: MessageRole;
  readonly name: string | null;
  readonly email: string | null;
  readonly imageUrl: string | null;
}

export interface Contact {
  readonly nativeId: string;
  /** Null where the listing says only who it is by id. */
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly imageUrl: string | null;
}

/** Who speaks. UNKNOWN is a word the provider used that this gateway does not know. */
export const MESSAGE_ROLES = ['USER', 'BOT', 'AGENT', 'SYSTEM', 'UNKNOWN'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

// What the emulated bot keeps, in Botpress' own shapes. Tags are kept as the bot sees them, with prefixes.

export type Tags = Readonly<Record<string, string>>;

export interface ConversationRow {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly channel: string;
  readonly integration: string;
  readonly tags: Tags;
  readonly messageCount: number;
  readonly currentWorkflowId?: string | undefined;
  /** Shown by the seed generation only. */
  readonly currentTaskId?: string | undefined;
  readonly properties?: Tags | undefined;
}

export interface MessageRow {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly direction: 'incoming' | 'outgoing';
  readonly userId: string;
  readonly conversationId: string;
  readonly tags: Tags;
  readonly origin?: 'synthetic' | undefined;
}

export interface UserRow {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly tags: Tags;
  readonly name?: string | undefined;
  readonly pictureUrl?: string | undefined;
  readonly properties?: Tags | undefined;
  readonly attributes?: Tags | undefined;
}

export interface BotpressStore {
  readonly conversations: Map<string, ConversationRow>;
  readonly messages: Map<string, MessageRow>;
  readonly users: Map<string, UserRow>;
  /** By conversation id: by user id, when they joined (ISO 8601). */
  readonly participants: Map<string, Map<string, string>>;
  /** By user id: the integration they belong to. Nothing on the wire says it. */
  readonly integrationOfUser: Map<string, string>;
}

export function emptyStore(): BotpressStore {
  return {
    conversations: new Map(),
    messages: new Map(),
    users: new Map(),
    participants: new Map(),
    integrationOfUser: new Map(),
  };
}

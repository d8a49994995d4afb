// ChatBotKit's own rows, as its database has them: milliseconds for times, null for what is not set.

export const MESSAGE_KINDS = [
  'user',
  'bot',
  'reasoning',
  'context',
  'instruction',
  'backstory',
  'activity',
  'checkpoint',
] as const;

export type MessageKind = (typeof MESSAGE_KINDS)[number];

export type Meta = Readonly<Record<string, unknown>>;

interface Stamped {
  readonly id: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  /** Whose child it is: the parent may run as it, and pays its rates. */
  readonly parentId: string | null;
}

export interface ConversationRow extends Stamped {
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly meta: Meta;
  readonly contactId: string | null;
  readonly taskId: string | null;
  readonly spaceId: string | null;
  readonly botId: string | null;
  readonly model: string | null;
  readonly backstory: string | null;
  readonly datasetId: string | null;
  readonly skillsetId: string | null;
  readonly privacy: boolean | null;
  readonly moderation: boolean | null;
  readonly expiresAt: number | null;
}

export interface MessageRow extends Stamped {
  readonly conversationId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly type: MessageKind;
  readonly text: string;
  readonly meta: Meta | null;
}

export interface ContactRow extends Stamped {
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly nick: string | null;
  readonly meta: Meta | null;
  readonly fingerprint: string;
  /** Null for a contact that came without a fingerprint of the caller's own. */
  readonly verifiedAt: number | null;
}

export interface AttachmentRow {
  readonly id: string;
  readonly conversationId: string;
  /** The id and an extension: what its address is made of. */
  readonly name: string;
  readonly type: string;
  readonly sizeBytes: number;
  /** Null until the second step of a two-step upload. */
  readonly bytes: Buffer | null;
}

/** A bot, task or space: only that it exists, and whose it is. */
export interface LinkedRow {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
}

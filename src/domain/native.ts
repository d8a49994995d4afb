// What only one kind of provider has, typed: the part of a conversation, a message or an input that is nobody else's.

export type Json = unknown;

export type ConversationNative =
  | BotpressConversation
  | ChatlingConversation
  | ChatBotKitConversation
  | StackAuthConversation
  | GenericNative;

/** What a provider from outside this tree has, as it says it. */
export interface GenericNative {
  readonly kind: 'generic';
  /** The kind of the provider. */
  readonly of: string;
  readonly data: Json;
}

export interface BotpressConversation {
  readonly kind: 'botpress';
  readonly integration: string | null;
  readonly currentTaskId: string | null;
  readonly currentWorkflowId: string | null;
  readonly properties: Json;
}

export interface ChatlingConversation {
  readonly kind: 'chatling';
  readonly chatbotId: string;
  readonly conversationType: string | null;
}

export interface ChatBotKitConversation {
  readonly kind: 'chatbotkit';
  readonly meta: Json;
  readonly contactId: string | null;
  readonly taskId: string | null;
  /** Only a listing says it; a single fetch leaves it null. */
  readonly spaceId: string | null;
  readonly botId: string | null;
  readonly model: string | null;
  readonly backstory: string | null;
  readonly datasetId: string | null;
  readonly skillsetId: string | null;
  readonly privacy: boolean | null;
  readonly moderation: boolean | null;
  readonly expiresAt: Date | null;
}

export interface StackAuthConversation {
  readonly kind: 'stack-auth';
  /** The service's own word. */
  readonly status: string;
  /** The service's own word. */
  readonly priority: string;
  readonly source: string;
  readonly userId: string | null;
  readonly teamId: string | null;
  readonly userDisplayName: string | null;
  readonly userPrimaryEmail: string | null;
  readonly userProfileImageUrl: string | null;
  readonly lastMessageType: string | null;
  readonly metadata: {
    readonly assignedToUserId: string | null;
    readonly assignedToDisplayName: string | null;
    readonly tags: readonly string[];
    readonly firstResponseDueAt: Date | null;
    readonly firstResponseAt: Date | null;
    readonly nextResponseDueAt: Date | null;
    readonly lastCustomerReplyAt: Date | null;
    readonly lastAgentReplyAt: Date | null;
  };
  readonly recordMetadata: Json;
  readonly lastMessageAt: Date | null;
  readonly lastInboundAt: Date | null;
  readonly lastOutboundAt: Date | null;
  readonly closedAt: Date | null;
  /** Null where the row came from a listing, which does not say. */
  readonly entryPoints: readonly StackAuthEntryPoint[] | null;
}

export interface StackAuthEntryPoint {
  readonly id: string;
  readonly channelType: string;
  readonly adapterKey: string;
  readonly externalChannelId: string | null;
  readonly isEntryPoint: boolean;
  readonly metadata: Json;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

export type MessageNative =
  | BotpressMessage
  | ChatlingMessage
  | ChatBotKitMessage
  | StackAuthMessage
  | GenericNative;

export interface BotpressMessage {
  readonly kind: 'botpress';
  readonly type: string;
  readonly payload: Json;
  readonly direction: string;
  readonly userId: string;
  readonly origin: string | null;
}

export interface ChatlingMessage {
  readonly kind: 'chatling';
  /** The service's own word: `bot`, `user`, `system`, or one that is new. */
  readonly role: string;
  readonly isAiKbResponse: boolean | null;
  /** 1 helpful, 0 not helpful, null unrated: the read side of the service's own coding. */
  readonly helpfulValue: number | null;
  readonly data: Json;
}

export interface ChatBotKitMessage {
  readonly kind: 'chatbotkit';
  readonly type: string;
  readonly meta: Json;
  readonly name: string | null;
  readonly description: string | null;
}

export interface StackAuthMessage {
  readonly kind: 'stack-auth';
  readonly messageType: string;
  readonly metadata: Json;
  readonly sender: {
    readonly type: string;
    readonly id: string | null;
    readonly displayName: string | null;
    readonly primaryEmail: string | null;
  };
  /** The parent's subject, status, priority and source as they are now, not as they were then. */
  readonly subject: string;
  readonly status: string;
  readonly priority: string;
  readonly source: string;
  readonly userId: string | null;
  readonly teamId: string | null;
}

/** Which identity a Botpress call acts as; absent, what the account is configured with. */
export interface BotpressIdentity {
  readonly integrationId?: string;
  readonly integrationAlias?: string;
}

/** For a provider from outside this tree: its own business, whatever is in it. */
export interface GenericOptions {
  readonly kind: 'generic';
  readonly data: Readonly<Record<string, Json>>;
}

/** What only one provider takes when a conversation is created. */
export type CreateOptions =
  | GenericOptions
  | ({ readonly kind: 'botpress'; readonly integrationName?: string } & BotpressIdentity)
  | ({ readonly kind: 'chatling' } & ChatlingAnswerOptions)
  | ({
      readonly kind: 'chatbotkit';
      readonly meta?: Readonly<Record<string, Json>>;
      readonly taskId?: string;
      readonly spaceId?: string;
    } & ChatBotKitBot)
  | { readonly kind: 'stack-auth'; readonly source?: string };

/** What only one provider takes when a conversation is updated. */
export type UpdateOptions =
  | GenericOptions
  | ({ readonly kind: 'botpress'; readonly currentTaskId?: string | null } & BotpressIdentity)
  | {
      readonly kind: 'chatbotkit';
      /** Merged key by key; a null unsets its key. */
      readonly meta?: Readonly<Record<string, Json>>;
      readonly taskId?: string | null;
      readonly spaceId?: string | null;
    };

/** What only one provider takes when a message is sent. */
export type SendOptions =
  | GenericOptions
  | ({
      readonly kind: 'botpress';
      /** Whose message it is; absent, the bot's own. */
      readonly userId?: string;
      readonly type?: string;
      readonly payload?: Readonly<Record<string, Json>>;
      readonly schedule?: { readonly dateTime?: Date; readonly delayMs?: number };
    } & BotpressIdentity)
  | ({ readonly kind: 'chatling' } & ChatlingAnswerOptions)
  | ({
      readonly kind: 'chatbotkit';
      readonly limits?: Readonly<Record<string, Json>>;
      readonly entities?: readonly Json[];
      readonly meta?: Readonly<Record<string, Json>>;
    } & ChatBotKitEngine);

export interface ChatlingAnswerOptions {
  readonly aiModelId?: number;
  readonly languageId?: number;
  readonly temperature?: number;
  readonly instructions?: readonly string[];
}

/** Who answers in a ChatBotKit conversation: a bot by its id, or one described in place. */
export interface ChatBotKitBot {
  readonly botId?: string;
  readonly model?: string;
  readonly backstory?: string;
  readonly datasetId?: string;
  readonly skillsetId?: string;
  readonly privacy?: boolean;
  readonly moderation?: boolean;
}

/** What a ChatBotKit bot may use for one answer. */
export interface ChatBotKitEngine {
  readonly functions?: readonly Json[];
  readonly extensions?: Readonly<Record<string, Json>>;
}

/** What only one provider takes when a message is updated. */
export type UpdateMessageOptions =
  | GenericOptions
  | ({
      readonly kind: 'botpress';
      /** Of the message's own type, which cannot change; replaces the payload there was. */
      readonly payload?: Readonly<Record<string, Json>>;
    } & BotpressIdentity)
  | {
      readonly kind: 'chatbotkit';
      readonly entities?: readonly Json[];
      /** Merged key by key; a null unsets its key. */
      readonly meta?: Readonly<Record<string, Json>>;
    };

/** What only one provider takes when its bot is asked to answer what is already there. */
export type ReplyOptions = GenericOptions | ({ readonly kind: 'chatbotkit' } & ChatBotKitEngine);

/** What only one provider takes for an answer to a conversation that is stored nowhere. */
export type CompleteOptions =
  | GenericOptions
  | ({
      readonly kind: 'chatbotkit';
      readonly limits?: Readonly<Record<string, Json>>;
    } & ChatBotKitEngine &
      ChatBotKitBot);

/** What only one provider takes of a person. */
export type ContactOptions =
  | GenericOptions
  | ({
      readonly kind: 'botpress';
      /** Names of the tags that must match; absent, all tags must match exactly. */
      readonly discriminateByTags?: readonly string[];
    } & BotpressIdentity)
  | {
      readonly kind: 'chatling';
      readonly firstName?: string;
      readonly lastName?: string;
      readonly jobTitle?: string;
      readonly companyName?: string;
      readonly websiteUrl?: string;
      readonly industry?: string;
      readonly address?: string;
      readonly city?: string;
      readonly state?: string;
      readonly postalCode?: string;
      readonly country?: string;
    }
  | {
      readonly kind: 'chatbotkit';
      /** More than 16 characters; it makes a contact that counts as verified. */
      readonly fingerprint?: string;
      readonly nick?: string;
      readonly meta?: Readonly<Record<string, Json>>;
    };

// Every field of the schema, and who sees what it says. One that is added is in no row here, and a test fails until it is.

/**
 * `open`: whoever may read, an end user in what is theirs. `desk`: whoever may read, and no end user. `raw`, `admin`: whoever
 * has that scope too, and no end user. `written`: who wrote is told it. `read after`: of those who wrote, who may read too.
 * `told`: whoever listens. `errors`: whoever meets that error. `root`: whether it may be asked for is what the others are about.
 */
export type Class =
  | 'open'
  | 'desk'
  | 'raw'
  | 'admin'
  | 'written'
  | 'read after'
  | 'told'
  | 'errors'
  | 'root';

const TABLE: Readonly<Record<Class, Readonly<Record<string, string>>>> = {
  root: {
    Query: 'conversation conversations node nodes provider providers',
    Mutation: `addParticipant completeConversation createConversation createConversationSession deleteConversation
      deleteMessage getOrCreateConversation rateMessage removeParticipant requestReply sendMessage updateConversation
      updateMessage uploadAttachment upsertContact`,
    Subscription: 'conversationEvents messageAdded',
  },
  open: {
    Attachment: 'name type url',
    AudioContent: 'title url',
    BlocContent: 'items',
    Capability: 'contentKinds fields note roles support verb visibilities',
    CardAction: 'action label value',
    CardContent: 'actions imageUrl subtitle title',
    CarouselContent: 'cards',
    ChoiceContent: 'dropdown options text',
    ChoiceOption: 'label value',
    Citation: 'title type url',
    Contact: 'email id imageUrl name nativeId phone',
    Conversation: `assignee channel contact createdAt id lastActivityAt messages nativeId provider sortedAt status title
      updatedAt`,
    ConversationConnection: 'edges nodes pageInfo sources',
    ConversationEdge: 'cursor node',
    FileContent: 'title url',
    ImageContent: 'title url',
    LocationContent: 'address latitude longitude title',
    MarkdownContent: 'markdown',
    Message: `attachments author citations content conversation createdAt id kind nativeId rating role text updatedAt
      visibility`,
    MessageConnection: 'edges nodes pageInfo',
    MessageEdge: 'cursor node',
    PageInfo: 'endCursor hasNextPage hasPreviousPage startCursor',
    Participant: 'id imageUrl name nativeId role',
    Provider: 'capabilities health id kind name',
    ProviderHealth: 'retryAt since state',
    Source: 'fetchedAt provider status',
    TextContent: 'text',
    UnknownContent: 'payload type',
    VideoContent: 'title url',
  },
  desk: {
    BotpressConversation: 'currentTaskId currentWorkflowId integration properties',
    BotpressMessage: 'direction origin payload type userId',
    ChatBotKitConversation: `backstory botId contactId datasetId expiresAt meta model moderation privacy skillsetId spaceId
      taskId`,
    ChatBotKitMessage: 'description meta name type',
    ChatlingConversation: 'chatbotId conversationType',
    ChatlingMessage: 'data helpfulValue isAiKbResponse role',
    Conversation: `archived description important messageCount native participants preview priority tag tags`,
    GenericNative: 'data kind',
    Message: 'native tags',
    Participant: 'email',
    ParticipantConnection: 'edges nodes pageInfo',
    ParticipantEdge: 'cursor node',
    ProviderHealth: 'rateLimit',
    RateLimit: 'limit remaining resetsAt restsUntil',
    Source: 'scanned',
    StackAuthConversation: `closedAt entryPoints lastInboundAt lastMessageAt lastMessageType lastOutboundAt metadata priority
      recordMetadata source status teamId userDisplayName userId userPrimaryEmail userProfileImageUrl`,
    StackAuthEntryPoint:
      'adapterKey channelType createdAt externalChannelId id isEntryPoint metadata updatedAt',
    StackAuthMessage: 'messageType metadata priority sender source status subject teamId userId',
    StackAuthMetadata: `assignedToDisplayName assignedToUserId firstResponseAt firstResponseDueAt lastAgentReplyAt
      lastCustomerReplyAt nextResponseDueAt tags`,
    StackAuthSender: 'displayName id primaryEmail type',
    Tag: 'key value',
  },
  raw: { Conversation: 'raw', Message: 'raw' },
  admin: { ProviderHealth: 'lastError' },
  written: {
    AddParticipantPayload: 'participant',
    CompleteConversationPayload: 'idempotencyKey text usage',
    CreateConversationPayload: 'conversation idempotencyKey',
    CreateConversationSessionPayload: 'expiresAt token',
    DeleteConversationPayload: 'deletedId',
    DeleteMessagePayload: 'deletedId',
    GetOrCreateConversationPayload: 'conversation created idempotencyKey',
    HttpHeader: 'name value',
    RateMessagePayload: 'message',
    RemoveParticipantPayload: 'removedId',
    ReplyUsage: 'endReason tokens',
    RequestReplyPayload: 'idempotencyKey reply usage',
    SendMessagePayload: 'delivery idempotencyKey message reply usage',
    UpdateConversationPayload: 'conversation ignored',
    UpdateMessagePayload: 'ignored message',
    UploadAttachmentPayload: 'attachment idempotencyKey upload',
    UploadRequest: 'headers method url',
    UpsertContactPayload: 'contact outcome',
  },
  'read after': {
    AddParticipantPayload: 'conversation',
    CreateConversationSessionPayload: 'conversation',
    RemoveParticipantPayload: 'conversation',
    RequestReplyPayload: 'conversation',
    SendMessagePayload: 'conversation',
    UploadAttachmentPayload: 'conversation',
  },
  told: {
    ConversationCreated: 'at conversation cursor',
    ConversationDeleted: 'at cursor deletedId',
    ConversationUpdated: 'at conversation cursor',
    DeliverySettled: 'at conversation cursor delivery idempotencyKey message',
    Gap: 'conversationId cursor from reason scope to',
    Listening: 'cursor',
    MessageAdded: 'at conversation cursor message',
    MessageDeleted: 'at conversationId cursor deletedId',
    MessageUpdated: 'at conversation cursor message',
    ReplyCompleted: 'at conversation cursor message replyId usage',
    ReplyDelta: 'at conversation cursor index replyId text',
    ReplyFailed: 'at conversation cursor error replyId',
  },
  errors: {
    ConflictError: 'code message',
    ForbiddenError: 'code message provider',
    GatewayUnavailableError: 'code message',
    InputIssue: 'message path',
    InvalidInputError: 'code issues message',
    NotFoundError: 'code message',
    OutcomeUnknownError: 'code message provider',
    ProviderAuthError: 'code message provider',
    ProviderRefusedError: 'code message provider providerCode providerMessage',
    ProviderUnavailableError: 'code message provider retryAt since',
    RateLimitedError: 'code message provider retryAt',
    RequestReplyPayload: 'unfinished',
    SendMessagePayload: 'unfinished',
    Source: 'error',
    UnsupportedError: 'code message note provider verb',
    UpdateConversationPayload: 'unfinished',
  },
};

/** By `Type.field`. */
export const CLASSES: ReadonlyMap<string, Class> = new Map(
  classes().flatMap(([name, types]) =>
    Object.entries(types).flatMap(([type, fields]) =>
      fields.split(/\s+/).map((field) => [`${type}.${field}`, name] as const),
    ),
  ),
);

function classes(): [Class, Readonly<Record<string, string>>][] {
  const names = [
    'open',
    'desk',
    'raw',
    'admin',
    'written',
    'read after',
    'told',
    'errors',
    'root',
  ] as const;
  return names.map((name) => [name, TABLE[name]]);
}
